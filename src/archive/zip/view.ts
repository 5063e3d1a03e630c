// Shows unzipper some records of a directory, with an end made for just these: where its way with the ends of real zips
// goes wrong (comments, programs before them, several of them, 64 bits), there is nothing for it to go wrong at.
import { Readable } from 'node:stream';
import type { Entry } from 'unzipper';

const PIECE_BYTES = 64 * 1024;
const END = { signature: 0x06054b50, bytes: 22 };

/**
 * The first records of a directory, unchecked. It is in memory: unzipper does not listen for errors of the streams that
 * it reads, and they would end the process.
 *
 * @throws Error when there are fewer
 */
export async function readRecords(directory: Buffer, count: number): Promise<Entry[]> {
  // CommonJS: once bundled, only its default export is there.
  const { Open } = (await import('unzipper')).default;
  const end = endOf(directory, count);
  const streams: Readable[] = [];
  const stream = (start: number): Readable => {
    const parts = [directory.subarray(start), end.subarray(Math.max(start - directory.length, 0))];
    const opened = Readable.from(pieces(parts));
    streams.push(opened);
    return opened;
  };
  try {
    const source = { size: async () => directory.length + end.length, stream };
    return (await Open.custom(source, { tailSize: end.length })).files;
  } catch (error) {
    throw new Error('A damaged directory', { cause: error });
  } finally {
    // It leaves them open.
    for (const opened of streams) opened.destroy();
  }
}

/** Offset and comment stay zero. */
function endOf(directory: Buffer, count: number): Buffer {
  const end = Buffer.alloc(END.bytes);
  end.writeUInt32LE(END.signature);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  return end;
}

/** It copies what it was given and did not need yet, with each piece. */
function* pieces(parts: Buffer[]): Generator<Buffer, void> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
}
