// What tells an unchanged file from a changed one without reading it. Synchronous and free of other imports: the no-op
// run consists of little else.
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync, utimesSync } from 'node:fs';

/** Identity, size and times of what is at a path itself; undefined when nothing is. Every change alters the ctime. */
export function findStamp(file: string): string | undefined {
  const stats = findStats(file);
  return stats && `${stats.ino}:${stats.mode}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

/** A file in the place of a directory on the way says that nothing is there, too. */
function findStats(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Time stamps of files lag the clock by up to a tick of the kernel. */
const TICK_MS = 10;

/** A file system that keeps whole seconds, or every other, shows times without a fraction. */
const COARSE_MS = 2000;

/** Whether what has this stamp was last changed before a moment, so that every change since then has given it another. */
export function isSettled(stamp: string, momentMs: number): boolean {
  return stamp
    .split(':')
    .slice(3)
    .every((time) => {
      const lag = time.endsWith('000000000') ? TICK_MS + COARSE_MS : TICK_MS;
      return Number(time) / 1e6 < momentMs - lag;
    });
}

/** Undefined when it cannot be read. */
export function findTextSync(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The names in a directory; none when it cannot be read. */
export function findNamesSync(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** Where a link leads; undefined when it is none. */
export function findLinkSync(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Gives a file the present time, unless it has one of the last day; one that is not ours to change stays as it is. */
export function touchDaily(file: string): void {
  const now = Date.now();
  try {
    if (now - lstatSync(file).mtimeMs > DAY_MS) utimesSync(file, now / 1000, now / 1000);
  } catch {
    // Whoever relies on the time finds an older one.
  }
}
