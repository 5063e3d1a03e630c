// The directory of a zip (APPNOTE 6.3.10, section 4.3.12): one record for each entry. unzipper takes the records apart;
// what it believes without looking is checked here. What stands before each content is only compared with them.
import type { Entry } from 'unzipper';
import type { Pages } from '../pages.ts';
import { decodeName } from './encoding.ts';
import { ELSEWHERE_32, type End } from './end.ts';
import { EXTRA_UNICODE_NAME, EXTRA_ZIP64, findExtras } from './extra.ts';
import { readRecords } from './view.ts';

/** An entry as its record tells it: well-formed, and no more. */
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
/** Records that unzipper holds at once: each weighs several times what we keep of it. */
const BATCH = 512;
const DOS_DIRECTORY = 0x10;
/** Systems whose names have backslashes between the steps (section 4.4.2): FAT, NTFS, VFAT. */
const BACKSLASH_HOSTS = [0, 10, 14];

/** All records, in the order of the contents in the file. */
export async function readDirectory(file: Pages, end: End, signal: AbortSignal): Promise<ZipRecord[]> {
  if (end.directoryBytes > LARGEST_BYTES) throw new Error(`A directory of ${end.directoryBytes} bytes`);
  const bytes = await file.read(end.directoryStart, end.directoryBytes);
  const records: ZipRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    signal.throwIfAborted();
    const rest = bytes.subarray(at);
    const count = Math.min(BATCH, end.entries - records.length, Math.floor(rest.length / FIXED_BYTES));
    if (count === 0) throw new Error('A damaged directory');
    for (const entry of await readRecords(rest, count)) {
      const extraStart = at + FIXED_BYTES + entry.fileNameLength;
      const commentStart = extraStart + entry.extraFieldLength;
      at = commentStart + entry.fileCommentLength;
      if (entry.signature !== SIGNATURE || at > bytes.length) throw new Error('A damaged directory');
      records.push(recordOf(entry, bytes.subarray(extraStart, commentStart), end.prefixBytes));
    }
  }
  if (records.length !== end.entries)
    throw new Error(`${records.length} entries in its directory, ${end.entries} at its end`);
  return inOrderOfContents(records);
}

/** Of a name that comes twice the later counts: for us in the file, for most in the directory. They have to agree. */
function inOrderOfContents(records: readonly ZipRecord[]): ZipRecord[] {
  const lastOf = new Map<string, number>();
  for (const { name, at } of records) {
    if (at < (lastOf.get(name) ?? 0)) throw new Error('Two contents of one name, in two orders');
    lastOf.set(name, at);
  }
  return records.toSorted((a, b) => a.at - b.at);
}

function recordOf(entry: Entry, extra: Buffer, prefixBytes: number): ZipRecord {
  const { flags, compressionMethod: method, crc32: crc, externalFileAttributes: attributes } = entry;
  checkSizes(entry, extra);
  const nameBytes = Buffer.from(entry.pathBuffer);
  const madeBy = entry.versionMadeBy >>> 8;
  const told = decodeName(nameBytes, { flags, madeBy, unicode: findExtras(extra, EXTRA_UNICODE_NAME)[0] });
  const name = BACKSLASH_HOSTS.includes(madeBy) ? told.replaceAll('\\', '/') : told;
  return {
    name,
    nameBytes,
    flags,
    method,
    crc,
    packedBytes: sizeOf(entry.compressedSize),
    sizeBytes: sizeOf(entry.uncompressedSize),
    // Zips made on Windows with modes for others have them here too, which wheels count on.
    mode: attributes >>> 16,
    isDir: name.endsWith('/') || (attributes & DOS_DIRECTORY) !== 0,
    at: sizeOf(entry.offsetToLocalFileHeader) + prefixBytes,
  };
}

/** unzipper reads on behind the end of a zip64 extra that is too short, and of two it takes the first, as not all do. */
function checkSizes({ extra: taken }: Entry, extra: Buffer): void {
  const neededBytes = Object.keys(taken).length * 8;
  if (neededBytes === 0) return;
  const [zip64, ...more] = findExtras(extra, EXTRA_ZIP64);
  if (more.length > 0) throw new Error('Two sizes for one content');
  if (!zip64 || zip64.length < neededBytes) throw new Error('A size is missing');
}

function sizeOf(told: number | undefined): number {
  const size = told ?? ELSEWHERE_32;
  if (!Number.isSafeInteger(size)) throw new Error(`A size of ${size} bytes`);
  return size;
}
