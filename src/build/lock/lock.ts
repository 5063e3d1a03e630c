// `galley lock` and `galley update`: galley.lock gets all that can be known without building, for this platform and for
// others, and what is to move is found out anew.
import type { FailureFacts } from '../../model/event.ts';
import { describeError } from '../../model/facts.ts';
import type { LockChange, LockRecord } from '../../model/lock-file.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import type { Settings } from '../../model/settings.ts';
import { hasConflicts, uniteSides } from '../../recipe/lockfile.ts';
import { climb, loadAll } from '../engine.ts';
import { ASSETS_ONLY, openProject, openRun, type Project, type RunWish } from '../project.ts';
import type { Services } from '../services.ts';
import { completeRecords } from './complete.ts';
import { type Evaluation, evaluate, type Unlocked } from './evaluate.ts';
import { changeLockFile, parseLock, readLockFile, rewriteLockFile, withChanges } from './file.ts';
import { frozenFailures } from './frozen.ts';
import { isSame, projectPlatforms, readPlatforms } from './platforms.ts';

export interface LockRequest {
  /** What `--platform` says. */
  platforms?: string;
  /** Nothing is asked, fetched or written: what galley.lock lacks is only told. */
  isCheck: boolean;
  /** Everything is asked, and nothing is written. */
  isDry: boolean;
  /** Records that do not count any more. */
  moves?: (record: LockRecord) => boolean;
}

export interface PlatformLock {
  platform: string;
  changes: LockChange[];
  /** What galley.lock does not know afterwards either. */
  unlocked: Unlocked[];
}

export interface LockAnswer {
  outcome: 'ok' | 'failed' | 'cancelled';
  platforms: PlatformLock[];
  failures: FailureFacts[];
}

export async function lockProject(
  services: Services,
  settings: Settings,
  project: Project,
  request: LockRequest,
): Promise<LockAnswer> {
  const { world, manifest, lockFile } = project;
  if (!request.isCheck && !request.isDry) await uniteConflict(project);
  let lock = await readLockFile(lockFile, world.files);
  const known = projectPlatforms(manifest, lock, world.platform);
  const platforms: PlatformLock[] = [];
  const failures: FailureFacts[] = [];
  // One after the other: each may take from the records of those before it.
  for (const platform of readPlatforms(request.platforms, known, world.platform)) {
    const isOwn = isSame(platform, world.platform);
    const there = isOwn ? project : await openElsewhere(services, settings, platform);
    const done = platforms.map((one) => one.platform);
    const moves = (record: LockRecord) => request.moves?.(record) === true && !done.includes(record.platform);
    const wish = { lock, moves };
    const found =
      isOwn && !request.isCheck
        ? await resolve(there, wish)
        : await evaluate(there, { ...wish, asksNetwork: !request.isCheck });
    failures.push(...found.failures);
    const changes = found.run.pins.changes(found.unlocked.length + found.failures.length === 0);
    lock = withChanges(lock, changes);
    if (request.isCheck) failures.push(...(await frozenFailures(formatPlatform(platform), changes, project)));
    else if (!request.isDry) await changeLockFile(project, changes);
    platforms.push({ platform: formatPlatform(platform), changes, unlocked: found.unlocked });
  }
  const outcome = world.signal.aborted ? 'cancelled' : failures.length > 0 ? 'failed' : 'ok';
  return { outcome, platforms, failures };
}

/** The project as another platform sees it; what is told of loading it was told already. */
function openElsewhere(services: Services, settings: Settings, platform: Platform): Promise<Project> {
  return openProject({ ...services.forPlatform(platform), emit: () => {} }, settings);
}

/** The packages of this platform as a sync would resolve them: fetch functions run. */
async function resolve(project: Project, wish: Pick<RunWish, 'lock' | 'moves'>): Promise<Evaluation> {
  const run = await openRun(project, { ...ASSETS_ONLY, mustBeComplete: true, ...wish });
  await loadAll(run);
  const packages = run.graph.all().filter(({ skipped }) => !skipped);
  await climb(packages, run, 'resolve');
  await run.trees.save();
  const failures = run.graph.all().flatMap((pkg) => (pkg.outcome === 'failed' ? describeError(pkg.error) : []));
  await completeRecords(run);
  return { run, unlocked: [], failures };
}

/** What a merge has left to a person needs none where both sides agree. */
async function uniteConflict(project: Project): Promise<void> {
  const { lockFile, world } = project;
  const text = (await world.files.findText(lockFile)) ?? '';
  if (!hasConflicts(text)) return;
  await rewriteLockFile(project, (now = '') => parseLock(uniteSides(now), lockFile));
  world.emit({
    type: 'log.message',
    level: 'info',
    text: 'galley.lock had a conflict of a merge: both sides are in it now',
  });
}
