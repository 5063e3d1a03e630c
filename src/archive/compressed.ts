// What comes out of a decompressor: a tar, or one file that has the name of the compressed one without its suffix. Knows
// nothing of how it was compressed; a name that gzip keeps inside is foreign, and nobody looks at it.
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Sequence } from './sequence.ts';
import { isTarBlock, TAR_BLOCK_BYTES } from './tar/block.ts';
import { createTarReader } from './tar/tar.ts';
import type { Unpacking } from './unpacking.ts';

/** The last step for a file that is called like a single one. Names lie: a tar is known by its first block. */
export function readCompressed(unpacking: Unpacking, fileName: string, suffix: string) {
  return async (decoded: AsyncIterable<Uint8Array>): Promise<void> => {
    const sequence = new Sequence(decoded);
    if (isTarBlock(await sequence.peek(TAR_BLOCK_BYTES)))
      return await pipeline(sequence.pieces(), createTarReader(unpacking));
    const name = path.basename(fileName).slice(0, -suffix.length);
    const writer = unpacking.addWhole({ kind: 'file', name, target: '', mode: 0o644 });
    for await (const piece of sequence.pieces()) {
      unpacking.countUnpacked(piece.length);
      writer?.write(piece);
    }
    writer?.close();
  };
}
