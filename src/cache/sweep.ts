// Clears away after processes that were killed. Each of them has left a lock that nobody holds, and the name of a lock
// tells what it was about; taking it ends the commands that still run under it. What is in use stays untouched.
import path from 'node:path';
import { isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { readLeases } from '../system/lease.ts';
import type { HeldLock } from '../system/lock.ts';
import { createEntry } from './entry.ts';
import { type Layout, parseLockName } from './layout.ts';

export interface SweepParts {
  files: Files;
  layout: Layout;
  /** The lock, if nobody has it. */
  take(file: string): Promise<HeldLock | undefined>;
}

/** A look at every lock that is there, which are few: those in use and those of the dead. */
export async function sweep({ files, layout, take }: SweepParts): Promise<void> {
  // Reading them removes those of the dead.
  readLeases(layout.runLeasesDir);
  for (const name of await files.list(layout.locksDir)) {
    // The directories beside the locks are gone with them.
    if (!name.endsWith('.lock') || name.endsWith('.lock.lock')) continue;
    const lock = await take(path.join(layout.locksDir, name)).catch(unlessForbidden);
    if (lock === undefined) continue;
    try {
      await clear(name, lock, { files, layout });
    } finally {
      await lock.release();
    }
  }
}

/** A cache that we may only read is somebody else's to clear. */
function unlessForbidden(error: unknown): undefined {
  if (!isErrno(error, 'EROFS', 'EACCES', 'EPERM')) throw error;
}

async function clear(name: string, lock: HeldLock, { files, layout }: Pick<SweepParts, 'files' | 'layout'>) {
  const about = parseLockName(name);
  if (about === undefined) return;
  if ('scratch' in about) return files.removeTree(path.join(layout.scratchDir, about.scratch));
  const entry = createEntry({ files, layout, ref: about.entry, lock });
  if (!(await files.exists(entry.dirs.entryDir))) return;
  const { fetchDir, replacedDir } = entry.dirs;
  // Published but for the last step, which clears away what led to the asset.
  if (await entry.find()) for (const dir of [fetchDir, replacedDir]) await files.removeTree(dir);
  await entry.purge('cancelled');
}
