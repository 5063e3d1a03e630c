// Every code a user can meet: who has to act, and what it means. The exit status follows from the blame.
// `docs/reference/errors` and the tests are held in bijection with this table; a code is never reused.

/** Who has to act: the author or caller, the build itself, the machine, a person who pressed Ctrl-C, or we; after advice, nobody. */
export type Blame = 'input' | 'build' | 'environment' | 'interrupt' | 'bug' | 'advice';

const EXIT_STATUS: Record<Blame, number> = { advice: 0, build: 1, input: 2, environment: 3, bug: 70, interrupt: 130 };

const input = (meaning: string) => ({ blame: 'input', meaning }) as const;
const build = (meaning: string) => ({ blame: 'build', meaning }) as const;
const environment = (meaning: string) => ({ blame: 'environment', meaning }) as const;
const advice = (meaning: string) => ({ blame: 'advice', meaning }) as const;

export const CODES = {
  USAGE: input('The command line has an unknown command, flag or argument'),
  SETTING_INVALID: input('A setting is unknown or has a value it cannot have, or a settings file cannot be read'),
  MANIFEST_NOT_FOUND: input('No galley.js between the working directory and the repository root'),
  INCLUDE_REFUSED: input(
    'An included manifest is missing, lies outside, includes itself, or contradicts the one it is for',
  ),
  TOOL_VERSION: input('The manifest pins another version of galley'),
  MODULE_SYNTAX: input('A manifest or recipe is not valid JavaScript'),
  MODULE_THREW: input('A manifest or recipe threw an error while it was evaluated'),
  IMPORT_REFUSED: input('An import is dynamic, missing, or leaves the directory of the recipe'),
  INVALID_VALUE: input('A value in a manifest or recipe has the wrong type or form'),
  MISSING_VALUE: input('A required export or field is absent'),
  UNKNOWN_FIELD: input('An export or field that galley does not know'),
  IDENTITY_MISMATCH: input('A recipe declares another identity than the one that was asked for'),
  RECIPE_NOT_FOUND: input('No file for a recipe in its source or in any recipe root'),
  BUNDLE_NOT_FOUND: input('An alias of a bundle that nobody declares, or a source without galley-bundle.js'),
  SOURCE_CONFLICT: input('The same recipe and options come from two different sources'),
  SOURCE_UNSUPPORTED: input('A source uses a transport that galley does not have'),
  SOURCE_AMBIGUOUS: input('A source could be several files, and nothing says which one'),
  UNKNOWN_OPTION: input('An option that the schema of the recipe does not have'),
  INVALID_OPTION: input('An option value that the schema of the recipe does not accept'),
  PLATFORM_UNSUPPORTED: input('A dependency does not support this platform'),
  QUERY_UNKNOWN: input('A query matches no package or product of the project'),
  QUERY_AMBIGUOUS: input('A query matches several packages'),
  PRODUCT_CLASH: input('Two packages offer the same product'),
  DEPENDENCY_CYCLE: input('Packages wait for one another in a ring'),
  GRAPH_TOO_LARGE: input('Recipes ask for one another without end'),
  DEPENDENCY_UNMATCHED: input('A reference or product dependency matches nothing in the graph'),
  DEPENDENCY_AMBIGUOUS: input('A weak, reference or product dependency matches several packages'),
  DEPENDENCY_NAME_CLASH: input('Two dependencies would have the same name in the environment'),
  LATE_DEPENDENCY: input('A dependency was declared for a phase that has begun'),
  LOCAL_DEPENDENCY: input('A published recipe depends on a local one'),
  LOCK_FILE_INVALID: input('galley.lock cannot be read'),
  FROZEN: input('galley.lock would change, and --frozen forbids it'),
  KEY_INVALID: input('A file that should hold a private key for signing does not'),
  TRACE_INVALID: input('A recorded trace is of another schema, or has a line that is no event'),
  UNPINNED_SOURCE: input('A source has no sha256, and --strict forbids it'),

  RECIPE_THREW: build('A verb of a recipe threw an error'),
  INVALID_RESULT: build('A verb of a recipe returned a value of the wrong type'),
  INVALID_ARGUMENT: build('A ctx function was called with a wrong argument, or in a phase that does not have it'),
  NEVER_SETTLES: build('A verb waits for something that can never happen'),
  UNAWAITED_CALL: build('A ctx call was still open when the verb ended'),
  SANDBOX_LIMIT: build('A recipe used more time, memory or stack than it may'),
  PATH_OUTSIDE: build('A ctx path leads outside the directories the phase may touch'),
  UNDECLARED_DEPENDENCY: build('ctx asked for an asset or product that is not declared for this phase'),
  COMMAND_FAILED: build('A command ended with a status other than 0'),
  COMMAND_TIMEOUT: build('A command ran longer than its timeout_s'),
  CHECK_FAILED: build('The check of a user-managed package is still false'),
  CHECK_OWNS_NO_ASSET: build('A recipe with a check called mark_install_complete()'),
  ASSET_NAMES_WORK_DIR: build('An installed file names the work directory, so it would not work from its final path'),
  BUILD_FILE_MISSING: build(
    'A declarative build starts in a directory without the file of its tool, such as CMakeLists.txt',
  ),
  INSTALL_MISPLACED: build('A declarative build installed nothing, or something outside of its prefix'),
  FILE_NAME_INVALID: build('A file has a name that is not UTF-8, or a path that is longer than the system takes'),
  DIGEST_MISMATCH: build('Downloaded bytes do not have the expected sha256'),
  ARCHIVE_UNSAFE: build('An archive has an entry that leaves its directory, a device, or is a bomb'),
  ARCHIVE_INVALID: build('An archive is truncated, corrupt or of an unknown format'),
  ASSET_DAMAGED: build('An asset in the cache is no longer what was published'),
  NOT_PORTABLE: build('An asset has links that would lead nowhere on another machine'),
  DEPOT_INVALID: build('The index of a depot, or an archive in it, is not what it should be'),
  DEPOT_UNTRUSTED: build('The index of a depot has no signature of a trusted key'),
  PROVENANCE_UNKNOWN: build('Nobody knows who made an asset from what, or there is no asset to speak of'),
  PROVENANCE_INVALID: build('A statement of provenance is not signed by a trusted key, or is about something else'),
  DEPENDENCY_FAILED: build('A package was not built because a dependency failed'),
  SOURCE_NOT_FOUND: build('A file or URL to fetch, or a file to place, does not exist'),
  INCOMPATIBLE_SOURCE: build('A product that is to be placed is no file'),
  NO_COMPATIBLE_STRATEGY: input('None of the strategies that are to be tried can place an output'),
  VERIFICATION_FAILED: build('An output, or the file that it comes from, does not have the expected bytes'),

  FETCH_FAILED: environment('The network or the server failed a download, or an upload'),
  OFFLINE: environment('A download is needed, and --offline forbids it'),
  COMMAND_NOT_FOUND: environment('A shell or program that a command needs is not on this machine'),
  LOCK_ANCESTOR: environment('A nested galley would wait for the galley that started it'),
  CACHE_SCHEMA: environment('The cache directory belongs to another schema or is not a cache'),
  CACHE_IN_USE: environment('What was to be removed from the cache is in use'),
  IO_ERROR: environment('The operating system refused to read or write a file'),
  NO_SPACE: environment('The disk is full'),
  INSUFFICIENT_SPACE: environment('There is not enough room for an output'),
  PERMISSION_DENIED: environment('An output may not be written where it is to be, or its source not be read'),
  COPY_TIMEOUT: environment('The copy of an output took longer than it may'),

  NO_CHECK: advice('A programmatic package has no check, so its verbs run on every sync'),
  NO_PIN: advice('A source has no sha256 or commit in the recipe'),

  INTERRUPTED: { blame: 'interrupt', meaning: 'The run was cancelled by a signal' },
  INTERNAL: { blame: 'bug', meaning: 'Galley itself is wrong' },
} as const satisfies Record<string, { blame: Blame; meaning: string }>;

export type Code = keyof typeof CODES;

/** The exit status a run ends with when this is its first failure. */
export function exitStatusOf(code: Code): number {
  return EXIT_STATUS[CODES[code].blame];
}
