// Decoding Zstandard (RFC 8878, section 3): frames one behind the other, as pzstd and cat make them, and some that hold
// nothing of the content. The decoder of Node ends with the first and says nothing of what follows.
import { createZstdDecompress } from 'node:zlib';
import { CHUNK, feed } from './feeding.ts';
import { Sequence } from './sequence.ts';

export async function* decodeZstd(
  source: AsyncIterable<Uint8Array>,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<Uint8Array, void> {
  const sequence = new Sequence(source);
  do {
    // A piece of the source may hold thousands of frames of nothing.
    signal.throwIfAborted();
    const decoder = createZstdDecompress(CHUNK);
    const fed = feed(sequence, decoder);
    yield* decoder;
    // What the decoder did not take belongs to the next.
    await fed;
    decoder.destroy();
  } while ((await sequence.peek(1)).length > 0);
}
