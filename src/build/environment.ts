// The clean environment of a command: nothing of the person's shell reaches a build but what is listed here.
import path from 'node:path';
import { canonicalJson, type Json } from '../model/json.ts';
import { type Call, isAtHome } from './call.ts';
import { allowedWires, assetPathOf, productDirs, variableOf } from './dependencies.ts';
import { loadedOf } from './package.ts';
import { searchPath } from './search-path.ts';

/** What passes from the environment of the person, with what it is for; `LC_*` as well. */
export const PASSED: readonly { names: readonly string[]; meaning: string }[] = [
  { names: ['HOME', 'USER', 'LOGNAME'], meaning: 'Who runs this; the home is the real one' },
  { names: ['LANG'], meaning: 'Language and character set, and every `LC_…`' },
  { names: ['TERM'], meaning: 'What the terminal can show' },
  { names: ['SSH_AUTH_SOCK'], meaning: 'The agent that has the keys of the person' },
  {
    names: ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]),
    meaning: 'How the network is reached',
  },
  {
    names: [
      'SSL_CERT_FILE',
      'SSL_CERT_DIR',
      'CURL_CA_BUNDLE',
      'GIT_SSL_CAINFO',
      'NODE_EXTRA_CA_CERTS',
      'PIP_CERT',
      'REQUESTS_CA_BUNDLE',
    ],
    meaning: 'Whose certificates count',
  },
];

/** Caches of tools: inside tmp_dir, so that no build sees what another left. */
export const TOOL_CACHES = {
  XDG_CACHE_HOME: 'cache',
  GOCACHE: 'go-build',
  npm_config_cache: 'npm',
  PIP_CACHE_DIR: 'pip',
  ZIG_GLOBAL_CACHE_DIR: 'zig',
  ZIG_LOCAL_CACHE_DIR: 'zig-local',
};

/** Zip knows no time before 1980, so no epoch of 0. A recipe that wants the caller's lists it in `env`. */
export const SOURCE_DATE_EPOCH = '315532800';

/** What of a call its commands can see. */
type Scene = Pick<Call, 'pkg' | 'run' | 'phase' | 'dirs'>;

/** The whole environment of a command of this call; `extra` is what the author adds for one command. */
export function commandEnvironment(call: Scene, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { pkg, run, phase, dirs } = call;
  const { env } = run.world;
  const names = [
    ...PASSED.flatMap(({ names }) => names),
    ...Object.keys(env).filter((name) => name.startsWith('LC_')),
    ...run.manifest.env,
    ...loadedOf(pkg).recipe.env,
  ];
  const passed = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const caches = Object.entries(TOOL_CACHES).map(([name, dir]) => [name, path.join(dirs.tmpDir, dir)] as const);
  const wires = allowedWires(pkg, phase);
  return {
    SOURCE_DATE_EPOCH,
    ...Object.fromEntries([...passed, ...caches]),
    PATH: searchPath(productDirs(wires), env.PATH || '/usr/local/bin:/usr/bin:/bin'),
    TMPDIR: dirs.tmpDir,
    // People keep their home in a repository: a "git describe" of a build must not find that around the cache.
    GIT_CEILING_DIRECTORIES: run.world.cache.layout.rootDir,
    ...galleyVariables(call),
    ...Object.fromEntries(
      wires.flatMap((wire) => {
        const dir = assetPathOf(wire.target);
        return dir === undefined ? [] : [[variableOf(wire), dir]];
      }),
    ),
    ...extra,
    // By it a lock knows what was started under it (call.ts), whatever the author says.
    GALLEY_TMP_DIR: dirs.tmpDir,
  };
}

/** Facts about the package and the call; what a phase does not have is not set. */
export const FACTS: Record<string, { meaning: string; of: (scene: Scene) => string | undefined }> = {
  GALLEY_IDENTITY: { meaning: 'Identity of the recipe', of: ({ pkg }) => pkg.request.recipe },
  GALLEY_JOBS: {
    meaning: 'How many processes a tool should start: other packages build at the same time',
    of: ({ run }) => String(run.world.jobs),
  },
  GALLEY_PROJECT_ROOT: {
    meaning: 'Directory of the manifest, in `check`, `setup`, `deploy` and `test`',
    of: ({ run, phase }) => (isAtHome(phase) ? run.manifest.rootDir : undefined),
  },
  GALLEY_FETCH_DIR: { meaning: 'What was fetched', of: ({ dirs }) => dirs.fetchDir },
  GALLEY_STAGE_DIR: { meaning: 'Where sources are unpacked and built', of: ({ dirs }) => dirs.stageDir },
  GALLEY_INSTALL_DIR: { meaning: 'What is in here becomes the asset', of: ({ dirs }) => dirs.installDir },
  GALLEY_ASSET_DIR: {
    meaning: 'Where the asset is, or will be: configure a build for this path',
    of: ({ dirs }) => dirs.assetDir,
  },
  GALLEY_TMP_DIR: { meaning: 'An empty directory, gone after the run', of: ({ dirs }) => dirs.tmpDir },
};

function galleyVariables(scene: Scene): Record<string, string> {
  const facts = Object.entries(FACTS).map(([name, { of }]) => [name, of(scene)] as const);
  const options = Object.entries(loadedOf(scene.pkg).options).map(
    ([name, value]) => [`GALLEY_OPTION_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`, textOf(value)] as const,
  );
  return Object.fromEntries(
    [...facts, ...options].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Lists and tables as JSON, everything else as a person would write it. */
function textOf(value: Json): string {
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}
