// Finds the header of a 7z and reads it; most are packed themselves, in the way they describe for the files.
import { crc32 } from 'node:zlib';
import type { Pages } from '../pages.ts';
import { Sequence } from '../sequence.ts';
import type { Unpacking } from '../unpacking.ts';
import { findObstacle, openFolder } from './coders.ts';
import { Cursor } from './cursor.ts';
import { type Item, readItems } from './items.ts';
import { bytesBetween, contentBytes, NO_STREAMS, readStreams, type Streams } from './streams.ts';

/** In front of everything: the mark, a version, and where the header is. */
const START = { bytes: 32, crcAt: 8, headerAt: 12 };

const [HEADER, ARCHIVE_PROPERTIES, ADDITIONAL_STREAMS, MAIN_STREAMS, FILES, ENCODED_HEADER] = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x17,
];
/** The half million files of Chromium, with their long names, have about 70 MB. */
const LARGEST_HEADER_BYTES = 128 * 2 ** 20;
/** What a header makes us keep is many times its own size, so the ratio is looked at much earlier than for contents. */
const HARMLESS_HEADER_BYTES = 2 * 2 ** 20;

export interface Header {
  streams: Streams;
  items: Item[];
}

export async function readHeader(pages: Pages, unpacking: Unpacking): Promise<Header> {
  const start = await pages.read(0, START.bytes);
  const place = start.subarray(START.headerAt);
  if (crc32(place) !== start.readUInt32LE(START.crcAt)) throw new Error('A wrong checksum');
  const [offset, sizeBytes] = [Number(place.readBigUInt64LE(0)), Number(place.readBigUInt64LE(8))];
  // An archive of nothing.
  if (sizeBytes === 0) return { streams: NO_STREAMS, items: [] };
  if (sizeBytes > LARGEST_HEADER_BYTES) throw new Error('Its header is too large');
  let bytes = await pages.read(START.bytes + offset, sizeBytes);
  if (crc32(bytes) !== place.readUInt32LE(16)) throw new Error('A wrong checksum');
  // One in another is enough for everybody; more of them would only be a way to keep us busy.
  if (bytes[0] === ENCODED_HEADER) bytes = await decodeHeader(bytes, pages, unpacking);
  return parseHeader(cursorOf(bytes, unpacking));
}

async function decodeHeader(bytes: Buffer, pages: Pages, unpacking: Unpacking): Promise<Buffer> {
  const streams = readStreams(cursorOf(bytes.subarray(1), unpacking), START.bytes);
  const [folder] = streams.folders;
  if (folder === undefined) throw new Error('Its header is missing');
  const obstacle = findObstacle(folder);
  if (obstacle === 'encrypted')
    throw unpacking.fail('ARCHIVE_UNSAFE', 'it is encrypted, and galley knows no passwords');
  if (obstacle !== undefined || contentBytes(folder) > LARGEST_HEADER_BYTES)
    throw new Error('Its header is packed in a way that nobody packs headers');
  const unpackedBytes = contentBytes(folder) + bytesBetween(folder);
  unpacking.expect({ unpackedBytes }, { harmlessBytes: HARMLESS_HEADER_BYTES });
  const header = await new Sequence(openFolder(folder, streams, pages)).take(contentBytes(folder));
  if (header === undefined || (folder.crc !== undefined && crc32(header) !== folder.crc))
    throw new Error('A wrong checksum');
  return header;
}

const cursorOf = (bytes: Buffer, unpacking: Unpacking): Cursor =>
  new Cursor(bytes, (entries) => unpacking.expect({ entries }));

function parseHeader(cursor: Cursor): Header {
  const header: Header = { streams: NO_STREAMS, items: [] };
  cursor.expect(HEADER);
  for (const id of cursor.parts()) {
    if (id === MAIN_STREAMS) header.streams = readStreams(cursor, START.bytes);
    else if (id === ADDITIONAL_STREAMS) readStreams(cursor, START.bytes);
    else if (id === FILES) header.items = readItems(cursor);
    else if (id === ARCHIVE_PROPERTIES) for (const _ of cursor.parts()) cursor.take(cursor.number());
    else throw new Error(`Its header has an unknown part (${id})`);
  }
  return header;
}
