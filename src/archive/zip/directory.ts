// The directory of a zip (APPNOTE 6.3.10, section 4.3.12): one record for each entry. What it says counts; what stands
// before each content is only compared with it.
import { decodeName } from './encoding.ts';
import { ELSEWHERE_32, type End, readUInt64 } from './end.ts';
import type { Pages } from './pages.ts';

/** An entry as its record tells it, unchecked. */
export interface ZipRecord {
  /** As text, steps separated by slashes. */
  name: string;
  nameBytes: Buffer;
  flags: number;
  method: number;
  crc: number;
  packedBytes: number;
  sizeBytes: number;
  /** Type and permissions as in stat(2); 0 when whoever packed it knows none. */
  mode: number;
  isDir: boolean;
  /** Where its header begins in the file. */
  at: number;
}

const SIGNATURE = 0x02014b50;
const FIXED_BYTES = 46;
/** Two million entries with names of a hundred characters. */
const LARGEST_BYTES = 300 * 2 ** 20;
const DOS_DIRECTORY = 0x10;
const EXTRA_ZIP64 = 0x0001;
const EXTRA_UNICODE_NAME = 0x7075;
/** Systems whose names have backslashes between the steps (section 4.4.2): FAT, NTFS, VFAT. */
const BACKSLASH_HOSTS = [0, 10, 14];

/** All records, in the order of the contents in the file. */
export async function readDirectory(file: Pages, end: End): Promise<ZipRecord[]> {
  if (end.directoryBytes > LARGEST_BYTES) throw new Error(`A directory of ${end.directoryBytes} bytes`);
  const bytes = await file.read(end.directoryStart, end.directoryBytes);
  const records: ZipRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = lengthOf(bytes, at);
    records.push(recordOf(bytes.subarray(at, at + length), end.prefixBytes));
    at += length;
  }
  if (records.length !== end.entries)
    throw new Error(`${records.length} entries in its directory, ${end.entries} at its end`);
  return records.sort((a, b) => a.at - b.at);
}

function lengthOf(bytes: Buffer, at: number): number {
  const rest = bytes.length - at;
  const isRecord = rest >= FIXED_BYTES && bytes.readUInt32LE(at) === SIGNATURE;
  const variable = [28, 30, 32].reduce((sum, field) => sum + (isRecord ? bytes.readUInt16LE(at + field) : 0), 0);
  if (!isRecord || rest < FIXED_BYTES + variable) throw new Error('A damaged directory');
  return FIXED_BYTES + variable;
}

function recordOf(bytes: Buffer, prefixBytes: number): ZipRecord {
  const extraStart = FIXED_BYTES + bytes.readUInt16LE(28);
  const nameBytes = bytes.subarray(FIXED_BYTES, extraStart);
  const extra = bytes.subarray(extraStart, extraStart + bytes.readUInt16LE(30));
  const [flags, madeBy, attributes] = [bytes.readUInt16LE(8), bytes.readUInt8(5), bytes.readUInt32LE(38)];
  const told = decodeName(nameBytes, { flags, madeBy, unicode: findExtra(extra, EXTRA_UNICODE_NAME) });
  const name = BACKSLASH_HOSTS.includes(madeBy) ? told.replaceAll('\\', '/') : told;
  const sizes = readSizes(
    [bytes.readUInt32LE(24), bytes.readUInt32LE(20), bytes.readUInt32LE(42)],
    findExtra(extra, EXTRA_ZIP64),
  );
  const [sizeBytes, packedBytes, offset] = sizes as [number, number, number];
  return {
    name,
    nameBytes,
    flags,
    method: bytes.readUInt16LE(10),
    crc: bytes.readUInt32LE(16),
    packedBytes,
    sizeBytes,
    // Zips made on Windows with modes for others have them here too, which wheels count on.
    mode: attributes >>> 16,
    isDir: name.endsWith('/') || (attributes & DOS_DIRECTORY) !== 0,
    at: offset + prefixBytes,
  };
}

/** Numbers too large for their field are in the zip64 extra, in the order of the fields (section 4.5.3). */
export function readSizes(fields: readonly number[], zip64: Buffer | undefined): number[] {
  let at = 0;
  return fields.map((field) => {
    if (field !== ELSEWHERE_32 || zip64 === undefined) return field;
    if (at + 8 > zip64.length) throw new Error('A size is missing');
    at += 8;
    return readUInt64(zip64, at - 8);
  });
}

/** Extra fields are number, length, data. What is damaged holds nothing: these fields are often misused as padding. */
export function findExtra(extra: Buffer, wanted: number = EXTRA_ZIP64): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === wanted && end <= extra.length) return extra.subarray(at + 4, end);
    at = end;
  }
  return undefined;
}
