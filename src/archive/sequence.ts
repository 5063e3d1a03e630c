// Bytes that come in pieces of any size, taken in portions that a format asks for. Knows nothing of what they mean.

export class Sequence {
  readonly #source: AsyncIterator<Uint8Array>;
  /** What came and was not taken yet. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; undefined when there are none at all any more. Throws when there are some, but too few. */
  async take(length: number): Promise<Buffer | undefined> {
    const portion = await this.peek(length);
    if (portion.length === 0 && length > 0) return undefined;
    if (portion.length < length) throw endsTooEarly();
    this.#rest = this.#rest.subarray(length);
    return portion;
  }

  /** The next bytes, which stay to be taken; fewer when there are fewer. */
  async peek(length: number): Promise<Buffer> {
    const pieces = [this.#rest];
    for (let bytes = this.#rest.length; bytes < length; ) {
      const piece = await this.#next();
      if (piece === undefined) break;
      pieces.push(piece);
      bytes += piece.length;
    }
    if (pieces.length > 1) this.#rest = Buffer.concat(pieces);
    return this.#rest.subarray(0, length);
  }

  /** So many bytes as they come; all that are left where no length is given. */
  async *pieces(length = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer, void> {
    for (let left = length; left > 0; ) {
      const piece = this.#rest.length > 0 ? this.#rest : await this.#next();
      if (piece === undefined && length === Number.POSITIVE_INFINITY) return;
      if (piece === undefined) throw endsTooEarly();
      const portion = piece.subarray(0, left);
      this.#rest = piece.subarray(portion.length);
      left -= portion.length;
      if (portion.length > 0) yield portion;
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.pieces(length));
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#source.next();
    return done ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}

function endsTooEarly(): Error {
  return new Error('Unexpected end of data');
}
