// One thread for all pure work: evaluations that call no host, so that nothing is lost when they are done again.
import type { Limits } from './limits.ts';
import type { Outcome, Request } from './protocol.ts';
import { failureOfDeath } from './session.ts';
import { type Thread, ThreadDied } from './thread.ts';

export class SharedThread {
  readonly #create: () => Thread;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  #thread: Thread;

  /** @param signal ends the thread, whatever it is busy with */
  constructor(create: () => Thread, limits: Limits, signal: AbortSignal) {
    this.#create = create;
    this.#limits = limits;
    this.#signal = signal;
    signal.addEventListener('abort', () => void this.#thread.kill(), { once: true });
    // It takes long to start, and whoever makes a sandbox is about to evaluate something.
    this.#thread = create();
  }

  /** Runs are worked on in order. The one that brings the thread down fails, and the others begin again in another. */
  async run(request: Request): Promise<Outcome> {
    for (;;) {
      this.#signal.throwIfAborted();
      if (!this.#thread.isAlive) this.#thread = this.#create();
      try {
        return await this.#thread.run(request);
      } catch (error) {
        this.#signal.throwIfAborted();
        const isSpared = error instanceof ThreadDied && error.death !== 'killed' && !error.isCulprit;
        if (!isSpared) throw failureOfDeath(error, request.verb, this.#limits);
      }
    }
  }
}
