// What unpacks the streams of a 7z, one row for each method (Methods.txt of the LZMA SDK), and how they are tied together.
// Encryption is told apart from what is only unknown.
import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { undoBcj2 } from '../branches/bcj2.ts';
import { undoBranches, undoDelta } from '../branches/branches.ts';
import { decodeBzip2 } from '../bzip2/bzip2.ts';
import { decodeLzma, decodeLzma2 } from '../lzma/streams.ts';
import type { Pages } from '../pages.ts';
import type { Pauses } from '../pauses.ts';
import type { Coder, Folder, Streams } from './streams.ts';

type Bytes = AsyncIterable<Uint8Array>;
type Decode = (inputs: readonly Bytes[], how: { properties: Buffer; sizeBytes: number }) => Bytes;

/** With one stream going in, and nothing to be said. */
const plain =
  (decode: (source: Bytes) => Bytes): Decode =>
  ([source], { properties }) => {
    if (properties.length > 0) throw new Error('A coder that is told more than galley knows');
    return decode(source as Bytes);
  };

const DECODERS: Record<string, Decode> = {
  '00': plain((source) => source),
  '030101': ([source], how) => decodeLzma(source as Bytes, how),
  '21': ([source], how) => decodeLzma2(source as Bytes, how),
  '040108': plain(inflate),
  '040202': plain(decodeBzip2),
  '03': ([source], { properties }) => undoDelta(source as Bytes, properties),
  '03030103': plain(undoBranches('x86')),
  '0303011b': (sources, { sizeBytes }) => undoBcj2(sources, sizeBytes),
  '03030205': plain(undoBranches('powerPc')),
  '03030501': plain(undoBranches('arm')),
  '03030701': plain(undoBranches('armThumb')),
  '03030805': plain(undoBranches('sparc')),
  '04': plain(undoBranches('x86')),
  '05': plain(undoBranches('powerPc')),
  '07': plain(undoBranches('arm')),
  '08': plain(undoBranches('armThumb')),
  '09': plain(undoBranches('sparc')),
  '0a': plain(undoBranches('arm64')),
};

/** Streams that go into one coder; all others have one. */
const INPUTS: Record<string, number> = { '0303011b': 4 };

const AES = '06f10701';
/** Methods that exist and that galley cannot read. */
const OTHERS: Record<string, string> = {
  '030401': 'PPMd',
  '040109': 'Deflate64',
  '03030401': 'the filter for Itanium',
  '0b': 'the filter for RISC-V',
  '04f71101': 'Zstandard',
};

/** Why a folder cannot be unpacked. */
export function findObstacle({ coders }: Folder): 'encrypted' | { method: string } | undefined {
  if (coders.some(({ method }) => method === AES)) return 'encrypted';
  const unknown = coders.find(({ method, inputs }) => !DECODERS[method] || inputs !== (INPUTS[method] ?? 1));
  return unknown && { method: OTHERS[unknown.method] ?? `method ${unknown.method}` };
}

/** The content of a folder, from the packed streams that belong to it: the first there are. */
export function openFolder(
  folder: Folder,
  { start, packed }: Pick<Streams, 'start' | 'packed'>,
  pages: Pages,
): AsyncGenerator<Uint8Array, void> {
  const { coders, bound, packedInputs, sizes, main } = folder;
  const firstInputs = coders.map((_, index) => coders.slice(0, index).reduce((sum, { inputs }) => sum + inputs, 0));
  let opened = 0;
  const open = (index: number): AsyncGenerator<Uint8Array, void> => {
    // Each coder once: they cannot go round.
    if (++opened > coders.length) throw new Error('A folder whose coders go round');
    const { method, properties, inputs } = coders[index] as Coder;
    const sources = Array.from({ length: inputs }, (_, input) => source((firstInputs[index] as number) + input));
    const sizeBytes = sizes[index] as number;
    return hold((DECODERS[method] as Decode)(sources, { properties, sizeBytes }), sizeBytes, pages.pauses);
  };
  const source = (input: number): Bytes => {
    const coder = bound.get(input);
    if (coder !== undefined) return open(coder);
    const place = packedInputs.indexOf(input);
    const sizeBytes = packed[place];
    if (sizeBytes === undefined) throw new Error('A coder without a stream');
    const before = packed.slice(0, place).reduce((sum, size) => sum + size, 0);
    return pages.stream(start + before, sizeBytes);
  };
  return open(main);
}

/** Begins when it is asked for something: of folders from which nothing is read there may be many. */
async function* inflate(source: Bytes): AsyncGenerator<Uint8Array, void> {
  yield* pipeline(Readable.from(source), createInflateRaw(), () => {});
}

/**
 * Holds a coder to the size that its folder says. Decoding blocks, so others get their turn; between coders, too, as
 * whatever one of them makes, the next may turn into nothing.
 */
async function* hold(source: Bytes, sizeBytes: number, pauses: Pauses): AsyncGenerator<Uint8Array, void> {
  let left = sizeBytes;
  for await (const piece of source) {
    left -= piece.length;
    if (left < 0) throw new Error('More bytes than it says');
    yield piece;
    await pauses.take();
  }
}
