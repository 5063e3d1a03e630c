// Codes of recipes at work: their functions, their commands, their sources, what they leave.
export const BUILDING = {
  RECIPE_THREW: {
    example: 'verb-throws',
    why: 'The error is one of the recipe itself: it threw it, or did not expect something that it found.',
    steps: [
      'Look at the line that is shown.',
      'Errors of `ctx` have a `code`: a recipe may catch those that it can do something about.',
    ],
  },
  INVALID_RESULT: {
    example: 'check-not-boolean',
    why: 'What a verb returns decides what happens next, so nothing is guessed from a value of another type.',
    steps: ['Return what the message expects: `check` a boolean, `fetch` what is to be fetched, others nothing.'],
  },
  INVALID_ARGUMENT: {
    example: 'ctx-wrong-argument',
    why: 'The message says which argument, and what it should have been.',
    steps: ['Compare with the reference of [ctx](../ctx.md), which has every function with its phases.'],
  },
  FILE_NAME_INVALID: {
    example: 'ctx-name-too-long',
    why: 'What a package consists of is recorded as text, and the systems it is for take names of some length. Linux has files whose names are no text: bytes that are not UTF-8.',
    steps: [
      'Look for what makes the file; where nobody needs it, remove it before the verb ends.',
      "A name that is not UTF-8 is shown as bash takes it: `mv $'caf\\xe9.txt' café.txt`.",
    ],
  },
  NEVER_SETTLES: {
    example: 'verb-never-settles',
    why: 'The function waits for a promise, and nothing that could settle it is under way. Timers do not exist in recipes; only calls of `ctx` take time.',
    steps: [
      'Look for a `new Promise(…)` whose `resolve` nobody calls, and for two functions that wait for each other.',
    ],
  },
  UNAWAITED_CALL: {
    example: 'ctx-not-awaited',
    why: 'The function returned while a call was still at work, so nobody would have seen how it ended.',
    steps: ['Write `await` before the call. For several at once: `await Promise.all([…])`.'],
  },
  SANDBOX_LIMIT: {
    example: 'recipe-hungry',
    why: 'A recipe may use 64 MB, a bounded stack, and two seconds without returning to galley. It is stopped there, and others go on.',
    steps: [
      'Let commands do heavy work: `ctx.run` is not limited in this way.',
      'Look for a loop or a recursion without an end.',
    ],
  },
  PATH_OUTSIDE: {
    example: 'ctx-outside',
    why: 'Functions of `ctx` read and write only where the phase may, links included: what a package is made from has to be in its key.',
    steps: [
      'Write into the directories of `ctx`; the page of [ctx](../ctx.md) says which ones each phase has.',
      'For a file of the project: `fetch: { path: "…" }`, which puts its digest into the key.',
      'What has to change the host belongs into `setup`, `deploy` or a recipe with a [check](../../guide/wrap-a-system-package.md).',
    ],
  },
  UNDECLARED_DEPENDENCY: {
    example: 'ctx-undeclared-asset',
    why: 'A dependency that is not declared may not be there yet, and would not be in the key.',
    steps: ['Add it to `dependencies`.', 'If it is there: with a `needed_by` of this phase or an earlier one.'],
  },
  COMMAND_FAILED: {
    example: 'command-fails',
    why: 'The last lines that it printed are shown, and all of them are in the log.',
    steps: [
      '`galley log <package>` shows the whole log.',
      '`galley shell --in <package>` opens the place where it failed, with the same environment, to try again by hand.',
      'For a command that may fail: `ctx.run(script, { check: false })`.',
    ],
  },
  COMMAND_TIMEOUT: {
    example: 'command-times-out',
    why: 'The command ran longer than its own `timeout_s` allows, and was ended with all its children.',
    steps: [
      'Look at the end of its output: it may wait for an answer that nobody gives. Commands have no terminal unless they ask for one with `interactive: true`.',
      'Allow it more seconds.',
    ],
  },
  CHECK_FAILED: {
    example: 'check-still-false',
    why: 'The check says that what the recipe wraps is not there: after its install ended well, or because the recipe has no install and only demands.',
    steps: [
      'Without an install: bring about by hand what the message asks for.',
      'With one: run both by hand. Either the install does not do what it should, or the check looks in the wrong place.',
      '[Wrap a system package](../../guide/wrap-a-system-package.md) tells why the check is asked again.',
    ],
  },
  CHECK_OWNS_NO_ASSET: {
    example: 'check-and-mark',
    why: 'A recipe with a `check` wraps something outside the cache, and `mark_install_complete()` says that there is an asset in it. It cannot be both.',
    steps: ['Remove the call, if the recipe wraps something.', 'Remove `check`, if it makes an asset.'],
  },
  ASSET_NAMES_WORK_DIR: {
    example: 'command-names-work-dir',
    why: 'The work directory goes when the build ends, and a file of the asset would still look there. In texts galley mends this; in programs it cannot.',
    steps: [
      'Configure for `$GALLEY_ASSET_DIR`, and install with `DESTDIR` or its equivalent; [declarative builds](../../guide/declarative-builds.md) do so by themselves.',
      'For an rpath: set it relative to the program, or to the asset.',
    ],
  },
  BUILD_FILE_MISSING: {
    example: 'build-file-missing',
    why: 'The build was told to start where there is no `CMakeLists.txt`, `Makefile`, or whatever its tool needs.',
    steps: [
      'Name the directory with `source_dir` or `directory`.',
      'If everything is one level too deep: `stage = { strip_components: 1 }`.',
    ],
  },
  INSTALL_MISPLACED: {
    example: 'build-installs-outside',
    why: 'The tool was told to install below its prefix, and put nothing there, or something elsewhere. Left alone, that would be missing from the asset, or written to your machine.',
    steps: [
      'Give it the variables or arguments that lead its files below the prefix; the page of [recipes](../recipe.md) has the fields.',
      'If it knows no prefix at all, write `install` yourself.',
    ],
  },
  DIGEST_MISMATCH: {
    example: 'fetch-digest-mismatch',
    why: 'The bytes are not those that the recipe or `galley.lock` expects: upstream has replaced the file, it was corrupted on the way, or somebody tampers with it. They were not used.',
    steps: [
      'Fetch it over another network or from another mirror. If it is right there, the way was to blame.',
      'If it is the same everywhere, ask upstream why, and compare with what they publish.',
      'Only then change the `sha256`, or run `galley update <package>`.',
    ],
  },
  ARCHIVE_UNSAFE: {
    example: 'archive-escapes',
    why: 'An entry would be written outside of its directory, be a device, or grow without measure. Nothing of it was written there.',
    steps: [
      'Do not work around it before you know how the entry came in: ask whoever makes the archive.',
      'For an encrypted archive: fetch one that is not.',
    ],
  },
  ARCHIVE_INVALID: {
    example: 'archive-truncated',
    why: 'The file is cut, damaged, or no archive of a kind that galley knows. A web page that says "not found" is a usual one.',
    steps: [
      'Look at it: `file`, or its first lines.',
      'If it is not an archive, give it a `stage` that does not unpack.',
      'If upstream sends a page instead of the file, correct the address.',
    ],
  },
  SOURCE_NOT_FOUND: {
    example: 'fetch-file-missing',
    why: 'There is nothing at that path or address, and the one who should know says so: asking again would not help.',
    steps: [
      'Correct the path or address. Relative ones start at the manifest, or at the recipe in roots and bundles.',
      'Upstream may have moved the file: `mirrors` of the [settings](../settings.md) can lead to where it is now.',
    ],
  },
  DEPENDENCY_FAILED: {
    example: 'dependency-fails',
    why: 'This package is fine; one that it needs is not. It does not count for the exit status.',
    steps: ['Mend what failed. What did not need it was made in the same run.'],
  },
} as const;
