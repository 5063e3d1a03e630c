// Codes of what somebody wrote: the command line, settings, a manifest, a recipe, the graph they make.
export const INPUT = {
  USAGE: {
    example: 'usage-command',
    why: 'Nothing was run: a command line that is half understood could do the wrong half.',
    steps: [
      'Look at `galley --help`, or at `galley <command> --help`, which has examples.',
      'The name that was meant is often in the message.',
    ],
  },
  SETTING_INVALID: {
    example: 'setting-file-unknown',
    why: 'A setting comes from a flag, a variable `GALLEY_…`, `galley.json` of the project, or that of the person. The message says which one it was.',
    steps: [
      'Mend the value where the message says it is; [settings](../settings.md) has what each one takes.',
      '`galley doctor` shows every setting with its origin.',
    ],
  },
  MANIFEST_NOT_FOUND: {
    example: 'manifest-absent',
    why: 'Galley looks for `galley.js` in the working directory and above it, and stops at the root of the repository, so that a stray file far above is never used by mistake.',
    steps: ['Go into the project, or name its file with `--manifest`.', 'In a new project: `galley init`.'],
  },
  INCLUDE_REFUSED: {
    example: 'include-outside',
    why: 'A manifest may include others below it, each of which works alone as well. What they say must fit together: one version of galley, one default shell.',
    steps: [
      'Correct the path; it is relative to the manifest that includes.',
      'Where two contradict each other, say the same in both.',
    ],
  },
  TOOL_VERSION: {
    example: 'manifest-other-version',
    why: 'The project says with `export const galley` which version makes it, so that all who work on it get the same result. This is another one.',
    steps: [
      'Install the pinned version as the hint says, or run `./galleyw`, which does so by itself (`galley init --launcher`).',
      'To move the project to this version, change the pin.',
    ],
  },
  MODULE_SYNTAX: {
    example: 'recipe-syntax-error',
    why: 'A manifest or recipe is a JavaScript module, and this text is none.',
    steps: [
      'Look at the line, and at the one before it: a missing quote or bracket is noticed late.',
      'With the `jsconfig.json` of `galley init` editors mark such places.',
    ],
  },
  MODULE_THREW: {
    example: 'recipe-throws',
    why: 'The text outside of functions runs whenever the module is loaded. It has no clock, no files and no network: the same text must mean the same everywhere.',
    steps: [
      'Mend the line that is shown.',
      'Move what touches the world into a verb, where `ctx` has it.',
      'What may depend on the machine can use the global `host`.',
    ],
  },
  IMPORT_REFUSED: {
    example: 'import-outside',
    why: 'What a recipe imports is part of its key, so it must be known without running anything, and must be the same for all: files beside the recipe, or in a bundle that it depends on.',
    steps: [
      'Import with a static `import … from "./file.js"`, inside the directory of the recipe.',
      'For code that several recipes share: a [bundle](../../guide/share-recipes.md), named in `dependencies`.',
      'Modules of Node are not there; `ctx` has what recipes need.',
    ],
  },
  INVALID_VALUE: {
    example: 'recipe-wrong-type',
    why: 'The message says what was found and what is expected. All such problems of a file are told at once.',
    steps: [
      'Compare with the reference of [manifests](../manifest.md) or [recipes](../recipe.md).',
      'Editors show the expected type where the cursor is.',
    ],
  },
  MISSING_VALUE: {
    example: 'recipe-without-identity',
    why: 'Without this value there is nothing that galley could safely assume.',
    steps: ['Add it: the reference of [manifests](../manifest.md) and [recipes](../recipe.md) marks what is required.'],
  },
  UNKNOWN_FIELD: {
    example: 'recipe-unknown-export',
    why: 'A name that galley does not know would be ignored without a word, and a misspelt `test` never run. So it is an error.',
    steps: [
      'Take the name that is suggested, or look it up in the reference of [manifests](../manifest.md) or [recipes](../recipe.md).',
      'A value for the module itself needs no `export`.',
      'It may come with a newer galley: `galley version`.',
    ],
  },
  IDENTITY_MISMATCH: {
    example: 'recipe-wrong-identity',
    why: 'Whoever asks for a recipe says which one it expects, and the recipe says which one it is. When they differ, a file was renamed, replaced, or copied and not finished.',
    steps: [
      'Make the two the same: in `identity`, in the name of the file, or where it is asked for.',
      'If it came over the network, look at what is there now before you change the name.',
    ],
  },
  RECIPE_NOT_FOUND: {
    example: 'recipe-not-found',
    why: 'A recipe without a `source` is looked for in the recipe roots of the manifest, as `<identity>.js` or `<identity>/recipe.js`. Recipes called `galley.…` come with galley.',
    steps: [
      'Correct the name; near ones are suggested.',
      'Add the directory to `recipe_roots`, or say where the recipe is with `source` or `bundle`.',
    ],
  },
  BUNDLE_NOT_FOUND: {
    example: 'bundle-unknown',
    why: 'Aliases of bundles mean something only where they are declared: in `bundles` of the manifest, or of the bundle that a recipe is in. What they lead to must have a `galley-bundle.js` at its top.',
    steps: [
      'Declare the alias in `bundles`, or correct it.',
      'If the bundle is in a directory of its source, name it with `subdir`.',
    ],
  },
  SOURCE_CONFLICT: {
    example: 'recipe-two-sources',
    why: 'One identity with one set of options is one package. If two places give it two meanings, the result would depend on who came first.',
    steps: [
      'Use one source in both places that the message names.',
      'If they really are different recipes, give one of them another identity.',
    ],
  },
  SOURCE_UNSUPPORTED: {
    example: 'fetch-unknown-transport',
    why: 'The first part of an address chooses how it is fetched, and nothing fetches this one.',
    steps: [
      'Use one of the transports that the hint lists; [fetching](../../guide/fetching.md) has an example of each.',
      'For anything else write a `fetch` function, and hand the file over with `ctx.import(file, name, sha256)`.',
    ],
  },
  SOURCE_AMBIGUOUS: {
    why: 'An artifact with several files, or a release with wheels for several Pythons, does not say which one you want, and the first would be another one tomorrow.',
    steps: [
      'Put the name of the file behind `#`, as the hint shows. `*` and `?` may stand for what changes between versions.',
    ],
  },
  UNKNOWN_OPTION: {
    example: 'option-unknown',
    why: 'Ignored, it would look as if it worked.',
    steps: ['Take the name that is suggested; `options` in the recipe has all of them.'],
  },
  INVALID_OPTION: {
    example: 'option-invalid',
    why: 'The recipe says what type, choices and range each option has, so that a wrong value is found before anything is built.',
    steps: [
      'Give a value of the kind that the message expects.',
      'Versions are texts: `"1.10"`, and not `1.10`, which is the number 1.1.',
    ],
  },
  PLATFORM_UNSUPPORTED: {
    example: 'dependency-other-platform',
    why: 'In the manifest, a package for other platforms is skipped. As a dependency it cannot be: something would be missing.',
    steps: [
      'Ask for it only where it is supported: `dependencies` may be a function that looks at `host`.',
      'If the recipe works here, add this platform to its `platforms`.',
      'Restrict the package that needs it with `platforms`.',
    ],
  },
  QUERY_UNKNOWN: {
    example: 'query-unknown',
    why: 'Queries are names of packages of this project: `name`, `ns.name`, `name@rev` or all of it.',
    steps: [
      '`galley list` shows all packages, and the products they offer.',
      'A package that nothing asks for has to be added to `packages` first.',
    ],
  },
  QUERY_AMBIGUOUS: {
    example: 'query-ambiguous',
    why: 'The command is for one package, and the query fits several.',
    steps: ['Use a longer form of the name, with the namespace or the revision; `galley list` has them.'],
  },
  PRODUCT_CLASH: {
    example: 'product-clash',
    why: 'Products of the packages of a manifest become launchers in one directory, so each name can be had once.',
    steps: [
      'Take one of the two packages out, or rename the product in one of the recipes.',
      'A package that is only needed by others is not in this contest: leave it to `dependencies`.',
    ],
  },
  DEPENDENCY_CYCLE: {
    example: 'dependency-cycle',
    why: 'Each of these packages waits for another one of them, so none could begin. The message has the whole ring.',
    steps: [
      'Find the dependency of the ring that is not needed so early, and say so with `needed_by`.',
      'Split off what both need into a package of its own.',
    ],
  },
  GRAPH_TOO_LARGE: {
    example: 'dependency-endless',
    why: 'A recipe asks for itself, or for others that ask for it again, with other options each time. What never ends would take all memory.',
    steps: [
      'Follow the packages in the message, and let `dependencies` of that recipe answer an empty list at some point.',
      'One recipe may be behind itself 32 times; others may ask for 1,000 packages of one recipe, and for 20,000 in all. What the manifest lists is not counted so.',
    ],
  },
  DEPENDENCY_UNMATCHED: {
    example: 'dependency-unmatched',
    why: 'A reference (a name without a source) or a product leaves the choice to the project, and this project has nothing that fits.',
    steps: ['Add a package that fits to the manifest.', 'In the recipe, give a fallback with `weak`.'],
  },
  DEPENDENCY_AMBIGUOUS: {
    example: 'dependency-ambiguous',
    why: 'Several packages fit, and which one is used would change what is built.',
    steps: [
      'Ask for one of them by a longer name; for a product, say `recipe` as well.',
      'If one of them is not needed any more, take it out.',
    ],
  },
  DEPENDENCY_NAME_CLASH: {
    example: 'dependency-name-clash',
    why: 'Commands find the asset of a dependency in `GALLEY_ASSET_<NAME>`, and two have the same name there.',
    steps: ['Give one of them another name with `as`.'],
  },
  LATE_DEPENDENCY: {
    why: 'Recipes that are loaded late can still add packages, but not wishes for something that has already begun.',
    steps: ['Say it earlier, as the hint shows: mostly in the manifest.'],
  },
  LOCAL_DEPENDENCY: {
    example: 'dependency-local',
    why: 'Recipes in the namespace `local` are for one project. One that others use may not need what only this project has.',
    steps: [
      'Move the recipe that is needed into a namespace of your own.',
      'Or make the one that needs it local too.',
      'To leave the choice to each project, depend on a name or a product.',
    ],
  },
  LOCK_FILE_INVALID: {
    example: 'lock-file-broken',
    why: '`galley.lock` says which bytes are right, so a file that cannot be understood is not half used.',
    steps: [
      'After a merge conflict: `galley lock` unites both sides.',
      'If a newer galley wrote it, use that version.',
      'Otherwise take the last good one out of version control.',
    ],
  },
  FROZEN: {
    example: 'fetch-refused-by-frozen',
    why: 'With `--frozen`, which is the default where `CI` is set, the lock file has to say everything already. The message lists what is missing, and for which platform.',
    steps: [
      'Run the command of the hint on your machine, look at the change, and check it in.',
      '[Locking](../../guide/locking.md) tells how one machine locks for all platforms.',
    ],
  },
  KEY_INVALID: {
    example: 'depot-key-invalid',
    why: 'The file should hold a private key for signatures, and holds something else. Nothing was written over it.',
    steps: [
      '`galley depot key <new file>` makes one.',
      'Where the key comes from a secret of your CI, look whether its line breaks arrived.',
    ],
  },
  TRACE_INVALID: {
    example: 'trace-newer',
    why: 'A trace is the [events](../events.md) of a run, one JSON object in a line. This file has something else, or events of another schema.',
    steps: ['Replay it with the version that recorded it.', 'Look whether the file was cut or changed on its way.'],
  },
  UNPINNED_SOURCE: {
    example: 'fetch-refused-by-strict',
    why: 'Without `--strict` such a source is trusted when it first comes, and pinned in `galley.lock`. You asked for more than that.',
    steps: [
      'Add a `sha256`, or for git a full commit. `galley hash <file>` prints one.',
      'Compare it with what upstream publishes before you trust it.',
    ],
  },
  NO_COMPATIBLE_STRATEGY: {
    example: 'output-strategy-useless',
    why: 'Each strategy can place some kinds of sources, and none of those that you named can place this one.',
    steps: [
      'Leave `--output-strategy` out, or add the strategy that the hint names.',
      '[Build outputs](../../guide/build-outputs.md) has what each of them is for.',
    ],
  },
} as const;
