// Copies bytes as on an assembly line: while one piece is hashed, the next is read back from the copy, another is written
// and another is read. So a copy that is verified takes little longer than the slowest of the four.
import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Sha256 } from '../../model/digest.ts';
import { createSha256 } from '../digest.ts';
import { guard } from '../errno.ts';

const readFd = promisify(read);

/** Large enough that a turn costs nothing against the work in it, small enough for the processor's cache. */
const PIECE_BYTES = 1024 * 1024;

export interface Belt {
  from: { fd: number; name: string };
  to: { write(bytes: Uint8Array): Promise<void> };
  /** The copy, opened for reading; without it nothing is read back and nothing hashed. */
  back?: { fd: number; name: string };
}

export interface Copied {
  sizeBytes: number;
  /** Of what was read, and of what the copy holds. */
  read?: Sha256;
  back?: Sha256;
}

/** @param isKnown the digest of the source is known, so that it is not hashed on the way */
export async function copyByBelt({ from, to, back }: Belt, isKnown: boolean): Promise<Copied> {
  const [read, reread] = [createSha256(), createSha256()];
  const spare: Buffer[] = [];
  const source = sourceOf(from);
  let sizeBytes = 0;
  let isEmpty = false;
  let line: (Piece | undefined)[] = [];
  do {
    const [toWrite, toReadBack, toHash]: (Piece | undefined)[] = line;
    const filling: Promise<Piece> | undefined = isEmpty
      ? undefined
      : source(spare.pop() ?? Buffer.allocUnsafe(PIECE_BYTES));
    const moving: Promise<unknown> = Promise.all([
      filling,
      toWrite && to.write(toWrite.bytes),
      toReadBack && back && readBack(back, toReadBack),
    ]);
    // Meanwhile, as hashing is the one thing that is done in this thread.
    if (toWrite && back && !isKnown) read.update(toWrite.bytes);
    if (toHash && back) reread.update(toHash.bytes);
    await moving;
    const fresh: Piece | undefined = await filling;
    if (toHash) spare.push(toHash.buffer);
    sizeBytes += fresh?.bytes.length ?? 0;
    isEmpty ||= fresh === undefined || fresh.bytes.length < PIECE_BYTES;
    line = [fresh, toWrite, toReadBack];
  } while (!isEmpty || line.some((piece) => piece !== undefined));
  if (back === undefined) return { sizeBytes };
  return { sizeBytes, back: reread.finish(), ...(!isKnown && { read: read.finish() }) };
}

interface Piece {
  buffer: Buffer;
  /** The part that is filled. */
  bytes: Buffer;
  offset: number;
}

/** Fills one buffer after the other. A pipe has no positions, and the place in an open file may be moved by others. */
function sourceOf({ fd, name }: Belt['from']): (buffer: Buffer) => Promise<Piece> {
  const isFile = fstatSync(fd).isFile();
  let offset = 0;
  return async (buffer) => {
    let filled = 0;
    for (let got = 1; got > 0 && filled < buffer.length; filled += got) {
      const position = isFile ? offset + filled : null;
      const length = buffer.length - filled;
      got = (await guard('read', name, () => readFd(fd, buffer, filled, length, position))).bytesRead;
    }
    const piece = { buffer, bytes: buffer.subarray(0, filled), offset };
    offset += filled;
    return piece;
  };
}

/** Over the bytes that were written: should the copy be shorter, the rest is made to differ. */
async function readBack({ fd, name }: { fd: number; name: string }, { bytes, offset }: Piece): Promise<void> {
  let filled = 0;
  for (let got = 1; got > 0 && filled < bytes.length; filled += got)
    got = (await guard('read', name, () => readFd(fd, bytes, filled, bytes.length - filled, offset + filled)))
      .bytesRead;
  if (filled < bytes.length) bytes.fill(0, filled);
}
