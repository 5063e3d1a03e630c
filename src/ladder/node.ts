// What the ladder remembers of one node and its edges: how far it is, what it needs, what holds it. Rungs are ranks
// here, 0 for the lowest; what a node is, nobody in this folder knows.

/** `from` may not start `neededBy` before `to` has completed `through`. */
export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly neededBy: number;
  readonly through: number;
  /** Not demanded once `from` is settled. */
  readonly skippable: boolean;
}

/** Keeps a node below a rung until the gate opens. */
export interface Hold {
  readonly node: Node;
  readonly rank: number;
  readonly gate: PromiseWithResolvers<void>;
}

export class Node {
  readonly key: string;
  readonly step: (rank: number) => Promise<unknown>;
  readonly needs: Edge[] = [];
  readonly dependents: Edge[] = [];
  /** Open holds, and those that were refused: their node must not climb on as if it had been let go. */
  readonly holds = new Set<Hold>();
  /** One promise per rung that was demanded: whoever demands a rung demands all below it. */
  readonly rungs: Promise<void>[] = [];
  /** Highest rung that began, skipped ones included. It runs while `done` is lower. */
  entered = -1;
  /** Highest rung that is complete. */
  done = -1;
  settled = false;
  /** The rung above `done` was rejected, and with it all above. */
  failed = false;

  constructor(key: string, step: (rank: number) => Promise<unknown>) {
    this.key = key;
    this.step = step;
  }

  /** True while it is undecided whether this rung will be completed. */
  isOpen(rank: number): boolean {
    return rank > this.done && !this.failed;
  }

  /** True when this rung will never be completed. */
  isLost(rank: number): boolean {
    return rank > this.done && this.failed;
  }

  /** The edges that have to be satisfied before this rung may start. */
  demands(rank: number): Edge[] {
    return this.needs.filter((edge) => edge.neededBy === rank && !(edge.skippable && this.settled));
  }
}
