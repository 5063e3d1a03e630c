// Feeds a decoder of Node, which ends where its format does and says nothing of what follows: that stays in the sequence.
import type { Transform } from 'node:stream';
import type { Sequence } from './sequence.ts';

/** The default of 16 KiB costs a third more time. */
export const CHUNK = { chunkSize: 256 * 1024 };

/** What all decoders of `node:zlib` are. */
export type Decoder = Transform & { bytesWritten: number };

/** Over when the decoder wants no more, or there is no more. Whatever goes wrong, its reader hears of it. */
export async function feed(sequence: Sequence, decoder: Decoder): Promise<void> {
  try {
    for (;;) {
      const piece = await sequence.peek(CHUNK.chunkSize);
      if (piece.length === 0) return void decoder.end();
      const before = decoder.bytesWritten;
      await new Promise<void>((resolve, reject) => {
        decoder.write(piece, (error) => (error ? reject(error) : resolve()));
      });
      const taken = decoder.bytesWritten - before;
      await sequence.take(taken);
      if (taken < piece.length) return;
    }
  } catch (error) {
    decoder.destroy(error as Error);
  }
}
