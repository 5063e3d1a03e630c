// The first half of a 7z header: where the packed streams lie, what unpacks them, and how what comes out is cut into
// files. Knows nothing of the files.
import type { Cursor } from './cursor.ts';

const END = 0x00;
const [PACK_INFO, UNPACK_INFO, SUBSTREAMS_INFO] = [0x06, 0x07, 0x08];
const [SIZE, CRC, FOLDER, UNPACK_SIZES, UNPACK_STREAMS] = [0x09, 0x0a, 0x0b, 0x0c, 0x0d];
/** As in 7-Zip. */
const MOST_CODERS = 32;

export interface Coder {
  /** Hexadecimal. */
  method: string;
  properties: Buffer;
  inputs: number;
}

/** Coders and how they are tied together; one stream comes out of each. */
export interface Folder {
  coders: Coder[];
  /** Input → coder whose output it gets; inputs are counted through all coders. */
  bound: Map<number, number>;
  /** Inputs that get a packed stream, in order. */
  packedInputs: number[];
  /** Of what comes out of each coder. */
  sizes: number[];
  /** The coder whose output is the content. */
  main: number;
  crc: number | undefined;
  /** The files in it, one behind the other. */
  parts: Part[];
}

export interface Part {
  sizeBytes: number;
  crc: number | undefined;
}

export interface PackedStream {
  /** From the beginning of the file. */
  start: number;
  sizeBytes: number;
}

export interface Streams {
  packed: PackedStream[];
  folders: Folder[];
}

/** @param origin where packed streams begin in the file */
export function readStreams(cursor: Cursor, origin: number): Streams {
  const streams: Streams = { packed: [], folders: [] };
  for (let id = cursor.byte(); id !== END; id = cursor.byte()) {
    if (id === PACK_INFO) streams.packed = readPacked(cursor, origin);
    else if (id === UNPACK_INFO) streams.folders = readFolders(cursor);
    else if (id === SUBSTREAMS_INFO) readParts(cursor, streams.folders);
    else throw new Error(`Its header has an unknown part (${id})`);
  }
  for (const folder of streams.folders) {
    if (folder.parts.length === 0) folder.parts = [{ sizeBytes: contentBytes(folder), crc: folder.crc }];
  }
  return streams;
}

export function contentBytes({ sizes, main }: Folder): number {
  return sizes[main] as number;
}

function readPacked(cursor: Cursor, origin: number): PackedStream[] {
  let start = origin + cursor.number();
  const count = cursor.count();
  let packed: PackedStream[] = [];
  for (let id = cursor.byte(); id !== END; id = cursor.byte()) {
    if (id === SIZE) {
      packed = cursor.numbers(count).map((sizeBytes) => {
        start += sizeBytes;
        return { start: start - sizeBytes, sizeBytes };
      });
    } else if (id === CRC) cursor.digests(count);
    else throw new Error(`Its header has an unknown part (${id})`);
  }
  return packed;
}

function readFolders(cursor: Cursor): Folder[] {
  cursor.expect(FOLDER);
  const count = cursor.count();
  // Elsewhere in the file: nobody writes that.
  cursor.expect(0);
  const folders = Array.from({ length: count }, () => readFolder(cursor));
  cursor.expect(UNPACK_SIZES);
  for (const folder of folders) folder.sizes = cursor.numbers(folder.coders.length);
  let id = cursor.byte();
  if (id === CRC) {
    const digests = cursor.digests(count);
    for (const [index, folder] of folders.entries()) folder.crc = digests[index];
    id = cursor.byte();
  }
  if (id !== END) throw new Error(`Its header has an unknown part (${id})`);
  return folders;
}

function readFolder(cursor: Cursor): Folder {
  const count = cursor.count();
  if (count === 0 || count > MOST_CODERS) throw new Error('A folder with too many coders, or none');
  const coders = Array.from({ length: count }, () => readCoder(cursor));
  const inputs = coders.reduce((sum, coder) => sum + coder.inputs, 0);
  const bound = new Map(Array.from({ length: count - 1 }, () => [cursor.number(), cursor.number()]));
  const free = Array.from({ length: inputs }, (_, input) => input).filter((input) => !bound.has(input));
  const outputs = new Set(bound.values());
  const isWhole = [...bound.keys()].every((input) => input < inputs) && [...outputs].every((coder) => coder < count);
  if (!isWhole || bound.size !== count - 1 || outputs.size !== count - 1)
    throw new Error('A folder whose coders are not tied together');
  const packedInputs = free.length === 1 ? free : cursor.numbers(free.length);
  const main = coders.findIndex((_, coder) => !outputs.has(coder));
  return { coders, bound, packedInputs, sizes: [], main, crc: undefined, parts: [] };
}

function readCoder(cursor: Cursor): Coder {
  const flags = cursor.byte();
  const method = cursor.take(flags & 0x0f).toString('hex');
  const [inputs, outputs] = flags & 0x10 ? [cursor.count(), cursor.count()] : [1, 1];
  if (flags & 0xc0 || outputs !== 1 || inputs === 0 || inputs > MOST_CODERS)
    throw new Error('A coder that galley does not know');
  const properties = flags & 0x20 ? cursor.take(cursor.number()) : Buffer.alloc(0);
  return { method, properties, inputs };
}

/** Sizes but the last of each folder, which is what is left; checksums but those that the folders have already. */
function readParts(cursor: Cursor, folders: Folder[]): void {
  let id = cursor.byte();
  let counts = folders.map(() => 1);
  if (id === UNPACK_STREAMS) {
    counts = folders.map(() => cursor.count());
    id = cursor.byte();
  }
  const hasSizes = id === SIZE;
  for (const [index, folder] of folders.entries()) {
    const count = counts[index] as number;
    if (count > 1 && !hasSizes) throw new Error('Files without sizes');
    const sizes = count > 1 ? cursor.numbers(count - 1) : [];
    const rest = contentBytes(folder) - sizes.reduce((sum, size) => sum + size, 0);
    if (rest < 0) throw new Error('Files that are larger than what they are in');
    folder.parts = count === 0 ? [] : [...sizes, rest].map((sizeBytes) => ({ sizeBytes, crc: undefined }));
    if (count === 1 && folder.parts[0]) folder.parts[0].crc = folder.crc;
  }
  if (hasSizes) id = cursor.byte();
  const unknown = folders.flatMap(({ parts, crc }) => (parts.length === 1 && crc !== undefined ? [] : parts));
  if (id === CRC) {
    const digests = cursor.digests(unknown.length);
    for (const [index, part] of unknown.entries()) part.crc = digests[index];
    id = cursor.byte();
  }
  if (id !== END) throw new Error(`Its header has an unknown part (${id})`);
}
