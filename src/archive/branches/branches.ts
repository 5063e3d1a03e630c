// Undoes what makes programs pack better: before packing, the targets of their jumps were written as addresses instead of
// distances (The .xz File Format 1.2.1, section 5.3.2). One row for each kind of processor.
import { convertX86 } from './x86.ts';

/**
 * Rewrites what it can of some bytes that begin at a position of the whole; answers how many bytes are done. What is left
 * is seen again together with what follows.
 */
type Convert = (bytes: Buffer, position: number) => number;

/** What every filter must be able to see at once. */
const LONGEST_INSTRUCTION = 16;

async function* convertAll(source: AsyncIterable<Uint8Array>, convert: Convert): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const piece of source) {
    const bytes = Buffer.concat([rest, piece]);
    const done = bytes.length < LONGEST_INSTRUCTION ? 0 : convert(bytes, position);
    if (done > 0) yield bytes.subarray(0, done);
    position += done;
    rest = Buffer.from(bytes.subarray(done));
  }
  // Too short for an instruction, or the last one could be.
  const done = convert(rest, position);
  if (done > 0 || rest.length > 0) yield rest;
}

/** For instructions of one size at places of one size. */
function each(
  step: number,
  size: number,
  convert: (bytes: Buffer, at: number, position: number) => number | undefined,
) {
  return (): Convert => (bytes, position) => {
    let at = 0;
    for (; at + size <= bytes.length; at += step) at += convert(bytes, at, position + at) ?? 0;
    return Math.min(at, bytes.length);
  };
}

const arm = each(4, 4, (bytes, at, position) => {
  if (bytes[at + 3] !== 0xeb) return undefined;
  bytes.writeUIntLE(((bytes.readUIntLE(at, 3) * 4 - (position + 8)) >>> 2) & 0xffffff, at, 3);
  return undefined;
});

const armThumb = each(2, 4, (bytes, at, position) => {
  const [high, low] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
  if ((high & 0xf800) !== 0xf000 || (low & 0xf800) !== 0xf800) return undefined;
  const target = (((high & 0x7ff) << 11) | (low & 0x7ff)) * 2;
  const distance = (target - (position + 4)) >>> 1;
  bytes.writeUInt16LE(0xf000 | ((distance >>> 11) & 0x7ff), at);
  bytes.writeUInt16LE(0xf800 | (distance & 0x7ff), at + 2);
  return 2;
});

const arm64 = each(4, 4, (bytes, at, position) => {
  const instruction = bytes.readUInt32LE(at);
  if (instruction >>> 26 === 0x25) {
    const distance = (instruction - (position >>> 2)) & 0x03ffffff;
    bytes.writeUInt32LE((0x94000000 | distance) >>> 0, at);
  } else if ((instruction & 0x9f000000) >>> 0 === 0x90000000) {
    const page = ((instruction >>> 29) & 3) | ((instruction >>> 3) & 0x1ffffc);
    // Only what is nearer than 512 MiB.
    if ((page + 0x020000) & 0x1c0000) return undefined;
    const distance = page - (position >>> 12);
    const sign = -(distance & 0x020000) & 0xe00000;
    const fields = ((distance & 3) << 29) | ((distance & 0x3fffc) << 3) | sign;
    bytes.writeUInt32LE(((instruction & 0x9000001f) | fields) >>> 0, at);
  }
  return undefined;
});

const powerPc = each(4, 4, (bytes, at, position) => {
  const instruction = bytes.readUInt32BE(at);
  if ((instruction & 0xfc000003) >>> 0 !== 0x48000001) return undefined;
  bytes.writeUInt32BE((0x48000001 | ((instruction - position) & 0x03fffffc)) >>> 0, at);
  return undefined;
});

const sparc = each(4, 4, (bytes, at, position) => {
  const instruction = bytes.readUInt32BE(at);
  if (instruction >>> 22 !== 0x100 && instruction >>> 22 !== 0x1ff) return undefined;
  const distance = (((instruction << 2) - position) >>> 2) >>> 0;
  const sign = (0x40000000 - (distance & 0x400000)) | 0x40000000;
  bytes.writeUInt32BE((sign | (distance & 0x3fffff)) >>> 0, at);
  return undefined;
});

/** By the kind of processor, as 7-Zip and xz call them. */
const KINDS = { x86: convertX86, arm, armThumb, arm64, powerPc, sparc };

export const undoBranches = (kind: keyof typeof KINDS) => (source: AsyncIterable<Uint8Array>) =>
  convertAll(source, KINDS[kind]());

/** Each byte was written as the difference to the one so far before it. */
export async function* undoDelta(source: AsyncIterable<Uint8Array>, properties: Buffer): AsyncGenerator<Buffer, void> {
  const distance = (properties[0] ?? 0) + 1;
  const last = new Uint8Array(distance);
  let at = 0;
  for await (const piece of source) {
    const bytes = Buffer.from(piece);
    for (let index = 0; index < bytes.length; index++) {
      last[at] = (last[at] as number) + (bytes[index] as number);
      bytes[index] = last[at] as number;
      at = (at + 1) % distance;
    }
    yield bytes;
  }
}
