// `galley lock` and `galley update`: galley.lock gets all that can be known without building, for this platform and for
// others, and what is to move is found out anew.
import type { FailureFacts } from '../../model/event.ts';
import { describeError } from '../../model/facts.ts';
import type { LockChange, LockRecord } from '../../model/lock-file.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import { Problems } from '../../model/problems.ts';
import type { Settings } from '../../model/settings.ts';
import { hasConflicts, uniteSides } from '../../recipe/lockfile.ts';
import { climb, loadAll } from '../engine.ts';
import { ASSETS_ONLY, openProject, openRun, type Project, type RunWish } from '../project.ts';
import type { Services } from '../services.ts';
import { completeRecords } from './complete.ts';
import { type Evaluation, type EvaluationWish, evaluate, type Unlocked } from './evaluate.ts';
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
  const isWritten = !request.isCheck && !request.isDry;
  if (isWritten) await uniteConflict(project);
  let lock = await readLockFile(lockFile, world.files);
  const known = projectPlatforms(manifest, lock, world.platform);
  const answer: LockAnswer = { outcome: 'ok', platforms: [], failures: [] };
  // One after the other: each may take from the records of those before it.
  for (const platform of readPlatforms(request.platforms, known, world.platform)) {
    const isDone = (record: LockRecord) => answer.platforms.some((done) => done.platform === record.platform);
    const wish = { lock, moves: (record: LockRecord) => request.moves?.(record) === true && !isDone(record) };
    const isOwn = isSame(platform, world.platform);
    const look = { ...wish, asksNetwork: !request.isCheck };
    const found = await (!isOwn
      ? lookElsewhere(() => openElsewhere(services, settings, platform), look)
      : request.isCheck
        ? settled(await evaluate(project, look))
        : resolve(project, wish));
    lock = withChanges(lock, found.changes);
    if (isWritten) await changeLockFile(project, found.changes);
    if (request.isCheck)
      found.failures.push(...(await frozenFailures(formatPlatform(platform), found.changes, project)));
    answer.failures.push(...found.failures);
    answer.platforms.push({ platform: formatPlatform(platform), changes: found.changes, unlocked: found.unlocked });
  }
  return { ...answer, outcome: world.signal.aborted ? 'cancelled' : answer.failures.length > 0 ? 'failed' : 'ok' };
}

/** What was found out for one platform. */
type Found = Pick<PlatformLock, 'changes' | 'unlocked'> & Pick<LockAnswer, 'failures'>;

/** What nothing wants any more is known only where all is known that is wanted. */
function settled({ run, unlocked }: Evaluation): Found {
  return { changes: run.pins.changes(unlocked.length === 0), unlocked, failures: [] };
}

/** A manifest that another platform cannot read is no reason to stop here. */
async function lookElsewhere(open: () => Promise<Project>, wish: EvaluationWish): Promise<Found> {
  try {
    return settled(await evaluate(await open(), wish));
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    return { changes: [], unlocked: [{ package: 'the manifest', reason: error.message }], failures: [] };
  }
}

/** The project as another platform sees it; what is told of loading it was told already. */
function openElsewhere(services: Services, settings: Settings, platform: Platform): Promise<Project> {
  return openProject({ ...services.forPlatform(platform), emit: () => {} }, settings);
}

/** The packages of this platform as a sync would resolve them: fetch functions run. */
async function resolve(project: Project, wish: Pick<RunWish, 'lock' | 'moves'>): Promise<Found> {
  const run = await openRun(project, { ...ASSETS_ONLY, mustBeComplete: true, ...wish });
  await loadAll(run);
  const packages = run.graph.all().filter(({ skipped }) => !skipped);
  await climb(packages, run, 'resolve');
  await run.trees.save();
  const failures = run.graph.all().flatMap((pkg) => (pkg.outcome === 'failed' ? describeError(pkg.error) : []));
  await completeRecords(run);
  return { changes: run.pins.changes(failures.length === 0), unlocked: [], failures };
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
