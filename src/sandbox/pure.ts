// One thread for all pure work: evaluations that call no host, so that nothing is lost when they are done again.
import type { Limits } from './limits.ts';
import type { Outcome, Request } from './protocol.ts';
import { failureOfDeath } from './session.ts';
import { type Thread, ThreadDied } from './thread.ts';

export class SharedThread {
  readonly #create: () => Thread;
  readonly #limits: Limits;
  #thread: Thread;

  constructor(create: () => Thread, limits: Limits) {
    this.#create = create;
    this.#limits = limits;
    // It takes long to start, and whoever makes a sandbox is about to evaluate something.
    this.#thread = create();
  }

  /** Runs are worked on in order. The one that brings the thread down fails, and the others begin again in another. */
  async run(request: Request): Promise<Outcome> {
    for (;;) {
      if (!this.#thread.isAlive) this.#thread = this.#create();
      try {
        return await this.#thread.run(request);
      } catch (error) {
        const isSpared = error instanceof ThreadDied && error.death !== 'killed' && !error.isCulprit;
        if (!isSpared) throw failureOfDeath(error, request.verb, this.#limits);
      }
    }
  }
}
