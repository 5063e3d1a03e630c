// The lock that a package holds: who it waits for, what becomes of the entry when it is released, and the release.
import type { Leaving } from '../cache/entry.ts';
import type { LockOwner } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';
import type { Package } from './package.ts';
import type { Run } from './world.ts';

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

/** Notes beside the work in which phase it ended, for whoever looks at it; nothing depends on that. */
export async function notePhase(pkg: Package, run: Run, phase: Phase): Promise<void> {
  if (!pkg.prepared || !pkg.entry) return;
  await run.world.files.writeAtomic(pkg.entry.dirs.phaseFile, phase, { durable: false }).catch(() => {});
}

/** Releases the lock of a package's entry, which stays as it is. */
export async function leaveLock(pkg: Package, run: Run): Promise<void> {
  const { entry } = pkg;
  delete pkg.entry;
  await entry?.release();
  run.world.emit({ type: 'lock.released', package: pkg.label });
}

/** Tells who holds the lock that a package waits for. */
export function tellWaiting(pkg: Package, run: Run): (owner: LockOwner | undefined) => void {
  return (owner) => run.world.emit({ type: 'lock.waiting', package: pkg.label, ...(owner ? { owner } : {}) });
}
