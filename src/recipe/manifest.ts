// The exports of galley.js, checked: every problem at once, or the manifest with all paths absolute and defaults filled in.
import { dirname, resolve } from 'node:path';
import type { Parsed } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/json.ts';
import type { Manifest, ManifestEntry } from '../model/manifest.ts';
import { isVersion } from '../model/options.ts';
import { parsePublicKey } from '../model/public-key.ts';
import { isUrl } from './address.ts';
import { Cursor } from './cursor.ts';
import { bundleRequest, requested, requestOf, setupNames } from './dependency.ts';
import { BUNDLE_ALIAS, identityName, platforms, variableNames } from './name.ts';
import { outputWishes } from './output.ts';
import { either, list, matching, read, record, refine, type Shape, table, text } from './shape.ts';
import { defaultShell } from './shell.ts';

const shorthand: Shape<ManifestEntry> = refine(identityName, (recipe, at) => ({
  recipe,
  options: {},
  platforms: [],
  setup: [],
  index: at.path.at(-1) as number,
}));

const full: Shape<ManifestEntry> = refine(
  table({
    required: { recipe: identityName },
    optional: { ...requested, platforms, setup: setupNames },
    expected: 'a table { recipe }',
  }),
  ({ platforms = [], setup = [], ...fields }, at) => ({
    ...requestOf(fields, at),
    platforms,
    setup,
    index: at.path.at(-1) as number,
  }),
);

const MANIFEST = table({
  required: { packages: list(either(shorthand, full), 'a list of packages') },
  optional: {
    galley: matching('a version such as "1.2.3"', (version) => (isVersion(version) ? version : undefined)),
    bundles: record(BUNDLE_ALIAS, bundleRequest, 'a table of bundles'),
    recipe_roots: list(text, 'a list of directories'),
    default_shell: defaultShell,
    env: variableNames,
    bin_dir: text,
    outputs: outputWishes,
    depots: list(text, 'a list of URLs and directories'),
    trusted_keys: list(matching('a public key "ed25519:…", as "galley depot key" prints it', parsePublicKey)),
    include: list(text, 'a list of manifests and of directories with one'),
  },
});

/**
 * Checks the exports of a manifest.
 *
 * @param exports as the sandbox describes them: a function at any depth is `{ "$function": name }`
 * @param module.file absolute path of galley.js, which relative paths start from
 * @param module.files every file of its import graph, absolute
 * @returns the manifest, or all problems: INVALID_VALUE, MISSING_VALUE, UNKNOWN_FIELD
 */
export function parseManifest(exports: JsonObject, module: { file: string; files: string[] }): Parsed<Manifest> {
  const at = new Cursor({ file: module.file });
  const fields = read(MANIFEST, exports, at);
  if (fields === undefined) return at.conclude<Manifest>(undefined);
  const rootDir = dirname(module.file);
  const {
    packages,
    galley,
    bundles = {},
    recipe_roots = [],
    default_shell,
    env = [],
    bin_dir = '.galley/bin',
    outputs = [],
    depots = [],
    trusted_keys = [],
    include = [],
  } = fields;
  return at.conclude<Manifest>({
    file: module.file,
    rootDir,
    packages,
    ...(galley !== undefined && { galley }),
    bundles,
    recipeRoots: recipe_roots.map((dir) => resolve(rootDir, dir)),
    defaultShell: default_shell ?? { form: 'named', name: 'bash' },
    env,
    binDir: resolve(rootDir, bin_dir),
    outputs,
    depots: depots.map((place) => (isUrl(place) ? place : resolve(rootDir, place))),
    trustedKeys: trusted_keys,
    include: include.map((name) => resolve(rootDir, name)),
    included: [],
    files: module.files,
  });
}
