// 7z archives made in memory as the norm (7zFormat.txt) has them: nothing packed, and whatever a hostile one may say.
import { crc32, deflateRawSync } from 'node:zlib';

export interface SevenZipItem {
  name: string;
  content?: string;
  /** Of the Unix stat: type and permissions. Without one, nothing is said but whether it is a directory. */
  mode?: number;
  isDir?: boolean;
  isAnti?: boolean;
  /** Of Windows. */
  attributes?: number;
  crc?: number;
}

export interface SevenZipShape {
  /** The coder that the content is said to need. */
  method?: string;
  /** What the coder is told. */
  properties?: Buffer;
  /** More coders, of which each gets what comes out of the next. */
  links?: [number, number][];
  /** What the content unpacks to. */
  sizeBytes?: number;
  /** The same of what its coders hand on to others; the first is the one that gives the content. */
  betweenBytes?: number;
  packedBytes?: number;
  files?: number;
  /** What the beginning says of the header. */
  headerBytes?: number;
}

export const sevenZipOf = (...items: SevenZipItem[]): Buffer => shapedSevenZip({}, ...items);

export function shapedSevenZip(shape: SevenZipShape, ...items: SevenZipItem[]): Buffer {
  const contents = items.flatMap(({ content }) => (content ? [Buffer.from(content)] : []));
  const packed = Buffer.concat(contents);
  const header = Buffer.concat([
    Buffer.of(0x01),
    ...(contents.length === 0 ? [] : [streamsOf(shape, packed, items)]),
    filesOf(items, shape.files ?? items.length),
    Buffer.of(0x00),
  ]);
  return sevenZipAround(packed, header, shape.headerBytes);
}

/** Whatever header it has. */
export function sevenZipAround(packed: Buffer, header: Buffer, headerBytes = header.length): Buffer {
  const place = Buffer.alloc(20);
  place.writeBigUInt64LE(BigInt(packed.length), 0);
  place.writeBigUInt64LE(BigInt(headerBytes), 8);
  place.writeUInt32LE(crc32(header), 16);
  const magic = Buffer.from("7z\xbc\xaf'\x1c\0\x04", 'latin1');
  return Buffer.concat([magic, uint32(crc32(place)), place, packed, header]);
}

/** A header that is packed itself. */
export function sevenZipOfPacked(header: Buffer): Buffer {
  const packed = deflateRawSync(header);
  const coder = Buffer.of(0x07, 0x0b, 0x01, 0x00, 0x01, 0x03, 0x04, 0x01, 0x08, 0x0c);
  const streams = [Buffer.of(0x17, 0x06, 0x00, 0x01, 0x09), number(packed.length), Buffer.of(0x00), coder];
  return sevenZipAround(packed, Buffer.concat([...streams, number(header.length), Buffer.of(0x00, 0x00)]));
}

/** A header that says of each folder how many files are in it, and not of what size. */
export function foldersOf(...parts: number[]): Buffer {
  const count = number(parts.length);
  return Buffer.concat([
    Buffer.of(0x01, 0x04, 0x07, 0x0b),
    count,
    Buffer.of(0x00),
    ...parts.map(() => Buffer.of(0x01, 0x01, 0x00)),
    Buffer.of(0x0c, ...parts.map(() => 0), 0x00, 0x08, 0x0d),
    ...parts.map(number),
    Buffer.of(0x09),
  ]);
}

function streamsOf(
  { method = '00', properties, links, sizeBytes, betweenBytes, packedBytes }: SevenZipShape,
  packed: Buffer,
  items: SevenZipItem[],
) {
  const full = items.filter(({ content }) => content);
  const sizes = full.slice(0, -1).map(({ content }) => number(Buffer.byteLength(content ?? '')));
  const told = properties ? [number(properties.length), properties] : [];
  const flags = method.length / 2 + (properties ? 0x20 : 0);
  const coder = Buffer.concat([Buffer.of(flags), Buffer.from(method, 'hex'), ...told]);
  const coders = (links?.length ?? 0) + 1;
  const digests = full.map(({ content = '', crc }) => uint32(crc ?? crc32(content)));
  return Buffer.concat([
    Buffer.of(0x04, 0x06, 0x00, 0x01, 0x09),
    number(packedBytes ?? packed.length),
    Buffer.of(0x00, 0x07, 0x0b, 0x01, 0x00, coders),
    ...Array(coders).fill(coder),
    ...(links ?? []).map((link) => Buffer.of(...link)),
    Buffer.of(0x0c),
    number(sizeBytes ?? packed.length),
    ...Array(coders - 1).fill(number(betweenBytes ?? sizeBytes ?? packed.length)),
    Buffer.of(0x00, 0x08, 0x0d),
    number(full.length),
    ...(full.length > 1 ? [Buffer.of(0x09), ...sizes] : []),
    Buffer.of(0x0a, 0x01),
    ...digests,
    Buffer.of(0x00, 0x00),
  ]);
}

function filesOf(items: SevenZipItem[], count: number): Buffer {
  const empty = items.filter(({ content }) => !content);
  const names = Buffer.from(items.map(({ name }) => `${name}\0`).join(''), 'utf16le');
  const flags = items.map(({ mode, isDir, attributes }) => {
    const unix = mode === undefined ? 0 : (mode << 16) | 0x8000;
    return uint32((attributes ?? unix | (isDir ? 0x10 : 0)) >>> 0);
  });
  return Buffer.concat([
    Buffer.of(0x05),
    number(count),
    property(0x0e, bits(items.map(({ content }) => !content))),
    property(0x0f, bits(empty.map(({ isDir }) => !isDir))),
    property(0x10, bits(empty.map(({ isAnti }) => isAnti === true))),
    property(0x11, Buffer.concat([Buffer.of(0), names])),
    property(0x15, Buffer.concat([Buffer.of(1, 0), ...flags])),
    Buffer.of(0x00),
  ]);
}

const property = (id: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of(id), number(content.length), content]);

/** In nine bytes, which every number may have. */
function number(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0xff);
  bytes.writeBigUInt64LE(BigInt(value), 1);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function bits(values: boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries())
    if (value) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
  return bytes;
}
