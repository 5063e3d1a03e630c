// The content of one entry of a zip: unpacked to exactly as many bytes as the directory says, and checked against its
// checksum. Small ones at once, without a stream for each; large ones piece by piece.
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import type { Pages } from '../pages.ts';
import type { ZipRecord } from './directory.ts';

const STORED = 0;
const DEFLATED = 8;

/** The default of 16 KiB costs a third more time. */
const CHUNK = { chunkSize: 64 * 1024 };
/** Up to so many bytes a content is unpacked at once: nobody notices how long that takes. */
const SMALL = { packedBytes: 256 * 1024, sizeBytes: 2 ** 20 };

/** Ways of packing that exist, and that galley cannot read (APPNOTE, section 4.4.5). */
const OTHER_METHODS: Record<number, string> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};

/** The name of a way of packing that we cannot read; undefined for those we can. */
export function findUnknownMethod({ method }: ZipRecord): string | undefined {
  if (method === STORED || method === DEFLATED) return undefined;
  return OTHER_METHODS[method] ?? `method ${method}`;
}

/**
 * Hands on the content that begins there, a piece at a time.
 *
 * @throws Error when it is not what the record says; some of it has been handed on then
 */
export async function readContent(
  file: Pages,
  start: number,
  record: ZipRecord,
  take: (piece: Buffer) => void,
): Promise<void> {
  const { packedBytes, sizeBytes, method } = record;
  let [seen, crc] = [0, 0];
  const count = (piece: Buffer): void => {
    seen += piece.length;
    if (seen > sizeBytes) throw new Error('More bytes than it says');
    crc = crc32(piece, crc);
    take(piece);
  };
  if (packedBytes <= SMALL.packedBytes && sizeBytes <= SMALL.sizeBytes) {
    const packed = await file.read(start, packedBytes);
    count(method === STORED ? packed : inflateAtOnce(packed, sizeBytes));
  } else if (method === STORED) for await (const piece of file.stream(start, packedBytes)) count(piece);
  else await inflateStream(file.stream(start, packedBytes), packedBytes, count);
  if (seen !== sizeBytes) throw new Error('Fewer bytes than it says');
  if (crc !== record.crc) throw new Error('A wrong checksum');
}

function inflateAtOnce(packed: Buffer, sizeBytes: number): Buffer {
  // One byte more than there should be, so that more is noticed; and the least chunk that zlib takes.
  const maxOutputLength = sizeBytes + 1;
  const options = { maxOutputLength, chunkSize: Math.max(maxOutputLength, 64), info: true };
  const { buffer, engine } = inflate(packed, options);
  refuseRest(engine.bytesWritten, packed.length);
  return buffer;
}

/** With `info`, zlib tells how much it took; the types of Node do not know. */
function inflate(packed: Buffer, options: object): { buffer: Buffer; engine: { bytesWritten: number } } {
  try {
    return inflateRawSync(packed, options) as unknown as ReturnType<typeof inflate>;
  } catch (error) {
    // A RangeError would be a bug of ours.
    throw error instanceof RangeError ? new Error('More bytes than it says') : error;
  }
}

async function inflateStream(
  packed: AsyncGenerator<Buffer>,
  packedBytes: number,
  count: (piece: Buffer) => void,
): Promise<void> {
  const inflater = createInflateRaw(CHUNK);
  await pipeline(packed, inflater, async (inflated: AsyncIterable<Buffer>) => {
    for await (const piece of inflated) count(piece);
  });
  refuseRest(inflater.bytesWritten, packedBytes);
}

/** Bytes behind the content belong to nobody: another reader may find something in them. */
function refuseRest(takenBytes: number, packedBytes: number): void {
  if (takenBytes !== packedBytes) throw new Error('Something follows its content');
}
