// A file in which a process says what it is using, for as long as it lives: the kernel holds a lock on it, so that
// nobody takes a dead process for a living one, or the other way round. Knows nothing of what is used.
//
//   <random>.lease             the record of its owner, then one line for each thing; removed when the process ends
//   <random>.unlocked.lease    the same where the kernel holds no lock: that nobody has one says nothing about its owner
import { appendFileSync, closeSync, constants, fstatSync, ftruncateSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { LockOwner } from '../model/event.ts';
import { isFailure } from '../model/failure.ts';
import { guardSync, isErrno } from './errno.ts';
import {
  ensureLockDir,
  type KernelLock,
  openLockFile,
  openPlain,
  removeLockFile,
  tryKernelLock,
} from './lock-kernel.ts';
import { loadNative, type Native } from './native.ts';
import { decodeOwner, describeSelf, encodeOwner, fateOf, toLockOwner } from './owner.ts';
import { randomName } from './temporary.ts';

export interface Lease {
  /** Says that something is used from now on; again is fine. */
  use(name: string): void;
  /** Nothing is used any more. The end of the process does the same. */
  close(): void;
}

/** What a living process says. */
export interface LeaseState {
  /** Undefined when it has not come to say so. */
  owner: LockOwner | undefined;
  /** False when nobody can know what it uses: the disk is too full to write it down. */
  isListed: boolean;
  names: ReadonlySet<string>;
}

const SUFFIX = '.lease';
/** Far more than anybody uses. What is larger may say anything. */
const LARGEST_BYTES = 64 * 2 ** 20;
/**
 * Of a process in another container, where the kernel has no locks, nobody can tell that it has died. So long nobody
 * runs: a project that we cannot see counts as long.
 */
const ELSEWHERE_MS = 30 * 24 * 60 * 60 * 1000;
const UNLOCKED = `.unlocked${SUFFIX}`;

/**
 * Opens a lease of this process.
 *
 * @param command for people who want to know who it is
 * @returns undefined where we may not write: what is used there cannot be told
 */
export function openLease(dir: string, command: string, since: number): Lease | undefined {
  const native = loadNative();
  try {
    return write(createFile(dir, native), encodeOwner({ ...describeSelf(), command, since }));
  } catch (error) {
    if (isErrno(error, 'EROFS', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

interface LeaseFile extends Pick<KernelLock, 'fd' | 'release'> {
  file: string;
}

function createFile(dir: string, native: Native | undefined): LeaseFile {
  for (;;) {
    const name = path.join(dir, randomName());
    const file = `${name}${SUFFIX}`;
    ensureLockDir(file);
    const lock = native === undefined ? 'unsupported' : tryKernelLock(native, file);
    if (lock === 'unsupported') {
      removeLockFile(file);
      return withoutLock(`${name}${UNLOCKED}`);
    }
    // Somebody looks whether the new file is anybody's: the next name is as good.
    if (lock !== 'held') return { ...lock, file };
  }
}

/** Where we have no locks the record alone tells who is alive, and the name says so to those who have them. */
function withoutLock(file: string): LeaseFile {
  const fd = openLockFile(file);
  const release = () => {
    removeLockFile(file);
    closeSync(fd);
  };
  return { fd, release, file };
}

function write({ file, fd, release }: LeaseFile, owner: string): Lease {
  const names = new Set<string>();
  let isListed = true;
  const append = (text: string) => {
    try {
      if (isListed) guardSync('write', file, () => appendFileSync(fd, text));
    } catch (error) {
      if (!isFailure(error, 'NO_SPACE')) throw error;
      // An empty lease may mean anything, and that is what is true now. Making a file shorter takes no room.
      isListed = false;
      ftruncateSync(fd);
    }
  };
  const close = () => {
    if (!open.delete(close)) return;
    if (open.size === 0) process.off('exit', closeAll);
    release();
  };
  if (open.size === 0) process.once('exit', closeAll);
  open.add(close);
  append(owner);
  return {
    use(name) {
      if (names.has(name)) return;
      names.add(name);
      append(`${name}\n`);
    },
    close,
  };
}

/** What a process ends without having closed is closed by its end. */
const open = new Set<() => void>();
const closeAll = () => {
  for (const close of open) close();
};

/** The leases of all living processes; those of the dead are removed. */
export function readLeases(dir: string): LeaseState[] {
  const files = namesIn(dir).map((name) => path.join(dir, name));
  // Most often there is none, and nothing has to be loaded to see that.
  const native = files.length > 0 ? loadNative() : undefined;
  return files.flatMap((file) => readLease(file, native) ?? []);
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => name.endsWith(SUFFIX));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function readLease(file: string, native: Native | undefined): LeaseState | undefined {
  let fd: number;
  try {
    fd = openPlain(file, constants.O_RDONLY);
  } catch (error) {
    // What is no file is nobody's lease.
    if (isErrno(error, 'ENOENT', 'ELOOP', 'EISDIR')) return undefined;
    throw error;
  }
  try {
    const hasDied = native && !file.endsWith(UNLOCKED) ? isUnlocked(native, fd) : undefined;
    const { size, mtimeMs } = fstatSync(fd);
    const text = hasDied || size > LARGEST_BYTES ? '' : readFileSync(fd, 'utf8');
    const end = text.indexOf('\n') + 1;
    const owner = decodeOwner(text.slice(0, end));
    const fate = owner && fateOf(owner, { ...owner, ...describeSelf() });
    const isForgotten = fate !== 'alive' && Date.now() - mtimeMs > ELSEWHERE_MS;
    if (hasDied ?? (fate === 'dead' || isForgotten)) {
      removeLockFile(file);
      return undefined;
    }
    const names = new Set(text.slice(end).split('\n'));
    return { owner: owner && toLockOwner(owner), isListed: end > 0, names };
  } finally {
    closeSync(fd);
  }
}

/**
 * Whether the owner is dead; undefined where the kernel cannot tell. Until the file is closed the answer stays true: a
 * process that has just made the file, and not yet locked it, then takes another.
 */
function isUnlocked(native: Native, fd: number): boolean | undefined {
  try {
    return native.tryLock(fd, { shared: true });
  } catch {
    return undefined;
  }
}
