// Threads for verbs: one live verb in each, a fixed number at once, the longest waiting first. A thread is kept for the
// next verb as long as it lives.
import type { Thread } from './thread.ts';

export class Pool {
  readonly #create: () => Thread;
  readonly #idle: Thread[] = [];
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(size: number, create: () => Thread) {
    this.#free = size;
    this.#create = create;
  }

  /** Waits for a thread, works with it, and gives it back. */
  async with<T>(signal: AbortSignal, work: (thread: Thread) => Promise<T>): Promise<T> {
    await this.#enter(signal);
    const thread = this.#takeIdle() ?? this.#create();
    try {
      return await work(thread);
    } finally {
      if (thread.isAlive) this.#idle.push(thread);
      this.#leave();
    }
  }

  #takeIdle(): Thread | undefined {
    for (;;) {
      const thread = this.#idle.pop();
      if (thread === undefined || thread.isAlive) return thread;
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      const place = this.#waiting.indexOf(resolve);
      if (place < 0) return; // the turn has come at this very moment
      this.#waiting.splice(place, 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.push(resolve);
    await promise;
    signal.removeEventListener('abort', leave);
  }

  /** Hands the place to the next, so that nobody who comes later can slip in. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
