// Ways to damage an archive that readers stumble over: bits, lengths, pieces of others in it, and checksums that are right
// again afterwards, so that what they guard is read.
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Chance } from './chance.ts';

export interface Archive {
  file: string;
  bytes: Buffer;
}

/** Where fields begin and end: zero, one, the limits of what a field of some bytes can hold, and one beside them. */
const NUMBERS = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const OCTAL = ['00000000000', '00000000001', '77777777777', '00000001000', '-0000000001', '           ', '00000008000'];
const BLOCK_BYTES = 512;

type Way = (bytes: Buffer, chance: Chance, others: readonly Archive[]) => Buffer;

const place = (bytes: Buffer, chance: Chance): number => chance.below(Math.max(bytes.length, 1));

/** Half of them hit the last kilobyte, where zip and 7z tell what they hold. */
const placeNearEnd = (bytes: Buffer, chance: Chance): number =>
  chance.below(2) === 0 ? place(bytes, chance) : Math.max(0, bytes.length - 1 - chance.below(1_024));

const WAYS: Way[] = [
  (bytes, chance) => {
    for (let left = 1 + chance.below(8); left > 0 && bytes.length > 0; left--) {
      const at = placeNearEnd(bytes, chance);
      bytes[at] = (bytes[at] as number) ^ (1 << chance.below(8));
    }
    return bytes;
  },
  (bytes, chance) => bytes.fill(NUMBERS[chance.below(6)] as number, placeNearEnd(bytes, chance)).subarray(0),
  (bytes, chance) => bytes.subarray(0, place(bytes, chance)),
  // A number in two, four or eight bytes.
  (bytes, chance) => {
    const size = [2, 4, 8][chance.below(3)] as number;
    if (bytes.length < 8) return bytes;
    const at = Math.min(placeNearEnd(bytes, chance), bytes.length - size);
    const value = NUMBERS[chance.below(NUMBERS.length)] as number;
    if (size === 8) bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value) << BigInt(8 * chance.below(5))), at);
    else bytes.writeUIntLE(value % 2 ** (8 * size), at, size);
    return bytes;
  },
  // A number in a header of a tar, or a letter of its kind.
  (bytes, chance) => {
    if (bytes.length < BLOCK_BYTES) return bytes;
    const header = BLOCK_BYTES * chance.below(Math.floor(bytes.length / BLOCK_BYTES));
    const text = OCTAL[chance.below(OCTAL.length)] as string;
    const flags = 'ABDKLMNSVXgx0123456789\0';
    if (chance.below(2) === 0)
      bytes.write(text, header + ([100, 124, 136, 386, 398, 483][chance.below(6)] as number), 'latin1');
    else bytes.write(flags[chance.below(flags.length)] as string, header + 156, 'latin1');
    return bytes;
  },
  // A piece of it twice, or gone.
  (bytes, chance) => {
    const [from, to] = [place(bytes, chance), place(bytes, chance)];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, chance) => {
    const [from, to] = [place(bytes, chance), place(bytes, chance)].map((at) => at - (at % BLOCK_BYTES)) as [
      number,
      number,
    ];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // Its beginning, and the end of another.
  (bytes, chance, others) => {
    const other = (others[chance.below(others.length)] as Archive).bytes;
    const align = chance.below(2) === 0 ? BLOCK_BYTES : 1;
    const [from, to] = [place(bytes, chance), place(other, chance)].map((at) => at - (at % align)) as [number, number];
    return Buffer.concat([bytes.subarray(0, from), other.subarray(to)]);
  },
];

/** Another archive, of which nobody knows whether it is one. */
export function damage(archive: Archive, others: readonly Archive[], chance: Chance): Archive {
  let bytes = Buffer.from(archive.bytes);
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const way = WAYS[chance.below(WAYS.length)] as Way;
    if (bytes.length > 0) bytes = Buffer.from(way(bytes, chance, others));
  }
  if (chance.below(4) > 0) repair(bytes);
  const isTar = archive.file.endsWith('.tar');
  const packed = isTar ? chance.below(6) : 5;
  if (packed === 0) return { file: `${archive.file}.gz`, bytes: gzipSync(bytes, { level: 1 }) };
  if (packed === 1) return { file: `${archive.file}.zst`, bytes: zstdCompressSync(bytes) };
  return { file: archive.file, bytes };
}

function repair(bytes: Buffer): void {
  for (let at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    if (!block.toString('latin1', 257, 262).startsWith('ustar')) continue;
    block.fill(' ', 148, 156);
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0`,
      148,
      'latin1',
    );
  }
  if (bytes.toString('latin1', 0, 2) !== '7z' || bytes.length < 32) return;
  const offset = 32 + Number(bytes.readBigUInt64LE(12));
  const end = offset + Number(bytes.readBigUInt64LE(20));
  if (end <= bytes.length) bytes.writeUInt32LE(crc32(bytes.subarray(offset, end)), 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(12, 32)), 8);
}
