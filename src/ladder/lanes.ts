// Limits how much work of one kind runs at a time: so many downloads, so many builds, one terminal. Knows names and
// numbers; refuses to know what the work is or who asks for it.

interface Lane {
  readonly limit: number;
  inUse: number;
  /** Those who go ahead, then the others, each in the order of asking: a Set gives up a cancelled one without a search. */
  readonly waiting: Record<'ahead' | 'behind', Set<() => void>>;
}

export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  constructor(limits: Readonly<Record<string, number>>) {
    for (const [name, limit] of Object.entries(limits)) {
      if (!(limit >= 1)) throw new Error(`lane "${name}" would let nobody through: limit ${limit}`);
      this.#lanes.set(name, { limit, inUse: 0, waiting: { ahead: new Set(), behind: new Set() } });
    }
  }

  /**
   * Runs `work` when a place in the lane is free; first come, first served, and those who go ahead before all others.
   *
   * Never wait inside `work` for work that needs a place in the same lane. Rejects with the signal's reason, without
   * running `work`, when the signal fires first.
   */
  async use<T>(lane: string, work: () => Promise<T>, signal?: AbortSignal, goesAhead = false): Promise<T> {
    const taken = this.#lane(lane);
    await enter(taken, goesAhead ? 'ahead' : 'behind', signal);
    try {
      // The place may be handed over in the same turn in which the signal fires.
      signal?.throwIfAborted();
      return await work();
    } finally {
      leave(taken);
    }
  }

  inUse(lane: string): number {
    return this.#lane(lane).inUse;
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) throw new Error(`no lane "${name}"`);
    return lane;
  }
}

async function enter(lane: Lane, where: keyof Lane['waiting'], signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (lane.inUse < lane.limit) {
    lane.inUse++;
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = () => {
    lane.waiting[where].delete(resolve);
    reject(signal?.reason);
  };
  lane.waiting[where].add(resolve);
  signal?.addEventListener('abort', giveUp);
  try {
    await promise;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Hands the place to the next in line; it stays taken meanwhile, so that nobody can slip in between. */
function leave(lane: Lane): void {
  const { ahead, behind } = lane.waiting;
  const line = ahead.size > 0 ? ahead : behind;
  const [next] = line;
  if (next === undefined) {
    lane.inUse--;
    return;
  }
  line.delete(next);
  next();
}
