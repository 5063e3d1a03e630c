// Bits out of bytes that arrive in pieces, the highest first.

export class Bits {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #word = 0;
  #held = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Waits until so many bytes are here, or all there are; answers how many are. */
  async gather(bytes: number): Promise<number> {
    const pieces = [this.#bytes.subarray(this.#at)];
    let here = this.#bytes.length - this.#at;
    while (here < bytes) {
      const { value, done } = await this.#source.next();
      if (done) break;
      pieces.push(value);
      here += value.length;
    }
    if (pieces.length > 1) {
      this.#bytes = Buffer.concat(pieces);
      this.#at = 0;
    }
    return here + (this.#held >> 3);
  }

  /** Lets all that comes go by. */
  async drain(): Promise<void> {
    while (!(await this.#source.next()).done);
  }

  /** Up to 24 bits, as a number. */
  read(count: number): number {
    this.#fill(count);
    this.#held -= count;
    return (this.#word >>> this.#held) & ((1 << count) - 1);
  }

  /** The same bits that `read` would give, with zeros behind the last there is. */
  peek(count: number): number {
    if (this.#held < count && this.#at + 4 > this.#bytes.length) return this.#peekAtEnd(count);
    this.#fill(count);
    return (this.#word >>> (this.#held - count)) & ((1 << count) - 1);
  }

  /** Goes on at the next whole byte. */
  align(): void {
    this.#held -= this.#held & 7;
  }

  #fill(count: number): void {
    while (this.#held < count) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Error('unexpected end of data');
      this.#at += 1;
      this.#word = (this.#word << 8) | byte;
      this.#held += 8;
    }
  }

  #peekAtEnd(count: number): number {
    let [word, held, at] = [this.#word, this.#held, this.#at];
    for (; held < count; held += 8) word = (word << 8) | (this.#bytes[at++] ?? 0);
    return (word >>> (held - count)) & ((1 << count) - 1);
  }
}
