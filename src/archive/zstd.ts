// Decoding Zstandard (RFC 8878, section 3): frames one behind the other, as pzstd and cat make them, and some that hold
// nothing of the content. The decoder of Node ends with the first and says nothing of what follows.
import { createZstdDecompress } from 'node:zlib';
import { Sequence } from './sequence.ts';

type Decoder = ReturnType<typeof createZstdDecompress>;

/** The default of 16 KiB costs a third more time. */
const CHUNK = { chunkSize: 256 * 1024 };

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
    await fed;
    decoder.destroy();
  } while ((await sequence.peek(1)).length > 0);
}

/** What the decoder does not take belongs to the next. Whatever goes wrong, its reader hears of it. */
async function feed(sequence: Sequence, decoder: Decoder): Promise<void> {
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
