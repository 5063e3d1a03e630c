// Copies the bytes of one file. The kernel does that best and cannot be stopped at it: what is large is shared, where the
// file system can, or else copied piece by piece. Knows nothing of trees.
import { constants, statSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { isErrno, unlessMissing } from './errno.ts';

/** Up to here a slow disk is done within seconds, and the kernel needs half the time that pieces do, or less when all are busy. */
const LARGE_BYTES = 1024 ** 3;
/** Large enough that the thread pool costs nothing; one piece is read while the one before is written. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Copies a file with its mode to a path that must not exist.
 *
 * @param signal ends it; without one a large file is the kernel's too
 */
export async function copyFile(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = constants;
  if (signal === undefined || statSync(from).size <= LARGE_BYTES)
    return await fs.copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE);
  try {
    await fs.copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw error;
    // Whatever else it was: if it is more than that blocks cannot be shared here, the pieces meet it too.
    await copyPieces(from, to, signal);
  }
}

/** The same for a file of any size: one that is nothing but holes ends only when it is told to. */
export async function copyPieces(from: string, to: string, signal: AbortSignal): Promise<void> {
  await using source = await fs.open(from, constants.O_RDONLY);
  const mode = (await source.stat()).mode & 0o7777;
  await using target = await fs.open(to, 'wx', mode);
  try {
    // Exactly this mode, whatever the umask of the user.
    await target.chmod(mode);
    await target.truncate(await pour(source, target, signal));
  } catch (error) {
    await unlessMissing(fs.unlink(to));
    throw error;
  }
}

/** Answers how long it was. What is nothing but zeros stays a hole: the image of a disk does not become as large as it says. */
async function pour(source: fs.FileHandle, target: fs.FileHandle, signal: AbortSignal): Promise<number> {
  const [zeros, ...pieces] = [0, 1, 2].map(() => Buffer.alloc(PIECE_BYTES)) as [Buffer, Buffer, Buffer];
  let writing = Promise.resolve();
  try {
    for (let [at, turn] = [0, 0]; ; turn = 1 - turn) {
      signal.throwIfAborted();
      const piece = pieces[turn] as Buffer;
      const { bytesRead } = await source.read(piece, 0, PIECE_BYTES, at);
      await writing;
      if (bytesRead === 0) return at;
      const bytes = piece.subarray(0, bytesRead);
      if (!bytes.equals(zeros.subarray(0, bytesRead))) writing = writeAt(target, bytes, at);
      // It is awaited in the next round, which may end before it comes to that.
      writing.catch(() => {});
      at += bytesRead;
    }
  } finally {
    await writing;
  }
}

/** One write may take only a part, for example when the disk is nearly full. */
async function writeAt(target: fs.FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await target.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}
