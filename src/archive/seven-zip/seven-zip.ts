// Reads 7z (7zFormat.txt of the LZMA SDK): its header is at the end, so it takes the whole file. Contents are unpacked in
// the order in which they lie there; of a solid archive, each piece is decoded once.
import { crc32 } from 'node:zlib';
import type { SyncWriter } from '../../system/disk-sync.ts';
import { LONGEST_NAME_BYTES } from '../names.ts';
import { type OpenFile, Pages } from '../pages.ts';
import { Sequence } from '../sequence.ts';
import { type Entry, isDamage, type Unpacking } from '../unpacking.ts';
import { findObstacle, openFolder } from './coders.ts';
import { readHeader } from './header.ts';
import type { Item } from './items.ts';
import { bytesBetween, type Folder, type Part, type Streams } from './streams.ts';

const TYPE_BITS = 0o170000;
const KINDS = new Map<number, Entry['kind']>([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'link'],
]);

/** Unpacks a 7z, from a file that stays open. */
export async function unpackSevenZip(file: OpenFile, unpacking: Unpacking): Promise<void> {
  const pages = await Pages.open(file, unpacking.pauses);
  unpacking.countPacked(pages.sizeBytes);
  const { streams, items } = await readHeader(pages, unpacking);
  for (const folder of streams.folders) refuseUnknown(folder, unpacking);
  // It lands nowhere, but it has to be made: what comes out of each coder is held to what is said here.
  unpacking.expect({ unpackedBytes: streams.folders.reduce((sum, folder) => sum + bytesBetween(folder), 0) });
  const contents = readContents(pages, streams);
  for (const item of items) {
    await unpacking.pauses.take();
    if (item.isAnti) throw unpacking.refusal(item, 'wants to remove a file, and only updates may do that');
    if (item.hasContent) await unpackContent(item, await contents.next(), unpacking);
    else unpacking.add({ ...entryOf(item), ...(item.isDir && { kind: 'dir' }) })?.close();
  }
}

interface Content extends Part {
  sequence: Sequence;
}

/** The contents of all folders, one by one; whoever asks for the next has read the one before. */
async function* readContents(pages: Pages, { start, packed, folders }: Streams): AsyncGenerator<Content, void> {
  let [place, at] = [start, 0];
  for (const folder of folders) {
    // There may be thousands of which nothing is wanted.
    await pages.pauses.take();
    const own = packed.slice(at, at + folder.packedInputs.length);
    const opened = openFolder(folder, { start: place, packed: own }, pages);
    const sequence = new Sequence(opened);
    for (const part of folder.parts) yield { ...part, sequence };
    await opened.return();
    at += own.length;
    place = own.reduce((sum, size) => sum + size, place);
  }
}

function refuseUnknown(folder: Folder, unpacking: Unpacking): void {
  const obstacle = findObstacle(folder);
  if (obstacle === 'encrypted')
    throw unpacking.fail('ARCHIVE_UNSAFE', 'it is encrypted, and galley knows no passwords');
  if (obstacle === undefined) return;
  throw unpacking.fail('ARCHIVE_INVALID', `it is packed with ${obstacle.method}, which galley cannot read`);
}

async function unpackContent(
  item: Item,
  { value: content }: IteratorResult<Content, void>,
  unpacking: Unpacking,
): Promise<void> {
  if (!content) throw unpacking.refusal(item, 'has no content', 'ARCHIVE_INVALID');
  const entry = entryOf(item);
  if (entry.kind === 'dir') throw unpacking.refusal(item, 'is a directory with content', 'ARCHIVE_INVALID');
  const isLink = entry.kind === 'link';
  if (isLink && content.sizeBytes > LONGEST_NAME_BYTES)
    throw unpacking.refusal(item, 'is a link to a name that is too long');
  // A link is known with its target only: what that says is its content.
  const writer = isLink ? undefined : unpacking.add(entry);
  const target = await readContent(item, content, { unpacking, writer, isKept: isLink });
  if (isLink) unpacking.add({ ...entry, target });
  writer?.close();
}

interface Reading {
  unpacking: Unpacking;
  writer: SyncWriter | undefined;
  /** What is short may be answered whole. */
  isKept: boolean;
}

async function readContent(
  item: Item,
  { sequence, sizeBytes, crc }: Content,
  { unpacking, writer, isKept }: Reading,
): Promise<string> {
  const kept: Buffer[] = [];
  let seen = 0;
  try {
    for await (const piece of sequence.pieces(sizeBytes)) {
      unpacking.countUnpacked(piece.length);
      seen = crc32(piece, seen);
      writer?.write(piece);
      if (isKept) kept.push(Buffer.from(piece));
    }
    if (crc !== undefined && crc !== seen) throw new Error('A wrong checksum');
  } catch (error) {
    throw isDamage(error) ? unpacking.refusal(item, `is damaged (${error.message})`, 'ARCHIVE_INVALID') : error;
  }
  return Buffer.concat(kept).toString();
}

function entryOf({ name, mode = 0, leadsElsewhere }: Item): Entry {
  const kind = leadsElsewhere && mode === 0 ? 'unknown' : (KINDS.get(mode & TYPE_BITS) ?? 'other');
  return { kind, name, target: '', mode: mode || 0o644 };
}
