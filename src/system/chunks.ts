// The bytes of a file, a piece at a time, at the least cost for a small one: most files are read in one piece. Knows
// nothing of what is done with them.
import { closeSync, constants, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { guard, guardSync } from './errno.ts';

/** Large enough that a read costs nothing against the hashing, small enough for the processor's cache. */
const CHUNK_BYTES = 256 * 1024;

const readFd = promisify(read);

/** Each piece is good until the next one is asked for: then the same memory has other bytes. */
export async function* readChunks(file: string): AsyncGenerator<Buffer, void> {
  const fd = guardSync('read', file, () => openSync(file, constants.O_RDONLY));
  try {
    // One byte more than the file has: a read that is not filled tells that the end was reached.
    const buffer = Buffer.allocUnsafe(Math.min(fstatSync(fd).size + 1, CHUNK_BYTES));
    for (let isFull = true; isFull; ) {
      const { bytesRead } = await guard('read', file, () => readFd(fd, buffer, 0, buffer.length, null));
      isFull = bytesRead === buffer.length;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    closeSync(fd);
  }
}
