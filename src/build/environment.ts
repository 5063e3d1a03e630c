// The clean environment of a command: nothing of the person's shell reaches a build but what is listed here.
import path from 'node:path';
import { canonicalJson, type Json } from '../model/json.ts';
import { type Call, isAtHome } from './call.ts';
import { allowedWires, assetPathOf, productDirs, variableOf } from './dependencies.ts';
import { loadedOf } from './package.ts';
import { searchPath } from './search-path.ts';

/** Identity of the person, and how this machine reaches the network; `LC_*` as well. */
const PASSED = [
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'TERM',
  'SSH_AUTH_SOCK',
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]),
  ...[
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'CURL_CA_BUNDLE',
    'GIT_SSL_CAINFO',
    'NODE_EXTRA_CA_CERTS',
    'PIP_CERT',
    'REQUESTS_CA_BUNDLE',
  ],
];

/** Caches of tools: inside tmp_dir, so that no build sees what another left. */
const TOOL_CACHES = {
  XDG_CACHE_HOME: 'cache',
  GOCACHE: 'go-build',
  npm_config_cache: 'npm',
  PIP_CACHE_DIR: 'pip',
  ZIG_GLOBAL_CACHE_DIR: 'zig',
  ZIG_LOCAL_CACHE_DIR: 'zig-local',
};

/** Zip knows no time before 1980, so no epoch of 0. A recipe that wants the caller's lists it in `env`. */
const SOURCE_DATE_EPOCH = '315532800';

/** What of a call its commands can see. */
type Scene = Pick<Call, 'pkg' | 'run' | 'phase' | 'dirs'>;

/** The whole environment of a command of this call; `extra` is what the author adds for one command. */
export function commandEnvironment(call: Scene, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { pkg, run, phase, dirs } = call;
  const { env } = run.world;
  const names = [
    ...PASSED,
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
  };
}

function galleyVariables({ pkg, run, phase, dirs }: Scene): Record<string, string> {
  const { options } = loadedOf(pkg);
  const own: Record<string, string | undefined> = {
    GALLEY_IDENTITY: pkg.request.recipe,
    GALLEY_JOBS: String(run.world.jobs),
    GALLEY_PROJECT_ROOT: isAtHome(phase) ? run.manifest.rootDir : undefined,
    GALLEY_FETCH_DIR: dirs.fetchDir,
    GALLEY_STAGE_DIR: dirs.stageDir,
    GALLEY_INSTALL_DIR: dirs.installDir,
    GALLEY_ASSET_DIR: dirs.assetDir,
    GALLEY_TMP_DIR: dirs.tmpDir,
  };
  for (const [name, value] of Object.entries(options))
    own[`GALLEY_OPTION_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`] = textOf(value);
  return Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Lists and tables as JSON, everything else as a person would write it. */
function textOf(value: Json): string {
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}
