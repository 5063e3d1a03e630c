// Makes a directory and those above it; one that is there is fine.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Disk } from './disk.ts';
import { guard, isErrno } from './errno.ts';

/**
 * Somebody else may remove what is above it, which is made again, but not for ever as Node's own `recursive` does:
 * /proc and some automounters say "no such file" of what nobody can make.
 */
export async function ensureDir(disk: Pick<Disk, 'mkdir'>, dir: string, triesLeft = 10): Promise<void> {
  try {
    await disk.mkdir(dir);
  } catch (error) {
    if (isErrno(error, 'ENOENT') && path.dirname(dir) !== dir && triesLeft > 0) {
      await ensureDir(disk, path.dirname(dir));
      return await ensureDir(disk, dir, triesLeft - 1);
    }
    if (!isErrno(error, 'EEXIST') || !(await guard('look at', dir, () => stat(dir))).isDirectory()) throw error;
  }
}

/** The same, and what was made is there after a crash too: for what answers that it is safe. */
export async function ensureSafeDir(disk: Pick<Disk, 'mkdir' | 'fsyncDir'>, dir: string): Promise<void> {
  const made: string[] = [];
  const mkdir = async (each: string) => {
    await disk.mkdir(each);
    made.push(each);
  };
  await ensureDir({ mkdir }, dir);
  for (const each of made) await disk.fsyncDir(path.dirname(each));
}
