// Reads the numbers of a 7z header, one after the other (7zFormat.txt of the LZMA SDK). Whatever leads behind its end is
// an error, so nothing that a header says can make us read or reserve more than it has.

/** Behind the last part of something. */
export const END = 0x00;
/** So that what follows begins at an even place. */
const PADDING = 0x19;

export class Cursor {
  readonly #bytes: Buffer;
  readonly #expect: (entries: number) => void;
  #at = 0;

  /** @param expect refuses, by throwing, what has so many entries */
  constructor(bytes: Buffer, expect: (entries: number) => void) {
    this.#bytes = bytes;
    this.#expect = expect;
  }

  byte(): number {
    return this.#bytes[this.#go(1)] as number;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#go(4));
  }

  take(length: number): Buffer {
    const start = this.#go(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The ids of the parts that follow. Each comes once: again and again they would only be a way to keep us busy. */
  *parts(): Generator<number, void> {
    const seen = new Set<number>();
    for (let id = this.byte(); id !== END; id = this.byte()) {
      if (seen.has(id)) throw new Error(`Its header has a part twice (${id})`);
      // Between others, padding may come again.
      if (id !== PADDING) seen.delete(PADDING);
      seen.add(id);
      yield id;
    }
  }

  /** What is read, and the bytes that it stands in. */
  trace<T>(read: () => T): { found: T; bytes: Buffer } {
    const start = this.#at;
    const found = read();
    return { found, bytes: this.#bytes.subarray(start, this.#at) };
  }

  /** Goes on behind these bytes, if they are the next. */
  pass(bytes: Buffer): boolean {
    const end = this.#at + bytes.length;
    if (end > this.#bytes.length || this.#bytes.compare(bytes, 0, bytes.length, this.#at, end) !== 0) return false;
    this.#at = end;
    return true;
  }

  /** One to nine bytes: the ones at the beginning of the first say how many follow, its other bits are the highest. */
  number(): number {
    const first = this.byte();
    let value = 0;
    for (let index = 0, mask = 0x80; index < 8; index++, mask >>= 1) {
      if ((first & mask) === 0) return safe(value + (first & (mask - 1)) * 2 ** (8 * index));
      value += this.byte() * 2 ** (8 * index);
    }
    return safe(value);
  }

  /** How many there are of something that takes at least a byte, and of which each entry has so many at most. */
  count(mostPerEntry = 1): number {
    const count = this.number();
    if (count > this.#bytes.length) throw new Error('Its header says more than it has');
    this.claim(Math.ceil(count / mostPerEntry));
    return count;
  }

  /** Before anything is made of so many entries, the archive is refused if they are too many. */
  claim(entries: number): void {
    this.#expect(entries);
  }

  numbers(count: number): number[] {
    const numbers = Array<number>(count);
    for (let index = 0; index < count; index++) numbers[index] = this.number();
    return numbers;
  }

  bits(count: number): boolean[] {
    const bytes = this.take(Math.ceil(count / 8));
    return Array.from({ length: count }, (_, index) => ((bytes[index >> 3] as number) & (0x80 >> (index & 7))) !== 0);
  }

  /** Bits that are left out when all are set. */
  optionalBits(count: number): boolean[] {
    return this.byte() === 0 ? this.bits(count) : Array(count).fill(true);
  }

  /** Checksums, as far as they are known. */
  digests(count: number): (number | undefined)[] {
    return this.optionalBits(count).map((isKnown) => (isKnown ? this.uint32() : undefined));
  }

  /** A part of the header, for itself. */
  part(length: number): Cursor {
    return new Cursor(this.take(length), this.#expect);
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }

  expect(id: number): void {
    const found = this.byte();
    if (found !== id) throw new Error(`Its header has ${found} where ${id} belongs`);
  }

  /** Leaves some bytes behind; answers where they begin. */
  #go(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new Error('Its header is too short');
    this.#at = start + length;
    return start;
  }
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error('A number that is too large');
  return value;
}
