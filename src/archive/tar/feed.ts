// Bytes that come in pieces of any size, for a reader that asks for them in portions: a generator that yields what it
// wants and gets it back, at once and without a promise, as a tar may have 100,000 entries of a few bytes. Knows nothing
// of what they mean.

/** So many bytes, at once or as they come; or nothing but that others get their turn. */
export type Wish = { whole: number } | { atMost: number } | 'turn';
export type Reading<T> = Generator<Wish, T, Buffer>;

const NOTHING = Buffer.alloc(0);

export class Feed {
  readonly #reading: Reading<void>;
  #wish: Wish | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(reading: Reading<void>) {
    this.#reading = reading;
    this.#goOn(reading.next());
  }

  /** The reader wants no more: what comes now is of no use to it. */
  get isDone(): boolean {
    return this.#wish === undefined;
  }

  /** The reader wants to go on later, without more bytes. */
  get isPausing(): boolean {
    return this.#wish === 'turn';
  }

  push(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    this.#serve();
  }

  resume(): void {
    this.#goOn(this.#reading.next(NOTHING));
    this.#serve();
  }

  #serve(): void {
    for (let wish = this.#wish; wish !== 'turn'; wish = this.#wish) {
      if (wish === undefined) {
        this.#held = [];
        return;
      }
      const portion = 'whole' in wish ? this.#take(wish.whole) : this.#takeSome(wish.atMost);
      if (portion === undefined) return;
      this.#goOn(this.#reading.next(portion));
    }
  }

  #goOn({ done, value }: IteratorResult<Wish, void>): void {
    this.#wish = done ? undefined : (value as Wish);
  }

  /** Pieces are put together once, when there is enough: small ones cost no more than large ones. */
  #take(length: number): Buffer | undefined {
    if (this.#heldBytes < length) return undefined;
    if ((this.#held[0]?.length ?? 0) < length) this.#held = [Buffer.concat(this.#held)];
    return this.#takeSome(length) ?? NOTHING;
  }

  #takeSome(most: number): Buffer | undefined {
    const first = this.#held[0];
    if (first === undefined) return undefined;
    const portion = first.subarray(0, most);
    if (portion.length === first.length) this.#held.shift();
    else this.#held[0] = first.subarray(most);
    this.#heldBytes -= portion.length;
    return portion;
  }
}
