// The layer that decides: a lock of the kernel on an open file. It is gone the moment its process is, and it cannot be
// lost while the process lives, however slow or stopped it is.
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { guardSync, isErrno, nameOf } from './errno.ts';
import type { Native } from './native.ts';

/** An open lock file whose lock is ours. */
export interface KernelLock {
  fd: number;
  /** Removes the file and lets go, in this order: whoever locks the removed file meanwhile notices and opens anew. */
  release(): void;
}

/** What the file system answers when it has no such locks: some network and user-space ones. */
const NO_LOCKS = ['ENOLCK', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];

export type NativeLocks = Pick<Native, 'tryLock'>;

/**
 * One attempt, without waiting. Everything happens between two turns of the event loop, so a cancelled wait leaves no
 * file behind.
 *
 * @returns the lock, `held` when somebody has it, or `unsupported` when this file system has no locks
 */
export function tryKernelLock(native: NativeLocks, file: string): KernelLock | 'held' | 'unsupported' {
  for (;;) {
    const fd = openLockFile(file);
    let isOurs = false;
    try {
      if (!native.tryLock(fd)) return 'held';
      isOurs = isNamed(fd, file);
      if (isOurs) return { fd, release: () => release(fd, file) };
      // The holder before us removed this file after we had opened it: the name is free, or a new file's.
    } catch (error) {
      if (!NO_LOCKS.includes(codeOf(error))) throw error;
      return 'unsupported';
    } finally {
      if (!isOurs) closeSync(fd);
    }
  }
}

/** Opens or creates the file. */
export function openLockFile(file: string): number {
  return guardSync('lock', file, () => openPlain(file, constants.O_RDWR | constants.O_CREAT));
}

/** Links would lead us to the file of somebody else, and a pipe would hold us up for ever. */
const PLAIN = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Opens what has to be a file. What is none is refused as a link is, with ELOOP. */
export function openPlain(file: string, flags: number): number {
  const fd = openSync(file, flags | PLAIN);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  const facts = { path: file, errno: 'ELOOP' };
  throw new Failure('IO_ERROR', `Cannot use "${file}" as a lock: it is no file`, { facts });
}

/** So long is a record of thousands of commands; what is longer is none. */
const LONGEST_RECORD_BYTES = 2 ** 20;

/** The text in a lock's file; undefined when it cannot be read. */
export function readRecord(file: string): string | undefined {
  try {
    const fd = openPlain(file, constants.O_RDONLY);
    try {
      const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, LONGEST_RECORD_BYTES));
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Makes the directory of the locks, which is there but for the first lock. */
export function ensureLockDir(file: string): void {
  guardSync('create directory', path.dirname(file), () => mkdirSync(path.dirname(file), { recursive: true }));
}

/** Removes the file of a lock; one that is gone is fine. */
export function removeLockFile(file: string): void {
  try {
    guardSync('remove', file, () => unlinkSync(file));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function release(fd: number, file: string): void {
  try {
    // Somebody may have removed it while we held the lock: then the name is another's by now.
    if (isNamed(fd, file)) removeLockFile(file);
  } finally {
    closeSync(fd);
  }
}

/** True when the name leads to the open file. */
export function isNamed(fd: number, file: string): boolean {
  const ours = fstatSync(fd);
  try {
    const named = guardSync('look at', file, () => lstatSync(file, { throwIfNoEntry: false }));
    return named?.ino === ours.ino && named.dev === ours.dev;
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** Errors of the native module have a code and no system call. */
function codeOf(error: unknown): string {
  return error instanceof Error ? nameOf(error) : '';
}
