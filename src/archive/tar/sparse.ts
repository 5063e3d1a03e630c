// Sparse files: of a file with holes only the rest is in the archive, with a map that says where it goes. GNU tar has had
// four ways to write the map ("Storing Sparse Files" in its manual); bsdtar writes the last one. Holes are unpacked as the
// zeros that they are, and count like all other bytes.
import { sizeAt, TAR_BLOCK_BYTES, type TarBlock } from './block.ts';
import type { Reading } from './feed.ts';
import { findValue, parseCount, type TarRecord } from './records.ts';

export interface SparseMap {
  /** Of the file with its holes. */
  sizeBytes: number;
  parts: readonly { start: number; sizeBytes: number }[];
}

/** Of disks of virtual machines, the worst that people pack, a few thousand. */
const MOST_PARTS = 100_000;
const OLD = { firstMap: 386, firstParts: 4, isExtended: 482, realSize: 483, moreParts: 21, isMoreExtended: 504 };
const PART_BYTES = 24;
/** Digits of the largest size. */
const LONGEST_NUMBER = 20;

/** Reads the map of a sparse file, where the records or the block say that it is one, and what of its size that took. */
export function* readSparse(
  block: TarBlock,
  records: readonly TarRecord[],
  storedBytes: number,
): Reading<{ map: SparseMap; mapBytes: number } | undefined> {
  if (block.flag === 'S') return checked(yield* readOldMap(block), storedBytes, 0);
  const version = ['GNU.sparse.major', 'GNU.sparse.minor'].map((key) => findValue(records, key));
  if (version.every((number) => number === undefined)) {
    if (!records.some(({ key }) => key.startsWith('GNU.sparse.'))) return undefined;
    return checked(mapOfRecords(records), storedBytes, 0);
  }
  if (version.join('.') !== '1.0') throw new Error(`A sparse file of version ${version.join('.')}`);
  const { parts, mapBytes } = yield* readFrontMap(storedBytes);
  return checked({ sizeBytes: countOf(records, 'GNU.sparse.realsize'), parts }, storedBytes, mapBytes);
}

/** The name of a sparse file, where the block has another for programs that do not know. */
export function sparseName(records: readonly TarRecord[]): string | undefined {
  return findValue(records, 'GNU.sparse.name');
}

/** Parts in order, within the file, and together what is stored: nothing may be read in two ways. */
function checked(map: SparseMap, storedBytes: number, mapBytes: number) {
  let [end, sum] = [0, 0];
  for (const { start, sizeBytes } of map.parts) {
    if (start < end) throw new Error('A sparse file whose parts overlap');
    end = start + sizeBytes;
    sum += sizeBytes;
  }
  if (end > map.sizeBytes || sum !== storedBytes - mapBytes) throw new Error('A sparse file that contradicts its map');
  return { map, mapBytes };
}

/** The oldest: four in the block, and blocks with more behind it. */
function* readOldMap({ bytes }: TarBlock): Reading<SparseMap> {
  const parts = partsAt(bytes, OLD.firstMap, OLD.firstParts);
  for (let isExtended = bytes[OLD.isExtended] !== 0; isExtended; ) {
    const more = yield { whole: TAR_BLOCK_BYTES };
    parts.push(...partsAt(more, 0, OLD.moreParts));
    if (parts.length > MOST_PARTS) throw tooMany();
    isExtended = more[OLD.isMoreExtended] !== 0;
  }
  return { sizeBytes: sizeAt(bytes, OLD.realSize), parts };
}

/** As many as there are: the first without a size ends them. */
function partsAt(bytes: Buffer, start: number, most: number): { start: number; sizeBytes: number }[] {
  const places = Array.from({ length: most }, (_, index) => start + index * PART_BYTES);
  const end = places.findIndex((at) => bytes[at + PART_BYTES / 2] === 0);
  const filled = end === -1 ? places : places.slice(0, end);
  return filled.map((at) => ({ start: sizeAt(bytes, at), sizeBytes: sizeAt(bytes, at + PART_BYTES / 2) }));
}

/** 0.0: a pair of records for each part. 0.1: all in one record. */
function mapOfRecords(records: readonly TarRecord[]): SparseMap {
  const listed = findValue(records, 'GNU.sparse.map');
  const numbers =
    listed?.split(',') ??
    records.filter(({ key }) => /^GNU\.sparse\.(offset|numbytes)$/.test(key)).map(({ value }) => value);
  return { sizeBytes: countOf(records, 'GNU.sparse.size'), parts: pairs(numbers.map(parseCount)) };
}

/** 1.0: in front of the content, a number on each line and first how many parts there are, filled up to a block. */
function* readFrontMap(storedBytes: number): Reading<{ parts: SparseMap['parts']; mapBytes: number }> {
  const numbers: number[] = [];
  let rest = '';
  for (let mapBytes = TAR_BLOCK_BYTES; mapBytes <= storedBytes; mapBytes += TAR_BLOCK_BYTES) {
    const lines = (rest + (yield { whole: TAR_BLOCK_BYTES }).toString('latin1')).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) {
      numbers.push(parseCount(line));
      const [parts = 0] = numbers;
      if (parts > MOST_PARTS) throw tooMany();
      if (numbers.length === 1 + 2 * parts) return { parts: pairs(numbers.slice(1)), mapBytes };
    }
    if (rest.length > LONGEST_NUMBER) break;
  }
  throw new Error('A sparse file without its map');
}

function pairs(numbers: readonly number[]): SparseMap['parts'] {
  if (numbers.length % 2 !== 0 || numbers.length > 2 * MOST_PARTS) throw tooMany();
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    start: numbers[2 * index] as number,
    sizeBytes: numbers[2 * index + 1] as number,
  }));
}

function countOf(records: readonly TarRecord[], key: string): number {
  return parseCount(findValue(records, key) ?? '');
}

function tooMany(): Error {
  return new Error('A sparse file with a map that is too long');
}
