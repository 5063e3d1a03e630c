// Where the commands of a package worked, opened again for a person: the work of a failure as it was left, with the lock
// of its entry held, or an empty place of the same form for what left no work.
import path from 'node:path';
import type { Entry } from '../cache/entry.ts';
import { Failure } from '../model/failure.ts';
import { isUserManaged } from '../model/recipe.ts';
import { type Call, type CallPhase, entryDirs, startOf } from './call.ts';
import { climb, loadAll } from './engine.ts';
import { commandEnvironment } from './environment.ts';
import { tellWaiting } from './holding.ts';
import { entryRef } from './keying.ts';
import { look } from './listing.ts';
import { follow, loadedOf, type Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import type { Run } from './world.ts';

export interface Workplace {
  /** Where commands of the phase start. */
  cwd: string;
  /** The whole environment that they had. */
  env: Record<string, string>;
  /** Identity, with options. */
  label: string;
  /** What became of the package; a failed one has its work here, the others nothing. */
  state: { failedIn: CallPhase } | 'finished' | 'user-managed';
  /** Clears away what is not to be kept, and lets others work on the package again. */
  leave(): Promise<void>;
}

/**
 * Makes what the package depends on, and opens its place.
 *
 * @throws Failure QUERY_UNKNOWN, QUERY_AMBIGUOUS, SOURCE_NOT_FOUND when it was never built here, or why a dependency
 * could not be made
 */
export async function openWorkplace(project: Project, query: string): Promise<Workplace> {
  const run = await openRun(project, ASSETS_ONLY);
  await loadAll(run);
  const pkg = follow(run.graph.pick(query));
  await run.ladder.reach(pkg.id, 'resolve');
  await makeDependencies(pkg, run);
  if (isUserManaged(loadedOf(pkg).recipe)) return await openScratch(pkg, run, 'user-managed');
  const asset = await run.world.cache.find(entryRef(pkg, run));
  if (asset) return await openScratch(pkg, run, 'finished');
  return await openFailed(pkg, run);
}

/** What the commands of a package see, in the directories that its entry has while it is built. Makes nothing. */
export async function environmentOf(project: Project, query: string): Promise<Record<string, string>> {
  const run = await look(project);
  const pkg = follow(run.graph.pick(query));
  await run.ladder.reach(pkg.id, 'resolve');
  for (const { target } of pkg.wires) {
    const done = follow(target);
    const asset = done.key === undefined ? undefined : await run.world.cache.peek(entryRef(done, run));
    if (asset) done.asset = asset;
  }
  const dirs = entryDirs(run.world.cache.layout.entry(entryRef(pkg, run)), pkg, 'install');
  return commandEnvironment({ pkg, run, phase: 'install', dirs });
}

async function makeDependencies(pkg: Package, run: Run): Promise<void> {
  const targets = pkg.wires.map(({ target }) => target);
  await climb(targets, run);
  const failed = targets.find((target) => follow(target).error !== undefined);
  if (failed) throw follow(failed).error;
}

async function openFailed(pkg: Package, run: Run): Promise<Workplace> {
  const { cache, files, signal } = run.world;
  const entry = await cache.lock(entryRef(pkg, run), { signal, onWaiting: tellWaiting(pkg, run) });
  if (!(await entry.reopen())) {
    await entry.release();
    throw new Failure(
      'SOURCE_NOT_FOUND',
      `${pkg.label} has no work directory: it has neither failed nor finished here`,
      {
        hint: 'Run galley sync first; what was cancelled, or installs nothing, leaves no work',
        package: pkg.label,
      },
    );
  }
  const phase = ((await files.findText(entry.dirs.phaseFile)) ?? 'build') as CallPhase;
  const dirs = entryDirs(entry.dirs, pkg, phase);
  return place({ pkg, run, phase, dirs }, { failedIn: phase }, () => leaveFailed(entry));
}

async function leaveFailed(entry: Entry): Promise<void> {
  try {
    await entry.purge('failed');
  } finally {
    await entry.release();
  }
}

async function openScratch(pkg: Package, run: Run, state: 'finished' | 'user-managed'): Promise<Workplace> {
  const { cache, files, signal } = run.world;
  const scratch = await cache.scratch(signal);
  const { assetDir } = cache.layout.entry(entryRef(pkg, run));
  const at = (name: string): string => path.join(scratch.dir, name);
  const own = { fetchDir: at('fetch'), stageDir: at('stage'), installDir: at('install'), tmpDir: at('tmp') };
  for (const dir of Object.values(own)) await files.ensureDir(dir);
  const dirs = { ...own, ...(state === 'finished' ? { assetDir } : {}) };
  return place({ pkg, run, phase: 'install', dirs }, state, async () => await scratch[Symbol.asyncDispose]());
}

function place(
  call: Pick<Call, 'pkg' | 'run' | 'phase' | 'dirs'>,
  state: Workplace['state'],
  leave: Workplace['leave'],
): Workplace {
  const { pkg, run, phase, dirs } = call;
  return { cwd: startOf(phase, dirs, run), env: commandEnvironment(call), label: pkg.label, state, leave };
}
