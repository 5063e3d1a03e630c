// Two names of one directory that change places in one step: how something is replaced that others are looking at.
import type { Disk } from './disk.ts';
import { guardSync } from './errno.ts';
import { loadNative } from './native.ts';

/** What the system answers when it, or this file system, knows no such step. */
const NO_SWAP = ['EINVAL', 'ENOSYS', 'EOPNOTSUPP'];

export function createExchange({ log }: Disk) {
  return {
    /** False where the system cannot do that, and nothing has changed. */
    exchange(from: string, path: string): boolean {
      const isDone = guardSync('replace', path, () => swap(from, path));
      if (isDone) log({ op: 'exchange', from, path });
      return isDone;
    },
  };
}

function swap(one: string, other: string): boolean {
  const native = loadNative();
  try {
    native?.swapSync(one, other);
    return native !== undefined;
  } catch (error) {
    // Its errors have a name, and say nothing of the system call.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (NO_SWAP.includes(code)) return false;
    throw error;
  }
}
