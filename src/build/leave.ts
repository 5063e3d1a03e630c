// What becomes of an entry when its lock is released, and the release itself.
import type { Package } from './package.ts';
import type { Run } from './world.ts';

export type Leaving = 'user-managed' | 'unfinished' | 'failed' | 'cancelled';

/** Purges what a package leaves behind and releases its lock; does nothing when it holds none. */
export async function leaveEntry(pkg: Package, run: Run, how: Leaving): Promise<void> {
  if (!pkg.entry) return;
  try {
    const kept = await pkg.entry.purge(how);
    run.world.emit({ type: 'entry.purged', package: pkg.label, kept });
  } finally {
    await leaveLock(pkg, run);
  }
}

/** Releases the lock of a package's entry, which stays as it is. */
export async function leaveLock(pkg: Package, run: Run): Promise<void> {
  const { entry } = pkg;
  delete pkg.entry;
  await entry?.release();
  run.world.emit({ type: 'lock.released', package: pkg.label });
}
