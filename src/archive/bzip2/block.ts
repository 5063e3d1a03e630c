// One block of bzip2: codes → moves to the front → Burrows and Wheeler's sorted text → runs → bytes. There is no norm;
// the program of Julian Seward is what all others follow.
import type { Bits } from './bits.ts';
import { type Code, readCode, readSymbol } from './huffman.ts';

/** Every so many symbols another code may be used. */
const GROUP_SYMBOLS = 50;
const [RUN_A, RUN_B] = [0, 1];
/** Runs of zeros: so many times 2 is more than any block has. */
const LONGEST_RUN = 2 ** 21;
/** The unpacked bytes are handed on in pieces: a block of zeros has 46 MB of them. */
const PIECE_BYTES = 64 * 1024;
/** Four equal ones and how often more: 259 bytes of 5. */
const MOST_PER_ENTRY = 52;

/** The block as it was sorted, and where its text begins in it. */
interface Sorted {
  /** Per position: the byte, and in the upper 24 bits the position of the next. */
  links: Uint32Array;
  length: number;
  first: number;
}

/** Reads what follows a block's checksum. The links are made in `links`, which has room for the largest block. */
export function readBlock(bits: Bits, links: Uint32Array): Sorted {
  if (bits.read(1) === 1) throw new Error('a block as bzip2 made them before 1997');
  const first = bits.read(24);
  const alphabet = readAlphabet(bits);
  const codes = readCodes(bits, alphabet.length + 2);
  const length = readText(bits, alphabet, codes, links);
  if (first >= length) throw new Error('a block that begins behind its end');
  link(links, length);
  return { links, length, first };
}

/** The bytes that occur. */
function readAlphabet(bits: Bits): number[] {
  const rows = bits.read(16);
  const alphabet: number[] = [];
  for (let row = 0; row < 16; row++) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = bits.read(16);
    for (let column = 0; column < 16; column++) if (columns & (0x8000 >> column)) alphabet.push(row * 16 + column);
  }
  if (alphabet.length === 0) throw new Error('a block without bytes');
  return alphabet;
}

/** The code of each group of symbols. */
function readCodes(bits: Bits, symbolCount: number): Code[] {
  const codeCount = bits.read(3);
  if (codeCount < 2 || codeCount > 6) throw new Error(`${codeCount} codes`);
  const front = Array.from({ length: codeCount }, (_, code) => code);
  const selectors = Array.from({ length: bits.read(15) }, () => {
    let place = 0;
    while (bits.read(1) === 1) if (++place === codeCount) throw new Error('a code that is not there');
    const [code] = front.splice(place, 1) as [number];
    front.unshift(code);
    return code;
  });
  const codes = Array.from({ length: codeCount }, () => readCode(bits, symbolCount));
  return selectors.map((selector) => codes[selector] as Code);
}

/** The last bytes of all rotations of the text in their order; answers how many there are. */
function readText(bits: Bits, alphabet: number[], codes: Code[], text: Uint32Array): number {
  const front = Uint8Array.from(alphabet);
  const last = alphabet.length + 1;
  let length = 0;
  let [run, weight] = [0, 1];
  for (const code of codes) {
    for (let left = GROUP_SYMBOLS; left > 0; left--) {
      const symbol = readSymbol(bits, code);
      if (symbol === RUN_A || symbol === RUN_B) {
        if (weight > LONGEST_RUN) throw new Error('a run that is too long');
        run += weight << symbol;
        weight <<= 1;
        continue;
      }
      if (length + run + 1 > text.length + (symbol === last ? 1 : 0)) throw new Error('a block that is too long');
      text.fill(front[0] as number, length, length + run);
      length += run;
      [run, weight] = [0, 1];
      if (symbol === last) return length;
      const byte = front[symbol - 1] as number;
      front.copyWithin(1, 0, symbol - 1);
      front[0] = byte;
      text[length++] = byte;
    }
  }
  throw new Error('a block without end');
}

/** Adds to each byte where the next one is: the nth of its kind in the sorted order. */
function link(text: Uint32Array, length: number): void {
  const starts = new Uint32Array(257);
  const count = (byte: number, more: number): void => {
    starts[byte] = (starts[byte] as number) + more;
  };
  for (let at = 0; at < length; at++) count((text[at] as number) + 1, 1);
  for (let byte = 0; byte < 256; byte++) count(byte + 1, starts[byte] as number);
  for (let at = 0; at < length; at++) {
    const byte = (text[at] as number) & 0xff;
    const place = starts[byte] as number;
    starts[byte] = place + 1;
    text[place] = (text[place] as number) | (at << 8);
  }
}

/** The text, with its runs unrolled: after four equal bytes comes how many more there are. */
export function* unroll({ links, length, first }: Sorted): Generator<Uint8Array, void> {
  const roomBytes = Math.min(PIECE_BYTES + 255, length * MOST_PER_ENTRY);
  let piece = new Uint8Array(roomBytes);
  let filled = 0;
  let place = (links[first] as number) >>> 8;
  let [previous, equal] = [-1, 0];
  for (let left = length; left > 0; left--) {
    const entry = links[place] as number;
    const byte = entry & 0xff;
    place = entry >>> 8;
    if (equal === 4) {
      piece.fill(previous, filled, filled + byte);
      filled += byte;
      equal = 0;
    } else {
      piece[filled++] = byte;
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
    }
    if (filled < PIECE_BYTES) continue;
    yield piece.subarray(0, filled);
    piece = new Uint8Array(roomBytes);
    filled = 0;
  }
  yield piece.subarray(0, filled);
}
