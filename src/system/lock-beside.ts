// The layer beside the kernel's lock: the directory `<file>.lock` of proper-lockfile. Other tools see it, and it works
// where the kernel has no locks; but it can be lost by a process that stalls, so it only decides where nothing better is.
import { rmdirSync, statSync } from 'node:fs';
import { guard, guardSync, isErrno } from './errno.ts';

export interface BesideLock {
  /** True when another process took the directory because ours was not touched in time. */
  isLost(): boolean;
  release(): Promise<void>;
}

/** Where proper-lockfile puts its directory. */
const dirOf = (file: string): string => `${file}.lock`;

export function isTaken(file: string): boolean {
  const dir = dirOf(file);
  return guardSync('look at', dir, () => statSync(dir, { throwIfNoEntry: false })) !== undefined;
}

/** Removes what a dead owner left. Only for the holder of the kernel lock: others could remove a living one's. */
export function removeLeftover(file: string): void {
  try {
    guardSync('remove', dirOf(file), () => rmdirSync(dirOf(file)));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/**
 * One attempt, without waiting; undefined when somebody has it. A directory that was not touched for `staleMs` is
 * taken over.
 */
export async function tryBesideLock(file: string, staleMs: number): Promise<BesideLock | undefined> {
  const { default: lockfile } = await import('proper-lockfile');
  let lost = false;
  const onCompromised = () => {
    lost = true;
  };
  try {
    const release = await lockfile.lock(file, { stale: staleMs, realpath: false, onCompromised });
    // Lost is also what an owner that slept too long finds at the end; there is nothing left to release then.
    return { isLost: () => lost, release: () => guard('unlock', file, () => release().catch(unlessLost)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    return await guard('lock', file, () => Promise.reject(error));
  }
}

function unlessLost(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERELEASED') throw error;
}
