// The end of a zip, where its directory is told (APPNOTE 6.3.10, sections 4.3.14 to 4.3.16). Everything read here is
// checked against everything else: what two readers could understand in two ways is refused.
import type { Pages } from '../pages.ts';

/** Where the directory lies, and what it says it holds. */
export interface End {
  entries: number;
  directoryStart: number;
  directoryBytes: number;
  /** Bytes before the archive, such as a program that unpacks it: all its offsets count from there. */
  prefixBytes: number;
}

const END = { signature: 0x06054b50, bytes: 22 };
const LOCATOR64 = { signature: 0x07064b50, bytes: 20 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const LONGEST_COMMENT = 0xffff;

/** What a field of 16 or 32 bits says when the number is in its 64-bit form. */
export const ELSEWHERE_16 = 0xffff;
export const ELSEWHERE_32 = 0xffffffff;

/** @throws Error when the file does not end like a zip */
export async function findEnd(file: Pages): Promise<End> {
  const at = await findEndRecord(file);
  const record = await file.read(at, END.bytes);
  const short = {
    disks: [record.readUInt16LE(4), record.readUInt16LE(6)],
    counts: [record.readUInt16LE(8), record.readUInt16LE(10)],
    directoryBytes: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
  };
  const long = await findEnd64(file, at);
  if (!long) return endOf(short, at);
  const pairs = [
    [short.counts[0], long.counts[0], ELSEWHERE_16],
    [short.counts[1], long.counts[1], ELSEWHERE_16],
    [short.directoryBytes, long.directoryBytes, ELSEWHERE_32],
    [short.offset, long.offset, ELSEWHERE_32],
  ];
  // Some readers look at the long form whenever it is there, and some only when the short one sends them.
  const agree = pairs.every(([first, second, elsewhere]) => first === second || first === elsewhere);
  if (!agree) throw new Error('Its two ends contradict each other');
  const end = endOf(long, long.at);
  if (long.toldAt + end.prefixBytes !== long.at) throw new Error('Its two ends contradict each other');
  return end;
}

/** The last record that says "end", as all readers take it. Its comment has to reach to the end of the file. */
async function findEndRecord(file: Pages): Promise<number> {
  const length = Math.min(file.sizeBytes, END.bytes + LONGEST_COMMENT);
  const tail = await file.read(file.sizeBytes - length, length);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END.signature);
  const at = tail.lastIndexOf(signature);
  if (at === -1 || at + END.bytes > length) throw new Error('No end of a zip found');
  if (at + END.bytes + tail.readUInt16LE(at + 20) !== length) throw new Error('Something follows its end');
  return file.sizeBytes - length + at;
}

interface EndRecord {
  disks: number[];
  counts: number[];
  directoryBytes: number;
  offset: number;
}

/** The long form lies right before the short one, with a record between them that says where it begins. */
async function findEnd64(
  file: Pages,
  endAt: number,
): Promise<(EndRecord & { at: number; toldAt: number }) | undefined> {
  const locatorAt = endAt - LOCATOR64.bytes;
  const at = locatorAt - END64.bytes;
  if (at < 0) return undefined;
  const bytes = await file.read(at, END64.bytes + LOCATOR64.bytes);
  const locator = bytes.subarray(END64.bytes);
  if (locator.readUInt32LE(0) !== LOCATOR64.signature) return undefined;
  if (bytes.readUInt32LE(0) !== END64.signature) throw new Error('No zip64 end record where it should be');
  return {
    at,
    toldAt: readUInt64(locator, 8),
    disks: [locator.readUInt32LE(4), bytes.readUInt32LE(16), bytes.readUInt32LE(20)],
    counts: [readUInt64(bytes, 24), readUInt64(bytes, 32)],
    directoryBytes: readUInt64(bytes, 40),
    offset: readUInt64(bytes, 48),
  };
}

function endOf({ disks, counts, directoryBytes, offset }: EndRecord, endsAt: number): End {
  const [entries, others] = counts as [number, number];
  if (entries !== others || disks.some((disk) => disk !== 0)) throw new Error('It is one of several parts');
  const directoryStart = endsAt - directoryBytes;
  const prefixBytes = directoryStart - offset;
  if (directoryStart < 0 || prefixBytes < 0) throw new Error('Its directory is not where it should be');
  return { entries, directoryStart, directoryBytes, prefixBytes };
}

/** Numbers that no file can reach are not worth a BigInt. */
export function readUInt64(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw new Error(`A size of ${value} bytes`);
  return value;
}
