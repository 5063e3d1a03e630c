// Decoding gzip (RFC 1952): members one behind the other, and then nothing but zeros, which fill the blocks of tapes.
// The decoder of Node ends at the first zero and says nothing of what follows.
import { createGunzip } from 'node:zlib';
import { CHUNK, feed } from './feeding.ts';
import { Sequence } from './sequence.ts';

export async function* decodeGzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const sequence = new Sequence(source);
  const decoder = createGunzip(CHUNK);
  const fed = feed(sequence, decoder);
  yield* decoder;
  await fed;
  // gzip(1) leaves it out and fails, Python reads on behind the zeros: two programs, two contents.
  for await (const piece of sequence.pieces())
    if (piece.some((byte) => byte !== 0)) throw new Error('something follows its end');
}
