// Decoding bzip2: with bzip2(1) where the machine has it, and else here. Of the decoders on npm one makes a list of 46
// million numbers of a block of zeros, one needs the whole file, and one asks how large the result will be.
import { type Filter, filterThrough, findProgram } from '../../system/filter.ts';
import { Bits } from './bits.ts';
import { readBlock, unroll } from './block.ts';

const MAGIC = [0x42, 0x5a, 0x68]; // "BZh"
/** The digits of π begin a block, those of its root end a stream. */
const [BLOCK, END] = [0x314159265359, 0x177245385090];
const LEVEL_BYTES = 100_000;
const LARGEST_LEVEL = 9;
/** A block is decoded when all of it is here; so large it can be with the longest codes, for each byte of its text. */
const MOST_PACKED = { perByte: 2.5, more: 64 * 1024 };
const HEADER_BYTES = 4;

/** The bzip2 decoder of this machine. */
export function createBzip2Decoder(): Filter {
  const program = findProgram('bzip2');
  return program === undefined ? decodeBzip2 : filterThrough([program, '-dc']);
}

/** The decoder of our own process. What follows the last stream is left alone, as bzip2(1) does. */
export async function* decodeBzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const bits = new Bits(source);
  let level = await readHeader(bits);
  if (level === undefined) throw new Error('no bzip2 data');
  // One for all: a block of a single byte would take its megabytes, too.
  const links = new Uint32Array(LARGEST_LEVEL * LEVEL_BYTES);
  while (level !== undefined) {
    yield* decodeStream(bits, links.subarray(0, level * LEVEL_BYTES));
    level = await readHeader(bits);
  }
  await bits.drain();
}

/** The level that a stream begins with; undefined when none does. */
async function readHeader(bits: Bits): Promise<number | undefined> {
  if ((await bits.gather(HEADER_BYTES)) < HEADER_BYTES) return undefined;
  const isMagic = MAGIC.every((byte) => bits.read(8) === byte);
  const level = isMagic ? bits.read(8) - 0x30 : 0;
  return level >= 1 && level <= LARGEST_LEVEL ? level : undefined;
}

async function* decodeStream(bits: Bits, links: Uint32Array): AsyncGenerator<Uint8Array, void> {
  let combined = 0;
  for (;;) {
    await bits.gather(links.length * MOST_PACKED.perByte + MOST_PACKED.more);
    const kind = bits.read(24) * 2 ** 24 + bits.read(24);
    const checksum = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
    if (kind === END) {
      if (checksum !== combined) throw new Error('a wrong checksum');
      bits.align();
      return;
    }
    if (kind !== BLOCK) throw new Error('no block where one should be');
    let crc = 0xffffffff;
    for (const piece of unroll(readBlock(bits, links))) {
      crc = updateCrc(crc, piece);
      yield piece;
    }
    if (~crc >>> 0 !== checksum) throw new Error('a wrong checksum');
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0;
  }
}

/** As in zip and gzip, but with the bits in the other order. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

function updateCrc(start: number, bytes: Uint8Array): number {
  let crc = start;
  for (const byte of bytes) crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] as number);
  return crc;
}
