// Chance that can be repeated: all that is random in a test comes from one seed, which is printed and can be given again.

export class Chance {
  readonly seed: number;
  #state: number;

  /** The seed is `GALLEY_TEST_SEED` when that is set. */
  constructor(seed = Number(process.env.GALLEY_TEST_SEED ?? Date.now() % 1_000_000_000)) {
    this.seed = seed;
    this.#state = seed;
  }

  /** 0 ≤ answer < 1. The generator is mulberry32: short, and good enough to choose moments. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, 0 ≤ answer < limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Some of a list, each at most once, in its order. */
  some<T>(list: readonly T[], most: number): T[] {
    const chosen = new Set(Array.from({ length: Math.min(most, list.length) }, () => this.below(list.length)));
    return list.filter((_, index) => chosen.has(index));
  }
}
