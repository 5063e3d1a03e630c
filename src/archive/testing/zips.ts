// Zips made in memory, byte by byte as the norm (APPNOTE 6.3.10) has them, with whatever a hostile one may say: every
// field of an entry can be told otherwise, in the directory and in the header before the content.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipItem {
  name: string | Buffer;
  content?: string | Buffer;
  /** Of the Unix stat: type and permissions. */
  mode?: number;
  /** 0 stored, 8 deflated: the default. Anything else is only said. */
  method?: number;
  flags?: number;
  /** 3 is Unix, 0 is DOS. */
  madeBy?: number;
  dosAttributes?: number;
  crc?: number;
  sizeBytes?: number;
  packed?: Buffer;
  packedBytes?: number;
  /** Where the directory says that the header is. */
  at?: number;
  extra?: Buffer;
  /** All sizes in 64 bits. */
  zip64?: boolean;
  /** Sizes and checksum follow the content. */
  toldLater?: boolean;
  /** What the header says otherwise than the directory. */
  local?: Partial<Pick<ZipItem, 'name' | 'crc' | 'sizeBytes' | 'packedBytes' | 'method' | 'flags'>>;
}

export interface ZipShape {
  prefix?: Buffer;
  comment?: Buffer;
  /** An end in 64 bits as well. */
  zip64?: boolean;
  /** What the end says otherwise. */
  entries?: number;
  directoryBytes?: number;
  directoryStart?: number;
  disk?: number;
  /** What stands between the contents and the directory. */
  gap?: Buffer;
  /** So many bytes will be inserted before the directory by whoever writes the file: more than fit into memory. */
  holeBytes?: number;
}

export const LINK = 0o120777;
export const FILE = 0o100644;

export function zipOf(...items: ZipItem[]): Buffer {
  return shapedZip({}, ...items);
}

export function shapedZip(shape: ZipShape, ...items: ZipItem[]): Buffer {
  const { prefix = Buffer.alloc(0), gap = Buffer.alloc(0), holeBytes = 0 } = shape;
  const parts = [prefix];
  const records: Buffer[] = [];
  // Offsets count from behind the prefix.
  let at = 0;
  for (const item of items) {
    const { header, record } = encodeItem(item, at);
    parts.push(header);
    records.push(record);
    at += header.length;
  }
  const directory = Buffer.concat(records);
  return Buffer.concat([
    ...parts,
    gap,
    directory,
    encodeEnd(shape, items.length, directory.length, at + gap.length + holeBytes),
  ]);
}

function encodeItem(item: ZipItem, at: number): { header: Buffer; record: Buffer } {
  const content = Buffer.from(item.content ?? '');
  const method = item.method ?? 8;
  const packed = item.packed ?? (method === 8 ? deflateRawSync(content) : content);
  const facts = {
    flags: (Buffer.isBuffer(item.name) ? 0 : 0x800) | (item.toldLater ? 8 : 0),
    madeBy: 3,
    mode: FILE,
    dosAttributes: 0,
    extra: Buffer.alloc(0),
    crc: crc32(content),
    sizeBytes: content.length,
    packedBytes: packed.length,
    at,
    zip64: false,
    ...item,
    method,
  };
  const local = { ...facts, ...(item.toldLater ? { crc: 0, sizeBytes: 0, packedBytes: 0 } : {}), ...item.local };
  const later = item.toldLater ? [u32(0x08074b50), u32(facts.crc), u32(packed.length), u32(content.length)] : [];
  return { header: Buffer.concat([encodeHeader(local), packed, ...later]), record: encodeRecord(facts) };
}

type Facts = Required<Omit<ZipItem, 'local' | 'content' | 'packed' | 'toldLater'>>;

function encodeHeader({ name, flags, method, crc, zip64, ...facts }: Facts): Buffer {
  const nameBytes = Buffer.from(name);
  const long = zip64 ? extraField(1, Buffer.concat([u64(facts.sizeBytes), u64(facts.packedBytes)])) : Buffer.alloc(0);
  const extra = Buffer.concat([long, facts.extra]);
  const sizes = zip64 ? [0xffffffff, 0xffffffff] : [facts.packedBytes, facts.sizeBytes];
  return Buffer.concat([
    ...[u32(0x04034b50), u16(20), u16(flags), u16(method), u32(0), u32(crc), ...sizes.map(u32)],
    ...[u16(nameBytes.length), u16(extra.length), nameBytes, extra],
  ]);
}

function encodeRecord({ name, flags, method, crc, zip64, madeBy, mode, dosAttributes, ...facts }: Facts): Buffer {
  const nameBytes = Buffer.from(name);
  const numbers = [facts.sizeBytes, facts.packedBytes, facts.at];
  const long = zip64 ? extraField(1, Buffer.concat(numbers.map(u64))) : Buffer.alloc(0);
  const extra = Buffer.concat([long, facts.extra]);
  const [sizeBytes, packedBytes, at] = zip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : numbers;
  return Buffer.concat([
    ...[u32(0x02014b50), u16((madeBy << 8) | 45), u16(20), u16(flags), u16(method), u32(0), u32(crc)],
    ...[u32(packedBytes), u32(sizeBytes), u16(nameBytes.length), u16(extra.length), u16(0), u16(0), u16(0)],
    ...[u16(dosAttributes), u16(mode), u32(at), nameBytes, extra],
  ]);
}

function encodeEnd(shape: ZipShape, found: number, length: number, start: number): Buffer {
  const { comment = Buffer.alloc(0), zip64 = false, disk = 0 } = shape;
  const { entries = found, directoryBytes = length, directoryStart = start } = shape;
  const numbers = [directoryBytes, directoryStart];
  const long = [
    ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(disk), u32(disk), u64(entries), u64(entries)],
    ...[...numbers.map(u64), u32(0x07064b50), u32(0), u64(start + length), u32(1)],
  ];
  const [count, ...rest] = zip64 ? [0xffff, 0xffffffff, 0xffffffff] : [entries, ...numbers];
  return Buffer.concat([
    ...(zip64 ? long : []),
    ...[u32(0x06054b50), u16(disk), u16(disk), u16(count), u16(count), ...rest.map(u32), u16(comment.length), comment],
  ]);
}

export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([u16(id), u16(data.length), data]);
}

function u16(value = 0): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value = 0): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
