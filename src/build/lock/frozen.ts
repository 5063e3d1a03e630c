// What --frozen and --check say of a lock file that would have to change: all of it at once, with the command that changes
// it. What could be refused before anything was fetched has been refused by then.
import type { FailureFacts } from '../../model/event.ts';
import type { LockChange } from '../../model/lock-file.ts';
import { formatChange } from '../../model/lock-words.ts';
import { lineOf } from '../../recipe/lockfile.ts';
import type { Project } from '../project.ts';

/** The failure that the changes for one platform are; none where there are no changes. */
export async function frozenFailures(
  platform: string,
  changes: readonly LockChange[],
  { lockFile, world }: Project,
): Promise<FailureFacts[]> {
  const wrong = changes.find(({ before }) => before)?.before;
  const line = wrong && lineOf(wrong, (await world.files.findText(lockFile)) ?? '');
  if (changes.length === 0) return [];
  return [
    {
      code: 'FROZEN',
      message: `galley.lock would change for ${platform}, and --frozen forbids it`,
      notes: changes.map(formatChange),
      hint: `Run galley lock --platform ${platform} and commit galley.lock`,
      ...(line !== undefined && { location: { file: lockFile, line, column: 5 } }),
    },
  ];
}
