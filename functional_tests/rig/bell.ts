// Waiting for something that another process does: look again whenever something happened, until it is there. Patience
// ends before the test does, so that the message says what was missing and not only that time is over.

const PATIENCE_MS = 30_000;

export class Bell {
  readonly #waiting = new Set<() => void>();

  /** Something happened: whoever waits looks again. */
  ring(): void {
    for (const look of this.#waiting) look();
  }

  /** Waits until `find` answers something; `missing` says what did not come. */
  async until<T>(find: () => T | undefined, missing: () => string): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(missing());
      await this.#nextRing(leftMs);
    }
  }

  #nextRing(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(look, limitMs);
      this.#waiting.add(look);
    });
  }
}
