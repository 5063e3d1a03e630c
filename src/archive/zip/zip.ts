// Reads zip (PKWARE's APPNOTE 6.3.10) and what is a zip by another name, such as wheels. Its directory is at the end, so
// it takes the whole file; contents are unpacked one behind the other, in the order in which they lie there.
import { LONGEST_NAME_BYTES } from '../names.ts';
import { type OpenFile, Pages } from '../pages.ts';
import { type Entry, isDamage, type Unpacking } from '../unpacking.ts';
import { findUnknownMethod, readContent } from './content.ts';
import { readDirectory, type ZipRecord } from './directory.ts';
import { findEnd } from './end.ts';
import { EXTRA_ZIP64, findExtras, readSizes } from './extra.ts';

const HEADER = { signature: 0x04034b50, bytes: 30 };
/** Of its flags (section 4.4.4): encrypted in the old way, in a strong way, and with a hidden directory. */
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
/** Sizes and checksum were not known when the header was written, and follow the content. */
const TOLD_LATER = 0x0008;

const OVERLAPS = 'shares its bytes with another';

const TYPE_BITS = 0o170000;
const KINDS = new Map<number, Entry['kind']>([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'link'],
]);

/** Unpacks a zip, from a file that stays open. */
export async function unpackZip(file: OpenFile, unpacking: Unpacking): Promise<void> {
  const pages = await Pages.open(file, unpacking.pauses);
  unpacking.countPacked(pages.sizeBytes);
  const end = await findEnd(pages);
  unpacking.expect({ entries: end.entries });
  const records = await readDirectory(pages, end, unpacking.signal);
  for (const [index, record] of records.entries()) {
    await unpacking.pauses.take();
    // Each has what lies between it and the next. A bomb shows the same bytes as the content of thousands.
    const limit = Math.min(records[index + 1]?.at ?? end.directoryStart, end.directoryStart);
    if (record.at >= limit) throw unpacking.refusal(record, OVERLAPS);
    const start = await checkHeader(pages, record, unpacking);
    if (start + record.packedBytes > limit) throw unpacking.refusal(record, OVERLAPS);
    await unpackEntry(pages, start, record, unpacking);
  }
}

/**
 * Compares what stands before a content with the directory; answers where the content begins. Readers that go through
 * a zip from its beginning see only these headers: where the two differ, they see another archive than we do.
 */
async function checkHeader(pages: Pages, record: ZipRecord, unpacking: Unpacking): Promise<number> {
  const { at, nameBytes, flags, method } = record;
  const header = await pages.read(at, HEADER.bytes);
  if (header.readUInt32LE(0) !== HEADER.signature)
    throw unpacking.refusal(record, 'is not where it should be', 'ARCHIVE_INVALID');
  const [nameLength, extraLength] = [header.readUInt16LE(26), header.readUInt16LE(28)];
  const variable = await pages.read(at + HEADER.bytes, nameLength + extraLength);
  const isSame =
    variable.subarray(0, nameLength).equals(nameBytes) &&
    header.readUInt16LE(8) === method &&
    ((header.readUInt16LE(6) ^ flags) & (ENCRYPTED | TOLD_LATER)) === 0 &&
    (flags & TOLD_LATER || hasSameSizes(header, variable.subarray(nameLength), record));
  if (!isSame) throw unpacking.refusal(record, 'has a header that contradicts the directory');
  return at + HEADER.bytes + nameLength + extraLength;
}

function hasSameSizes(header: Buffer, extra: Buffer, { crc, packedBytes, sizeBytes }: ZipRecord): boolean {
  const [zip64] = findExtras(extra, EXTRA_ZIP64);
  const [size, packed] = readSizes([header.readUInt32LE(22), header.readUInt32LE(18)], zip64);
  return header.readUInt32LE(14) === crc && size === sizeBytes && packed === packedBytes;
}

async function unpackEntry(pages: Pages, start: number, record: ZipRecord, unpacking: Unpacking): Promise<void> {
  const { name, mode, sizeBytes, flags } = record;
  if (flags & ENCRYPTED) throw unpacking.refusal(record, 'is encrypted, and galley knows no passwords');
  const method = findUnknownMethod(record);
  if (method) throw unpacking.refusal(record, `is packed with ${method}, which galley cannot read`, 'ARCHIVE_INVALID');
  const entry = { kind: kindOf(record), name, target: '', mode };
  if (entry.kind === 'dir' && sizeBytes > 0)
    throw unpacking.refusal(record, 'is a directory with content', 'ARCHIVE_INVALID');
  const read = (take: (piece: Buffer) => void): Promise<void> =>
    readContent(pages, start, record, (piece) => {
      unpacking.countUnpacked(piece.length);
      take(piece);
    }).catch((error: unknown) => {
      throw isDamage(error) ? unpacking.refusal(record, `is damaged (${error.message})`, 'ARCHIVE_INVALID') : error;
    });
  if (entry.kind === 'link') {
    if (sizeBytes > LONGEST_NAME_BYTES) throw unpacking.refusal(record, 'is a link to a name that is too long');
    const target: Buffer[] = [];
    await read((piece) => target.push(Buffer.from(piece)));
    unpacking.add({ ...entry, target: Buffer.concat(target).toString() });
    return;
  }
  const writer = unpacking.add(entry);
  if (!writer) return;
  await read((piece) => writer.write(piece));
  writer.close();
}

function kindOf({ mode, isDir }: ZipRecord): Entry['kind'] {
  if (isDir) return 'dir';
  return KINDS.get(mode & TYPE_BITS) ?? 'other';
}
