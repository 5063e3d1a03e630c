// Reads the numbers of a 7z header, one after the other (7zFormat.txt of the LZMA SDK). Whatever leads behind its end is
// an error, so nothing that a header says can make us read or reserve more than it has.

/** Twice as many as an archive may have files. */
const MOST_ITEMS = 4_000_000;

export class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  uint32(): number {
    return this.take(4).readUInt32LE(0);
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('Its header is too short');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
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

  /** How many there are of something that takes at least a byte each. */
  count(): number {
    const count = this.number();
    if (count > this.#bytes.length || count > MOST_ITEMS) throw new Error('Its header says more than it has');
    return count;
  }

  numbers(count: number): number[] {
    return Array.from({ length: count }, () => this.number());
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
    return new Cursor(this.take(length));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }

  expect(id: number): void {
    const found = this.byte();
    if (found !== id) throw new Error(`Its header has ${found} where ${id} belongs`);
  }
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error('A number that is too large');
  return value;
}
