// Clears away after processes that were killed. Each of them has left a lock that nobody holds, and the name of a lock
// tells what it was about; taking it ends the commands that still run under it. What is in use stays untouched.
import path from 'node:path';
import { errnoOf } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { readLeases } from '../system/lease.ts';
import type { HeldLock, Locks } from '../system/lock.ts';
import { createEntry } from './entry.ts';
import { type Layout, parseLockName } from './layout.ts';

export interface SweepParts {
  files: Files;
  layout: Layout;
  locks: Locks;
  command: string;
}

/**
 * A look at every lock that is there, which are few: those in use and those of the dead. What the system refuses to clear
 * away, as in a cache that we may only read, is left to the next: the run that looks is about something else.
 */
export async function sweep(parts: SweepParts): Promise<void> {
  const { files, layout } = parts;
  await unlessRefused(async () => {
    // Reading them removes those of the dead.
    readLeases(layout.runLeasesDir);
    const found = (await files.list(layout.locksDir)).map(lockOf);
    for (const name of new Set([...found, ...(await scratchLocks(files, layout))]))
      await unlessRefused(() => sweepOne(name, parts));
  });
}

async function sweepOne(name: string, { files, layout, locks, command }: SweepParts): Promise<void> {
  if (!name.endsWith('.lock')) return;
  const about = parseLockName(name);
  const anchorFile = about && anchorOf(about, layout);
  const lock = await locks.tryAcquire(path.join(layout.locksDir, name), { command, anchorFile });
  if (lock === undefined) return;
  try {
    await clear(about, lock, { files, layout });
  } finally {
    await lock.release();
  }
}

/** The directory beside a lock is gone with it, also where somebody has removed only the file. */
function lockOf(name: string): string {
  return name.endsWith('.lock.lock') ? path.basename(name, '.lock') : name;
}

async function unlessRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

/** What the locks of all scratch would be called: that of a dead process may be lost. */
async function scratchLocks(files: Files, layout: Layout): Promise<string[]> {
  const names = (await files.list(layout.scratchDir)).map((name) => path.basename(name, '.lock'));
  return names.map((name) => path.basename(layout.scratchLockFile(name)));
}

type About = NonNullable<ReturnType<typeof parseLockName>>;

function anchorOf(about: About, layout: Layout): string {
  return 'scratch' in about ? layout.scratchAnchorFile(about.scratch) : layout.entry(about.entry).anchorFile;
}

async function clear(
  about: About | undefined,
  lock: HeldLock,
  { files, layout }: Pick<SweepParts, 'files' | 'layout'>,
) {
  if (about === undefined) return;
  // An anchor whose other name was lost is nobody's.
  lock.anchor();
  if ('scratch' in about) return files.removeTree(path.join(layout.scratchDir, about.scratch));
  const entry = createEntry({ files, layout, ref: about.entry, lock });
  const { fetchDir, replacedDir } = entry.dirs;
  // Published but for the last step, which clears away what led to the asset.
  if (await entry.find()) for (const dir of [fetchDir, replacedDir]) await files.removeTree(dir);
  await entry.purge('cancelled');
}
