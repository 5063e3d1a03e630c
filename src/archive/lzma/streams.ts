// The two ways in which LZMA comes as a stream: as it is, and in the chunks of LZMA2, which can begin anew in between
// (The .xz File Format 1.2.1, section 5.3.1; LZMA SDK, Lzma2Dec.c).
import { Sequence } from '../sequence.ts';
import { LzmaDecoder } from './decoder.ts';
import { parseModel } from './model.ts';

/** What is looked at of the input at once. */
const PORTION_BYTES = 64 * 1024;
/** What is handed on at once. */
const PIECE_BYTES = 256 * 1024;
/** The largest window of `xz -9` is 64 MiB and of 7-Zip's own choice 256 MiB; one byte of a file may claim four gigabytes. */
const LARGEST_WINDOW_BYTES = 512 * 2 ** 20;

interface Lzma {
  /** As they stand in front of the data. */
  properties: Buffer;
  /** Of what comes out. */
  sizeBytes: number;
}

/** LZMA without any frame: what comes out has a size that is known from elsewhere. */
export async function* decodeLzma(
  source: AsyncIterable<Uint8Array>,
  { properties, sizeBytes }: Lzma,
): AsyncGenerator<Buffer, void> {
  if (properties.length !== 5) throw new Error('LZMA without its properties');
  const decoder = new LzmaDecoder(windowFor(properties.readUInt32LE(1), sizeBytes));
  decoder.setModel(parseModel(properties.readUInt8(0)));
  const sequence = new Sequence(source);
  decoder.begin((await sequence.take(5)) ?? Buffer.alloc(0));
  for (let left = sizeBytes; left > 0; ) {
    const portion = await sequence.peek(PORTION_BYTES);
    const used = decoder.decode(portion, Math.min(left, decoder.room, PIECE_BYTES), portion.length < PORTION_BYTES);
    await sequence.take(used);
    for (const piece of decoder.take()) {
      left -= piece.length;
      yield piece;
    }
    if (decoder.ended && left > 0) throw new Error('Unexpected end of data');
  }
}

/** Windows of `2^n` and `3 * 2^n` bytes, in one byte. */
export function parseLzma2Window(properties: Buffer): number {
  const [bits = 41] = properties;
  if (bits > 40) throw new Error('A window that LZMA2 does not have');
  return bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** (bits / 2 + 11 - (bits & 1) / 2);
}

/** What a chunk has to bring along, by what is missing. */
const RENEWED = [0, 2, 3];

export async function* decodeLzma2(
  source: AsyncIterable<Uint8Array>,
  { properties, sizeBytes }: Lzma,
): AsyncGenerator<Buffer, void> {
  const decoder = new LzmaDecoder(windowFor(parseLzma2Window(properties), sizeBytes));
  const sequence = new Sequence(source);
  /** What has to come before it may be built upon: 2 the window, 1 the model, 0 nothing. */
  let missing = 2;
  for (;;) {
    const control = await number(sequence, 1);
    if (control === 0) return;
    if (control < 0x80) {
      if (control > 2) throw new Error('No LZMA2 chunk');
      if (control === 2 && missing === 2) throw new Error('An LZMA2 chunk without a window');
      if (control === 1) {
        decoder.forgetWindow();
        missing = 1;
      }
      yield* copyChunk(sequence, decoder);
    } else {
      const renewed = (control >> 5) & 3;
      if (renewed < (RENEWED[missing] ?? 0)) throw new Error('An LZMA2 chunk that builds upon nothing');
      missing = 0;
      yield* decodeChunk(sequence, decoder, { control, renewed });
    }
  }
}

async function* copyChunk(sequence: Sequence, decoder: LzmaDecoder): AsyncGenerator<Buffer, void> {
  const length = (await number(sequence, 2)) + 1;
  for await (const piece of sequence.pieces(length)) {
    for (let at = 0; at < piece.length; at += decoder.room) {
      decoder.copy(piece.subarray(at, at + decoder.room));
      yield* decoder.take();
    }
  }
}

/** `renewed`: nothing, the state, the model too, the window too. */
async function* decodeChunk(
  sequence: Sequence,
  decoder: LzmaDecoder,
  { control, renewed }: { control: number; renewed: number },
): AsyncGenerator<Buffer, void> {
  let left = ((control & 0x1f) << 16) + (await number(sequence, 2)) + 1;
  const packedBytes = (await number(sequence, 2)) + 1;
  if (renewed === 3) decoder.forgetWindow();
  if (renewed >= 2) {
    const model = parseModel(await number(sequence, 1));
    if (model.literalContextBits + model.literalPositionBits > 4) throw new Error('A model that LZMA2 does not have');
    decoder.setModel(model);
  } else if (renewed === 1) decoder.resetState();
  let packed = (await sequence.take(packedBytes)) ?? Buffer.alloc(0);
  decoder.begin(packed.subarray(0, 5));
  packed = packed.subarray(5);
  while (left > 0) {
    packed = packed.subarray(decoder.decode(packed, Math.min(left, decoder.room, PIECE_BYTES), true));
    for (const piece of decoder.take()) {
      left -= piece.length;
      yield piece;
    }
    if (decoder.ended) throw new Error('An end that LZMA2 does not have');
  }
  if (packed.length > 0) throw new Error('Something follows the content of an LZMA2 chunk');
}

/** Big end first. */
async function number(sequence: Sequence, bytes: number): Promise<number> {
  const taken = await sequence.take(bytes);
  if (taken === undefined) throw new Error('Unexpected end of data');
  return taken.readUIntBE(0, bytes);
}

function windowFor(windowBytes: number, sizeBytes: number): number {
  const needed = Math.min(windowBytes, sizeBytes);
  if (needed > LARGEST_WINDOW_BYTES) throw new Error('A window that is too large');
  return needed;
}
