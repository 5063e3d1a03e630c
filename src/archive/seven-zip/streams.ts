// The first half of a 7z header: where the packed streams lie, what unpacks them, and how what comes out is cut into
// files. Knows nothing of the files.
import { type Cursor, END } from './cursor.ts';

const [PACK_INFO, UNPACK_INFO, SUBSTREAMS_INFO] = [0x06, 0x07, 0x08];
const [SIZE, CRC, FOLDER, UNPACK_SIZES, UNPACK_STREAMS] = [0x09, 0x0a, 0x0b, 0x0c, 0x0d];
/** As in 7-Zip. */
const MOST_CODERS = 32;
/** That are made of one file: BCJ2 has four. */
const MOST_PACKED = 4;
/** What most coders are told. */
const NOTHING = Buffer.alloc(0);

export interface Coder {
  /** Hexadecimal. */
  method: string;
  properties: Buffer;
  inputs: number;
}

/** Coders and how they are tied together; one stream comes out of each. Folders alike share one. */
interface Wiring {
  coders: Coder[];
  /** Input → coder whose output it gets; inputs are counted through all coders. */
  bound: Map<number, number>;
  /** Inputs that get a packed stream, in order. */
  packedInputs: number[];
  /** The coder whose output is the content. */
  main: number;
}

export interface Folder extends Wiring {
  /** Of what comes out of each coder. */
  sizes: number[];
  crc: number | undefined;
  /** The files in it, one behind the other. */
  parts: Part[];
}

export interface Part {
  sizeBytes: number;
  crc: number | undefined;
}

export interface Streams {
  /** Where the first packed stream begins in the file. */
  start: number;
  /** Sizes of packed streams, one behind the other. */
  packed: number[];
  folders: Folder[];
}

export const NO_STREAMS: Streams = { start: 0, packed: [], folders: [] };

/** @param origin where packed streams begin in the file */
export function readStreams(cursor: Cursor, origin: number): Streams {
  const streams: Streams = { ...NO_STREAMS };
  for (const id of cursor.parts()) {
    if (id === PACK_INFO) Object.assign(streams, readPacked(cursor, origin));
    else if (id === UNPACK_INFO) streams.folders = readFolders(cursor);
    else if (id === SUBSTREAMS_INFO) readParts(cursor, streams.folders);
    else throw new Error(`Its header has an unknown part (${id})`);
  }
  return streams;
}

export function contentBytes({ sizes, main }: Folder): number {
  return sizes[main] as number;
}

/** What comes out of the coders that feed others. */
export function bytesBetween(folder: Folder): number {
  return folder.sizes.reduce((sum, size) => sum + size, 0) - contentBytes(folder);
}

function readPacked(cursor: Cursor, origin: number): Omit<Streams, 'folders'> {
  const start = origin + cursor.number();
  const count = cursor.count(MOST_PACKED);
  let packed: number[] = [];
  for (const id of cursor.parts()) {
    if (id === SIZE) packed = cursor.numbers(count);
    else if (id === CRC) cursor.digests(count);
    else throw new Error(`Its header has an unknown part (${id})`);
  }
  return { start, packed };
}

function readFolders(cursor: Cursor): Folder[] {
  cursor.expect(FOLDER);
  const count = cursor.count();
  // Elsewhere in the file: nobody writes that.
  cursor.expect(0);
  const folders: Folder[] = [];
  let last: { found: Wiring; bytes: Buffer } | undefined;
  for (let left = count; left > 0; left--) {
    // Where files are packed one by one, there are as many folders, nearly all alike.
    if (last === undefined || !cursor.pass(last.bytes)) last = cursor.trace(() => readWiring(cursor));
    folders.push({ ...last.found, sizes: [], crc: undefined, parts: [] });
  }
  cursor.expect(UNPACK_SIZES);
  for (const folder of folders) folder.sizes = cursor.numbers(folder.coders.length);
  let id = cursor.byte();
  if (id === CRC) {
    const digests = cursor.digests(count);
    for (const [index, folder] of folders.entries()) folder.crc = digests[index];
    id = cursor.byte();
  }
  if (id !== END) throw new Error(`Its header has an unknown part (${id})`);
  for (const folder of folders) folder.parts = [{ sizeBytes: contentBytes(folder), crc: folder.crc }];
  return folders;
}

function readWiring(cursor: Cursor): Wiring {
  const count = cursor.number();
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
  return { coders, bound, packedInputs, main };
}

function readCoder(cursor: Cursor): Coder {
  const flags = cursor.byte();
  const method = cursor.take(flags & 0x0f).toString('hex');
  const [inputs, outputs] = flags & 0x10 ? [cursor.number(), cursor.number()] : [1, 1];
  if (flags & 0xc0 || outputs !== 1 || inputs === 0 || inputs > MOST_CODERS)
    throw new Error('A coder that galley does not know');
  const properties = flags & 0x20 ? cursor.take(cursor.number()) : NOTHING;
  return { method, properties, inputs };
}

/** Sizes but the last of each folder, which is what is left; checksums but those that the folders have already. */
function readParts(cursor: Cursor, folders: Folder[]): void {
  let id = cursor.byte();
  let counts = folders.map(() => 1);
  if (id === UNPACK_STREAMS) {
    counts = cursor.numbers(folders.length);
    cursor.claim(counts.reduce((sum, count) => sum + count, 0));
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
