// The end of a sync for galley.lock: it gets what the run has found out; or with --frozen the run fails with all of that,
// and with what the other platforms of the project lack.
import type { FailureFacts } from '../../model/event.ts';
import { formatPlatform } from '../../model/platform.ts';
import type { Settings } from '../../model/settings.ts';
import type { Project } from '../project.ts';
import type { Services } from '../services.ts';
import type { BuildAnswer } from '../session.ts';
import type { Run } from '../world.ts';
import { completeRecords } from './complete.ts';
import { changeLockFile, readLockFile } from './file.ts';
import { frozenFailures } from './frozen.ts';
import { isSame, projectPlatforms } from './platforms.ts';

/** @param isWhole whether the run has looked at all that the project wants */
export async function settleLockFile(project: Project, run: Run, answer: BuildAnswer, isWhole: boolean): Promise<void> {
  const { policy, emit } = project.world;
  const isDone = answer.outcome === 'ok';
  // What failed is told already, and what it did not come to is no news.
  if (policy.frozen && !isDone) return;
  if (answer.outcome !== 'cancelled') await completeRecords(run);
  const changes = run.pins.changes(isWhole && isDone);
  if (!policy.frozen) return changeLockFile(project, changes);
  const failures = await frozenFailures(run.pins.platform, changes, project);
  for (const error of failures) emit({ type: 'problem.found', error });
  answer.failures.push(...failures);
  if (failures.length > 0) answer.outcome = 'failed';
}

/** What galley.lock lacks for the machines of others: whoever mends it here wants to mend all of it. */
export async function tellElsewhere(services: Services, settings: Settings, project: Project): Promise<FailureFacts[]> {
  const { lockFile, manifest, world } = project;
  const lock = await readLockFile(lockFile, world.files);
  const others = projectPlatforms(manifest, lock, world.platform).filter(
    (platform) => !isSame(platform, world.platform),
  );
  if (others.length === 0) return [];
  const { lockProject } = await import('./lock.ts');
  const platforms = others.map(formatPlatform).join(',');
  const { failures } = await lockProject(services, settings, project, { platforms, isCheck: true, isDry: true });
  for (const error of failures) services.emit({ type: 'problem.found', error });
  return failures;
}
