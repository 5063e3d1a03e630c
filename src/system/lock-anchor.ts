// A second name of a lock's file, beside what the lock is for. Some people and cleaners empty the directory of locks
// while they are held: the next process then makes a new file and gets its lock at once. By the second name it finds
// that the old file is still locked, and waits.
import { closeSync, constants, linkSync } from 'node:fs';
import { guardSync, isErrno } from './errno.ts';
import { isNamed, type NativeLocks, openPlain, removeLockFile } from './lock-kernel.ts';

/** Gives the open lock file a second name; where there are no such names, it has none. */
export function dropAnchor(fd: number, file: string, anchorFile: string): void {
  if (isNamed(fd, anchorFile)) return;
  removeLockFile(anchorFile);
  try {
    guardSync('link', anchorFile, () => linkSync(file, anchorFile));
  } catch (error) {
    // The first name is gone, or the file system or its policy knows no second ones.
    if (!isErrno(error, 'ENOENT', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV')) throw error;
  }
}

/** Removes the second name of this file, and of no other. */
export function weighAnchor(fd: number, anchorFile: string): void {
  if (isNamed(fd, anchorFile)) removeLockFile(anchorFile);
}

/** True when the anchor is that of somebody else who lives. */
export function isAnchored(fd: number, anchorFile: string, native: NativeLocks): boolean {
  if (isNamed(fd, anchorFile)) return false;
  let other: number;
  try {
    other = guardSync('open', anchorFile, () => openPlain(anchorFile, constants.O_RDONLY));
  } catch (error) {
    // What is no file was never locked by us.
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
  try {
    return !native.tryLock(other, { shared: true });
  } finally {
    closeSync(other);
  }
}
