// Every command, once: arguments, flags, examples, and where its code is. Parsing, help and docs/reference/commands.md
// follow from this table. No command is loaded before it is asked for.
import { type CommandRow, type FlagRow, JSON_FLAG } from './command-row.ts';
import { FILE_COMMANDS } from './file-commands.ts';

/** Commands of these groups have two words. */
export const GROUPS: Readonly<Record<string, string>> = { cache: 'Look at the cache and remove what is in it' };

/** Heading of what is about no project. */
export const ITSELF = 'Galley itself:';

const CHECK_ASSETS: FlagRow = { flag: '--check-assets', meaning: 'Run the test of every asset, cached ones too' };
const QUERIES = {
  name: '[query...]',
  meaning: 'Packages to work on, as name, ns.name, name@rev or ns.name@rev; all when there are none',
};
const QUERY = { name: '<query>', meaning: 'A package, as name, ns.name, name@rev or ns.name@rev' };

export const COMMANDS: readonly CommandRow[] = [
  {
    begins: 'Make:',
    name: 'init',
    summary: 'Start a project, or a recipe in one',
    arguments: [{ name: '[dir]', meaning: 'Directory of the project; the working directory when absent' }],
    flags: [
      { flag: '--recipe <identity>', meaning: 'Write a new recipe with this identity instead' },
      { flag: '--launcher', meaning: 'Write galleyw instead: a script that gets and runs the pinned galley' },
    ],
    examples: [
      { command: 'galley init', meaning: 'Write a galley.js here' },
      { command: 'galley init --recipe acme.zlib@r1', meaning: 'Write a first recipe for zlib' },
      { command: 'galley init --launcher', meaning: 'Let everybody run ./galleyw without installing galley' },
    ],
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'sync',
    summary: 'Make everything the project wants: assets, lock file, launchers, setup and deploy',
    arguments: [QUERIES],
    flags: [{ flag: '--no-deploy', meaning: 'Leave out deploy actions' }, CHECK_ASSETS, JSON_FLAG],
    examples: [
      { command: 'galley sync', meaning: 'Bring the whole project up to date' },
      { command: 'galley sync zlib --no-deploy', meaning: 'Only zlib and what it needs' },
    ],
    load: () => import('./commands/sync.ts'),
  },
  {
    name: 'install',
    summary: 'Make assets, and nothing outside the cache',
    arguments: [QUERIES],
    flags: [CHECK_ASSETS, JSON_FLAG],
    examples: [{ command: 'galley install acme.zlib', meaning: 'Build zlib, or find it in the cache' }],
    load: () => import('./commands/install.ts'),
  },
  {
    name: 'run',
    summary: 'Run a command with the products of the project first on PATH',
    arguments: [
      { name: '<command>', meaning: 'Program to run' },
      { name: '[args...]', meaning: 'Its arguments' },
    ],
    flags: [],
    examples: [
      { command: 'galley run python3 build.py', meaning: "Use the project's python3" },
      { command: 'galley run -- cc --version', meaning: 'After -- nothing is taken for a flag of galley' },
    ],
    passThrough: true,
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'test',
    summary: 'Make packages and run the tests that their recipes bring',
    arguments: [{ ...QUERIES, meaning: 'Packages to test; those of the manifest when there are none' }],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley test', meaning: 'Does everything that was made work? A recipe without a test is "untested"' },
      { command: 'galley test zlib --verbose', meaning: 'Only zlib, with all that its test prints' },
    ],
    load: () => import('./commands/test.ts'),
  },
  {
    name: 'asset',
    summary: 'Make one package and print where its asset is',
    arguments: [QUERY],
    flags: [JSON_FLAG],
    examples: [{ command: 'ls "$(galley asset zlib)/lib"', meaning: 'Look into an asset' }],
    load: () => import('./commands/asset.ts'),
  },
  {
    name: 'product',
    summary: 'Make the package that offers a product and print its path, or list all products',
    arguments: [{ name: '[name]', meaning: 'A product; without it all are listed and nothing is made' }],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley product python3', meaning: 'Where is python3?' },
      { command: 'galley product --json', meaning: 'All products as one JSON object' },
    ],
    load: () => import('./commands/product.ts'),
  },
  {
    begins: 'Look:',
    name: 'list',
    summary: 'Show the packages of the project and whether they are in the cache',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley list --json', meaning: 'Everything that is known of each package' }],
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'graph',
    summary: 'Show which package needs which, without making any',
    arguments: [{ ...QUERIES, meaning: 'Packages to show, with all that they need; all of the project without' }],
    flags: [{ flag: '--format <text|dot|mermaid|json>', meaning: 'A tree (text) unless another is named' }, JSON_FLAG],
    examples: [
      { command: 'galley graph', meaning: 'Everything as a tree; (*) marks what was told above' },
      { command: 'galley graph zlib --format dot | dot -Tsvg', meaning: 'Draw zlib and what it needs' },
    ],
    load: () => import('./commands/graph.ts'),
  },
  {
    name: 'why',
    summary: 'Show who needs a package, by every path from the manifest to it',
    arguments: [QUERY],
    flags: [{ flag: '--paths <n>', meaning: 'Show so many paths, the shortest first; 10 unless told' }, JSON_FLAG],
    examples: [
      { command: 'galley why zlib', meaning: 'Who brings zlib in, by which phase, and where is that written?' },
    ],
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'lint',
    summary: 'Check the manifest and every recipe, and give advice',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley lint', meaning: 'Show all problems at once' }],
    load: () => import('./commands/lint.ts'),
  },
  {
    name: 'log',
    summary: 'Print the newest full log of a package',
    arguments: [QUERY],
    flags: [{ flag: '--path', meaning: 'Print the path of the log instead' }],
    examples: [{ command: 'galley log gcc', meaning: 'What did the last build of gcc print?' }],
    load: () => import('./commands/log.ts'),
  },
  {
    begins: 'Work:',
    name: 'shell',
    summary: 'Open a shell with the products of the project, or where the commands of a package worked',
    arguments: [{ name: '[command...]', meaning: 'Run this instead, and end with its status' }],
    flags: [
      { flag: '--in <query>', meaning: 'Open the work of a failed package, or an empty place for a finished one' },
    ],
    examples: [
      { command: 'galley shell', meaning: 'Your own shell, with the products first on PATH' },
      { command: 'galley shell --in zlib', meaning: 'Look at what failed, with the environment it had' },
      { command: 'galley shell --in zlib -- make V=1', meaning: 'Try one command there' },
    ],
    passThrough: true,
    load: () => import('./commands/shell.ts'),
  },
  {
    name: 'env',
    summary: 'Print the variables of the project, or those that the commands of a package see; makes nothing',
    arguments: [],
    flags: [
      { flag: '--format <name>', meaning: 'bash (the default), zsh, fish, dotenv or json' },
      { flag: '--in <query>', meaning: 'The whole environment of the commands of a package' },
      JSON_FLAG,
    ],
    examples: [
      { command: 'eval "$(galley env)"', meaning: 'Have the products on PATH in a script' },
      { command: 'galley env --format dotenv > .env', meaning: 'For a program that reads such files' },
      { command: 'galley env --in zlib', meaning: 'What does the build of zlib see?' },
    ],
    load: () => import('./commands/env.ts'),
  },
  {
    name: 'doctor',
    summary: 'Look for what is wrong with this machine, the cache, the settings and the project',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley doctor', meaning: 'Everything that is worth knowing in a bug report' },
      { command: 'galley doctor --offline', meaning: 'Without asking any host' },
    ],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'hook',
    summary: 'Print the shell integration: launchers of a project on PATH while you are in it',
    arguments: [{ name: '<shell>', meaning: 'bash, zsh or fish' }],
    flags: [{ flag: '--sync', meaning: 'Run "galley sync" when the project has changed, instead of saying so' }],
    examples: [
      { command: 'eval "$(galley hook bash)"', meaning: 'In ~/.bashrc; the same for zsh' },
      { command: 'galley hook fish --sync | source', meaning: 'In ~/.config/fish/config.fish' },
    ],
    load: () => import('./commands/hook.ts'),
  },
  ...FILE_COMMANDS,
  {
    begins: 'The cache:',
    name: 'cache info',
    summary: 'Show where the cache is and what takes its space',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley cache info', meaning: 'Entries, largest first' }],
    load: () => import('./commands/cache-info.ts'),
  },
  {
    name: 'cache remove',
    summary: 'Remove the assets of a package',
    arguments: [QUERY],
    flags: [JSON_FLAG],
    examples: [
      { command: 'galley cache remove zlib --dry-run', meaning: 'What would be removed?' },
      { command: 'galley cache remove zlib --yes', meaning: 'Remove it' },
    ],
    load: () => import('./commands/cache-remove.ts'),
  },
  {
    begins: ITSELF,
    name: 'version',
    summary: 'Print the version of galley',
    arguments: [],
    flags: [JSON_FLAG],
    examples: [{ command: 'galley version', meaning: 'Which galley is this?' }],
    load: () => import('./commands/version.ts'),
  },
];
