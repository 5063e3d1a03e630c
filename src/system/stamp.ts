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

/** Epoch milliseconds of the last change of content or metadata; undefined when nothing is there. */
export function findChangeMs(file: string): number | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats && Math.max(stats.ctimeMs, stats.mtimeMs);
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
