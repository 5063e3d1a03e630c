// The paths that the system itself reads from a program before its first instruction: interpreter, rpath, libraries.
// A path there must be right, while one in debug information may be stale. ELF and Mach-O, as little as that needs.
import { guard } from '../system/errno.ts';
import type { Files } from '../system/files.ts';

type Read = (offset: number, length: number) => Promise<Buffer>;

/** More than any real header has; a broken one must not make us read a whole file. */
const MAX_BYTES = 1 << 20;

/** All bytes of a file that hold such paths, as text; empty when it is no program. */
export async function loaderText(files: Files, file: string): Promise<string> {
  await using handle = await files.openRead(file);
  const read: Read = (offset, length) =>
    guard('read', file, async () => {
      const buffer = Buffer.alloc(Math.min(length, MAX_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      return buffer.subarray(0, bytesRead);
    });
  const head = await read(0, 64);
  try {
    if (head.toString('latin1', 0, 2) === '#!') return (await read(0, 4096)).toString('latin1').split('\n', 1)[0] ?? '';
    if (head.length === 64 && head.toString('latin1', 0, 4) === '\x7fELF') return await elfText(head, read);
    return await machoText(head, read);
  } catch (error) {
    // Offsets that lead nowhere: the file only looks like a program.
    if (error instanceof RangeError) return '';
    throw error;
  }
}

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

/** System V ABI, chapters 4 and 5; 64 bit, little endian, which every platform of ours is. */
async function elfText(head: Buffer, read: Read): Promise<string> {
  const [is64, isLittle] = [head[4] === 2, head[5] === 1];
  if (!is64 || !isLittle) return '';
  const [offset, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
  const table = await read(offset, size * count);
  const segments = Array.from({ length: count }, (_, index): Segment => {
    const at = index * size;
    const number = (field: number) => Number(table.readBigUInt64LE(at + field));
    return { type: table.readUInt32LE(at), offset: number(8), address: number(16), size: number(32) };
  });
  const texts: string[] = [];
  for (const segment of segments) {
    // PT_INTERP, then PT_DYNAMIC.
    if (segment.type === 3) texts.push((await read(segment.offset, segment.size)).toString('latin1'));
    if (segment.type === 2)
      texts.push(...(await dynamicText(await read(segment.offset, segment.size), segments, read)));
  }
  return texts.join('\n');
}

/** DT_NEEDED, DT_SONAME, DT_RPATH and DT_RUNPATH: offsets into the string table. */
const DYNAMIC_STRINGS = [1, 14, 15, 29];
const DT_STRTAB = 5;

async function dynamicText(table: Buffer, segments: Segment[], read: Read): Promise<string[]> {
  const entries = Array.from({ length: Math.floor(table.length / 16) }, (_, index) => ({
    tag: Number(table.readBigInt64LE(index * 16)),
    value: Number(table.readBigUInt64LE(index * 16 + 8)),
  }));
  const address = entries.find(({ tag }) => tag === DT_STRTAB)?.value;
  const PT_LOAD = 1;
  const home = segments.find(
    (segment) =>
      segment.type === PT_LOAD &&
      address !== undefined &&
      address >= segment.address &&
      address < segment.address + segment.size,
  );
  if (address === undefined || home === undefined) return [];
  const strings = home.offset + address - home.address;
  const wanted = entries.filter(({ tag }) => DYNAMIC_STRINGS.includes(tag));
  return await Promise.all(
    wanted.map(async ({ value }) => (await read(strings + value, 8192)).toString('latin1').split('\0', 1)[0] ?? ''),
  );
}

/** mach-o/loader.h: the load commands lie behind the header; a fat file has several such headers. */
async function machoText(head: Buffer, read: Read): Promise<string> {
  if (head.length < 32) return '';
  const magic = head.readUInt32BE(0);
  if (magic === 0xcafebabe) {
    const count = Math.min(head.readUInt32BE(4), 8);
    const table = await read(8, count * 20);
    const texts = Array.from({ length: count }, async (_, index) => {
      const offset = table.readUInt32BE(index * 20 + 8);
      return await thinText(await read(offset, 32), offset, read);
    });
    return (await Promise.all(texts)).join('\n');
  }
  return await thinText(head, 0, read);
}

async function thinText(head: Buffer, offset: number, read: Read): Promise<string> {
  const isMacho64 = head.readUInt32LE(0) === 0xfeedfacf;
  return isMacho64 ? (await read(offset + 32, head.readUInt32LE(20))).toString('latin1') : '';
}
