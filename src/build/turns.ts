// Things that are done at the same time and yet take effect in the order in which they were begun, so that every run
// tells the same story.

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins at once; `end` is run with the result after those of all that began before, whether they failed or not. */
  async take<T, R>(begin: () => Promise<T>, end: (value: T) => R): Promise<R> {
    const before = this.#last;
    const ended = begin().then(async (value) => {
      await before;
      return end(value);
    });
    this.#last = Promise.allSettled([before, ended]);
    return ended;
  }
}
