// A disk of its own for a cache, so that it can be full or read-only: for root, mode bits forbid nothing.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

export interface SmallDisk {
  /** Changes its size, or makes it read-only: options of mount(8). */
  remount(options: string): Promise<void>;
}

/** Mounts a disk in memory; undefined where we may not: that takes root, and on Linux. */
export async function mountDisk(dir: string, options: string): Promise<SmallDisk | undefined> {
  await mkdir(dir, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir]);
  } catch {
    return undefined;
  }
  onTestFinished(async () => void (await run('umount', ['-l', dir])));
  return {
    remount: async (changed) => void (await run('mount', ['-o', `remount,${changed}`, dir])),
  };
}

export interface StuckDisk {
  /** From now on whoever writes hangs in the kernel, where no signal reaches. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** Mounts a real file system in a file, so that it can be frozen; undefined where we may not. */
export async function mountStuckDisk(dir: string): Promise<StuckDisk | undefined> {
  const image = `${dir}.img`;
  await mkdir(dir, { recursive: true });
  try {
    await run('truncate', ['-s', '32M', image]);
    await run('mkfs.ext4', ['-q', image]);
    await run('mount', ['-o', 'loop', image, dir]);
  } catch {
    return undefined;
  }
  const thaw = async (): Promise<void> => void (await run('fsfreeze', ['-u', dir]));
  onTestFinished(async () => {
    await thaw().catch(() => {});
    await run('umount', ['-l', dir]);
  });
  return { freeze: async () => void (await run('fsfreeze', ['-f', dir])), thaw };
}
