// One call of a verb: the directories it may see, where it starts, what it may read and write, and the log that its
// commands share. A call without an entry (a check, a setup pair, a deploy) gets a scratch directory for its time.
import path from 'node:path';
import type { Entry } from '../cache/entry.ts';
import type { EntryPaths } from '../cache/layout.ts';
import type { Download } from '../fetch/source.ts';
import type { Json } from '../model/json.ts';
import { isUserManaged } from '../model/recipe.ts';
import { allowedWires, assetPathOf } from './dependencies.ts';
import { entryRef } from './keying.ts';
import { loadedOf, type Package, type Wire } from './package.ts';
import type { Run } from './world.ts';

/** Phases in which a verb of a recipe may run; `test` is no rung of the ladder. */
export type CallPhase = 'resolve' | 'check' | 'fetch' | 'stage' | 'build' | 'install' | 'setup' | 'deploy' | 'test';

/** Absolute directories, as far as the phase has them. */
export interface Dirs {
  fetchDir?: string;
  stageDir?: string;
  installDir?: string;
  /** The final path of the asset: known before it is there, absent for a user-managed package. */
  assetDir?: string;
  tmpDir: string;
}

export interface Call {
  pkg: Package;
  run: Run;
  phase: CallPhase;
  dirs: Dirs;
  /** Where relative paths and commands start. */
  cwd: string;
  logFile: string;
  /** Ends whatever the call has begun. */
  signal: AbortSignal;
  /** Tells the lock what must not outlive this process: a target as for kill(2). */
  holdCommand(target: number): Disposable;
  /** Filled by fetch functions. */
  fetched: FetchedFile[];
}

/** A file a fetch function downloaded or imported, and what it was verified against. */
export interface FetchedFile {
  /** The URL, or the local path. */
  source: string;
  /** Its name in tmp_dir. */
  name: string;
  /** A sha256, or the commit that the source names. */
  digest: string;
  /** Absent for files of this machine. */
  download?: Download;
}

/** Runs `work` with the directories of the phase; a scratch directory is removed when it ends, however it ends. */
export async function withCall<T>(
  pkg: Package,
  run: Run,
  phase: CallPhase,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const logFile = await openLogFile(pkg, run);
  const call = (dirs: Dirs, holder: Pick<Entry, 'holdCommand'>): Call => ({
    pkg,
    run,
    phase,
    dirs,
    cwd: startOf(phase, dirs, run),
    logFile,
    fetched: [],
    signal: run.world.signal,
    // No other directory has that name, and no command of another call that variable.
    holdCommand: (target) => holder.holdCommand({ target, mark: `GALLEY_TMP_DIR=${dirs.tmpDir}` }),
  });
  if (pkg.prepared && pkg.entry && phase !== 'check')
    return work(call(entryDirs(pkg.entry.dirs, pkg, phase), pkg.entry));
  await using scratch = await run.world.cache.scratch(run.world.signal);
  const dirs: Dirs = { tmpDir: path.join(scratch.dir, 'tmp') };
  await run.world.files.ensureDir(dirs.tmpDir);
  if (phase === 'resolve') {
    dirs.fetchDir = path.join(scratch.dir, 'fetch');
    await run.world.files.ensureDir(dirs.fetchDir);
  }
  if (pkg.asset) dirs.assetDir = pkg.asset.assetDir;
  // Awaited here: the scratch directory goes when this function is left.
  return await work(call(dirs, scratch));
}

/** The directories of an entry that a phase has. */
export function entryDirs(paths: EntryPaths, pkg: Package, phase: CallPhase): Dirs {
  const { assetDir, fetchDir, installDir, stageDir, tmpDir } = paths;
  const final = isUserManaged(loadedOf(pkg).recipe) ? {} : { assetDir };
  return phase === 'fetch' ? { fetchDir, tmpDir, ...final } : { fetchDir, stageDir, installDir, tmpDir, ...final };
}

/** Where a phase starts. */
export function startOf(phase: CallPhase, dirs: Dirs, run: Run): string {
  const starts: Partial<Record<CallPhase, string | undefined>> = {
    resolve: dirs.tmpDir,
    fetch: dirs.tmpDir,
    stage: dirs.stageDir,
    build: dirs.stageDir,
    install: dirs.installDir,
  };
  return starts[phase] ?? run.manifest.rootDir;
}

/** Phases that work on this host and may look at the project; an asset must not depend on where it is built. */
export function isAtHome(phase: CallPhase): boolean {
  return phase === 'check' || phase === 'setup' || phase === 'deploy' || phase === 'test';
}

/** Directories a call may read and write; the confinement itself is the system's, when a file is opened. */
export async function rootsOf({ pkg, run, phase, dirs }: Call): Promise<{ read: string[]; write: string[] }> {
  const { assetDir, ...own } = dirs;
  const { isDirectory, rootDir } = loadedOf(pkg).recipe;
  const project = [run.manifest.rootDir];
  const write = [...Object.values(own), ...(phase === 'setup' || phase === 'deploy' ? project : [])];
  const read = [
    ...write,
    // The neighbours of a single-file recipe are no part of its key.
    ...(isDirectory ? [rootDir] : []),
    ...(await assetRoots(allowedWires(pkg, phase), run)),
    ...(pkg.asset && assetDir ? [assetDir] : []),
    ...(isAtHome(phase) ? project : []),
  ];
  return { read, write };
}

/** Where dependencies are. What a user-managed one wraps may be behind links, as with Homebrew's prefixes. */
async function assetRoots(wires: readonly Wire[], { world }: Run): Promise<string[]> {
  const dirs = wires.flatMap(({ target }) => assetPathOf(target) ?? []);
  const real = dirs.map(async (dir) => ((await world.files.exists(dir)) ? [await world.files.realPath(dir), dir] : []));
  return [...new Set((await Promise.all(real)).flat())];
}

/** The data members of `ctx`. */
export function factsOf({ pkg, run, dirs }: Call): Record<string, Json> {
  const { platform, osVersion, jobs } = run.world;
  const { options } = loadedOf(pkg);
  const optional = {
    fetch_dir: dirs.fetchDir,
    stage_dir: dirs.stageDir,
    install_dir: dirs.installDir,
    asset_dir: dirs.assetDir,
  };
  const known = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    identity: pkg.request.recipe,
    options,
    platform: { os: platform.os, arch: platform.arch, os_version: osVersion },
    jobs,
    project_root: run.manifest.rootDir,
    tmp_dir: dirs.tmpDir,
    ...Object.fromEntries(known),
  };
}

/** One log for all commands of a package in a run, named so that the newest sorts last. */
async function openLogFile(pkg: Package, run: Run): Promise<string> {
  if (pkg.logFile !== undefined) return pkg.logFile;
  const { cache, clock } = run.world;
  const key = pkg.key === undefined ? 'unresolved' : entryRef(pkg, run).key;
  pkg.logFile = await cache.newLog(pkg.request.recipe, `${clock.now()}-${key}.log`);
  return pkg.logFile;
}
