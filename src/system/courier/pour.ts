// Copies what is open and has no name, piece by piece, and hashes it on the way: what comes out of a pipe cannot be asked
// again. Knows nothing of where it goes.
import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Sha256 } from '../../model/digest.ts';
import { createSha256 } from '../digest.ts';
import { guard } from '../errno.ts';
import type { FileWriter } from '../writer.ts';

const readFd = promisify(read);

/** Large enough that a turn costs nothing against the work in it, small enough for the processor's cache. */
const PIECE_BYTES = 1024 * 1024;

export async function pour({ fd, name }: { fd: number; name: string }, to: Pick<FileWriter, 'write'>): Promise<Sha256> {
  const digest = createSha256();
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  // A pipe has no positions; the place in an open file belongs to all who have it.
  const isFile = fstatSync(fd).isFile();
  for (let offset = 0; ; ) {
    const position = isFile ? offset : null;
    const { bytesRead } = await guard('read', name, () => readFd(fd, buffer, 0, PIECE_BYTES, position));
    if (bytesRead === 0) return digest.finish();
    const piece = buffer.subarray(0, bytesRead);
    digest.update(piece);
    await to.write(piece);
    offset += bytesRead;
  }
}
