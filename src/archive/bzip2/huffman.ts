// The codes of a bzip2 block: each symbol has so many bits as its length says, shorter codes come first, and those of one
// length in the order of the symbols.
import type { Bits } from './bits.ts';

/** By the format. What the program makes has at most 17. */
const LONGEST = 20;

export interface Code {
  shortest: number;
  /** By length: the first number, as of `LONGEST` bits, that is too large for codes so short. */
  limits: Uint32Array;
  /** By length: what to take from a code to get the position of its symbol. */
  offsets: Int32Array;
  symbols: Uint16Array;
}

export function readCode(bits: Bits, symbolCount: number): Code {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > LONGEST) throw new Error('a code of an impossible length');
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return codeOf(lengths);
}

function codeOf(lengths: Uint8Array): Code {
  const limits = new Uint32Array(LONGEST + 1);
  const offsets = new Int32Array(LONGEST + 1);
  const symbols = new Uint16Array(lengths.length);
  let [next, sorted] = [0, 0];
  for (let length = 1; length <= LONGEST; length++) {
    offsets[length] = next - sorted;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[sorted++] = symbol;
      next += 1;
    }
    limits[length] = next << (LONGEST - length);
    next <<= 1;
  }
  return { shortest: Math.min(...lengths), limits, offsets, symbols };
}

export function readSymbol(bits: Bits, { shortest, limits, offsets, symbols }: Code): number {
  const ahead = bits.peek(LONGEST);
  let length = shortest;
  while (length <= LONGEST && ahead >= (limits[length] as number)) length += 1;
  const position = length > LONGEST ? -1 : bits.read(length) - (offsets[length] as number);
  const symbol = symbols[position];
  if (symbol === undefined) throw new Error('a code that stands for nothing');
  return symbol;
}
