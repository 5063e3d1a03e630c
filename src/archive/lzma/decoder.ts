// Decodes LZMA (LZMA specification, 2015): a range coder whose probabilities learn, and matches within a window of what
// came before. Knows nothing of how the bytes arrive; whoever feeds it says when they are the last.
import type { LzmaModel } from './model.ts';

/** Where each kind of probability begins. */
const IS_MATCH = 0;
const IS_REP = 192;
const IS_REP_G0 = 204;
const IS_REP_G1 = 216;
const IS_REP_G2 = 228;
const IS_REP0_LONG = 240;
const POS_SLOT = 432;
const POS_SPECIAL = 688;
const POS_ALIGN = 803;
const LENGTH = 819;
const REP_LENGTH = 1333;
const LITERAL = 1847;

/** Of lengths: two choices, then trees for the short ones by position, and one for the long ones. */
const LENGTH_LOW = 2;
const LENGTH_MIDDLE = 130;
const LENGTH_HIGH = 258;

const HALF = 1024;
const SHORTEST_MATCH = 2;
/** A symbol takes at most 20 bytes of input (LZMA_REQUIRED_INPUT_MAX of LZMA SDK), and one is read ahead. */
const MOST_PER_SYMBOL = 24;
const END_MARKER = 0xffffffff;

export class LzmaDecoder {
  readonly #window: Uint8Array;
  /** Where the next byte goes. */
  #at = 0;
  /** Of what is in the window, what was not handed out yet begins here. */
  #taken = 0;
  /** Bytes since the window was forgotten. */
  #total = 0;

  #probs = new Uint16Array(0);
  #model: LzmaModel = { literalContextBits: 0, literalPositionBits: 0, positionBits: 0 };
  #state = 0;
  #reps = new Uint32Array(4);
  /** Of a match that did not fit any more. */
  #pending = 0;
  #ended = false;

  #range = 0;
  #code = 0;
  #input: Uint8Array = new Uint8Array(0);
  #inputAt = 0;

  constructor(windowBytes: number) {
    this.#window = new Uint8Array(Math.max(windowBytes, 4096));
  }

  /** It came to the mark that ends a stream. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What may be decoded before something has to be taken. */
  get room(): number {
    return this.#window.length;
  }

  forgetWindow(): void {
    this.#total = 0;
  }

  setModel(model: LzmaModel): void {
    this.#model = model;
    this.#probs = new Uint16Array(LITERAL + (0x300 << (model.literalContextBits + model.literalPositionBits)));
    this.resetState();
  }

  resetState(): void {
    this.#probs.fill(HALF);
    this.#state = 0;
    this.#reps.fill(0);
    this.#pending = 0;
  }

  /** The first five bytes of what a range coder made. */
  begin(head: Uint8Array): void {
    const [zero, a = 0, b = 0, c = 0, d = 0] = head;
    if (zero !== 0) throw new Error('No LZMA data');
    this.#range = 0xffffffff;
    this.#code = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  /** Bytes that stand there as they are. */
  copy(bytes: Uint8Array): void {
    for (const byte of bytes) this.#put(byte);
  }

  /**
   * Decodes so many bytes at most, and fewer when the input is nearly used up and is not the last.
   *
   * @returns how much of the input was used
   */
  decode(input: Uint8Array, wantedBytes: number, isLast: boolean): number {
    this.#input = input;
    this.#inputAt = 0;
    const end = this.#total + wantedBytes;
    const enough = isLast ? Number.POSITIVE_INFINITY : input.length - MOST_PER_SYMBOL;
    this.#copyMatch(end);
    while (this.#total < end && this.#inputAt <= enough && !this.#ended) {
      this.#decodeSymbol(end);
      if (this.#inputAt > input.length) throw new Error('Unexpected end of data');
    }
    return this.#inputAt;
  }

  /** What was decoded since the last time. */
  take(): Buffer[] {
    const [from, to] = [this.#taken, this.#at];
    this.#taken = to;
    const pieces =
      from < to
        ? [[from, to]]
        : from > to || this.#full
          ? [
              [from, this.#window.length],
              [0, to],
            ]
          : [];
    this.#full = false;
    return pieces
      .map(([start, end]) => Buffer.from(this.#window.subarray(start, end)))
      .filter(({ length }) => length > 0);
  }

  /** The window went round to where it was taken last. */
  #full = false;

  #put(byte: number): void {
    this.#window[this.#at] = byte;
    this.#total += 1;
    if (++this.#at === this.#window.length) this.#at = 0;
    if (this.#at === this.#taken) this.#full = true;
  }

  #decodeSymbol(end: number): void {
    const positionState = this.#total & ((1 << this.#model.positionBits) - 1);
    if (this.#bit(IS_MATCH + (this.#state << 4) + positionState) === 0) this.#decodeLiteral();
    else this.#decodeMatch(positionState, end);
  }

  #decodeMatch(positionState: number, end: number): void {
    const state = this.#state;
    const reps = this.#reps;
    let length: number;
    if (this.#bit(IS_REP + state) === 0) {
      length = this.#length(LENGTH, positionState);
      reps.copyWithin(1, 0, 3);
      this.#state = state < 7 ? 7 : 10;
      const distance = this.#distance(length);
      reps[0] = distance;
      if (distance === END_MARKER) {
        this.#ended = true;
        return;
      }
    } else if (this.#isShortRep(state, positionState)) {
      this.#state = state < 7 ? 9 : 11;
      length = 1 - SHORTEST_MATCH;
    } else {
      length = this.#length(REP_LENGTH, positionState);
      this.#state = state < 7 ? 8 : 11;
    }
    const distance = reps[0] as number;
    if (distance >= Math.min(this.#total, this.#window.length))
      throw new Error('A distance that leads before the data');
    this.#pending = length + SHORTEST_MATCH;
    this.#copyMatch(end);
  }

  /** Chooses one of the four last distances, which becomes the newest; true when only one byte is repeated. */
  #isShortRep(state: number, positionState: number): boolean {
    const reps = this.#reps;
    if (this.#bit(IS_REP_G0 + state) === 0) return this.#bit(IS_REP0_LONG + (state << 4) + positionState) === 0;
    const chosen = this.#bit(IS_REP_G1 + state) === 0 ? 1 : 2 + this.#bit(IS_REP_G2 + state);
    const distance = reps[chosen] as number;
    reps.copyWithin(1, 0, chosen);
    reps[0] = distance;
    return false;
  }

  #copyMatch(end: number): void {
    const window = this.#window;
    const distance = (this.#reps[0] as number) + 1;
    let from = this.#at - distance;
    if (from < 0) from += window.length;
    for (; this.#pending > 0 && this.#total < end; this.#pending--) {
      this.#put(window[from] as number);
      if (++from === window.length) from = 0;
    }
  }

  #decodeLiteral(): void {
    const { literalContextBits, literalPositionBits } = this.#model;
    const before = this.#total === 0 ? 0 : (this.#window[(this.#at || this.#window.length) - 1] as number);
    const position = this.#total & ((1 << literalPositionBits) - 1);
    const base = LITERAL + 0x300 * ((position << literalContextBits) + (before >> (8 - literalContextBits)));
    let symbol = 1;
    if (this.#state >= 7) {
      let from = this.#at - (this.#reps[0] as number) - 1;
      if (from < 0) from += this.#window.length;
      let matched = this.#window[from] as number;
      while (symbol < 0x100) {
        const matchBit = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#bit(base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol);
    this.#put(symbol & 0xff);
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  #length(base: number, positionState: number): number {
    if (this.#bit(base) === 0) return this.#tree(base + LENGTH_LOW + (positionState << 3), 3);
    if (this.#bit(base + 1) === 0) return 8 + this.#tree(base + LENGTH_MIDDLE + (positionState << 3), 3);
    return 16 + this.#tree(base + LENGTH_HIGH, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(POS_SLOT + (Math.min(length, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return high + this.#reverseTree(POS_SPECIAL + high - slot, bits);
    return high + this.#direct(bits - 4) * 16 + this.#reverseTree(POS_ALIGN, 4);
  }

  #tree(base: number, bits: number): number {
    let symbol = 1;
    for (let left = bits; left > 0; left--) symbol = (symbol << 1) | this.#bit(base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(base: number, bits: number): number {
    let node = 1;
    let symbol = 0;
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(base + node);
      node = (node << 1) | bit;
      symbol |= bit << index;
    }
    return symbol;
  }

  /** Bits that are as likely as not. */
  #direct(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0; left--) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit) this.#code -= this.#range;
      value = value * 2 + bit;
      if (this.#range < 0x1000000) this.#normalize();
    }
    return value;
  }

  #bit(index: number): number {
    const probs = this.#probs;
    const prob = probs[index] as number;
    const bound = (this.#range >>> 11) * prob;
    const bit = this.#code < bound ? 0 : 1;
    if (bit === 0) {
      this.#range = bound;
      probs[index] = prob + ((2048 - prob) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      probs[index] = prob - (prob >> 5);
    }
    if (this.#range < 0x1000000) this.#normalize();
    return bit;
  }

  /** What lies behind the end counts as zeros: the caller sees that it was read. */
  #normalize(): void {
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#input[this.#inputAt++] ?? 0)) >>> 0;
  }
}
