// Keeps nodes below a rung, and sees when all that could be known without letting one go is known: then it makes a
// round, in which the owner decides and releases. It refuses to know what is decided.
import type { Edge, Hold, Node } from './node.ts';

/** What is watched for quietness, and what to do then. */
interface Watch {
  readonly rank: number;
  /** Answers how much it changed. */
  readonly round: () => Promise<number> | number;
}

export interface QuietOptions {
  /** Calls back when every continuation that is due has run. */
  readonly defer: (callback: () => void) => void;
  /** Runs work that the ladder is not idle without. */
  readonly track: (work: () => Promise<void>) => Promise<void>;
}

export class Quiet {
  readonly #options: QuietOptions;
  readonly #holds = new Set<Hold>();
  /** Nodes whose watched rung was demanded and was not over when last looked at. */
  readonly #climbing = new Set<Node>();
  #watch: Watch | undefined;
  /** A judgement is due, or a round is being made. */
  #busy = false;

  constructor(options: QuietOptions) {
    this.#options = options;
  }

  watch(watch: Watch): void {
    this.#watch = watch;
  }

  hold(node: Node, rank: number): () => void {
    const hold: Hold = { node, rank, gate: Promise.withResolvers() };
    hold.gate.promise.catch(() => {});
    node.holds.add(hold);
    this.#holds.add(hold);
    this.look();
    return () => {
      if (!this.#holds.delete(hold)) return;
      node.holds.delete(hold);
      hold.gate.resolve();
    };
  }

  /** Rejects what waits at any hold. */
  refuseAll(reason: unknown): void {
    this.#refuse([...this.#holds], reason);
  }

  /** This rung of the node was demanded for the first time. */
  demanded(node: Node, rank: number): void {
    if (rank === this.#watch?.rank) this.#climbing.add(node);
  }

  /** Something happened that may have made it quiet: a rung is over, or a hold is new. Free while nobody is held. */
  look(): void {
    if (this.#busy || this.#watch === undefined || this.#holds.size === 0) return;
    this.#busy = true;
    const watch = this.#watch;
    void this.#options.track(() => this.#judge(watch));
  }

  async #judge({ rank, round }: Watch): Promise<void> {
    // A node between two rungs has continuations due, and has not yet demanded what it is about to demand.
    await new Promise<void>((resolve) => this.#options.defer(resolve));
    const quiet = this.#isQuiet(rank);
    if (quiet) await this.#makeRound(round);
    this.#busy = false;
    if (quiet) this.look();
  }

  async #makeRound(round: Watch['round']): Promise<void> {
    const seen = [...this.#holds];
    try {
      const changes = await round();
      // Nothing else will let these go: without an error the run would hang.
      if (changes === 0) this.#refuse(seen, new Error(`a round changed nothing, and left held ${keysOf(this.#holds)}`));
    } catch (error) {
      this.#refuse(seen, error);
    }
  }

  #refuse(holds: readonly Hold[], reason: unknown): void {
    for (const hold of holds) if (this.#holds.delete(hold)) hold.gate.reject(reason);
  }

  /** True when somebody is held, and every watched rung that was demanded is over or waits for a held node. */
  #isQuiet(rank: number): boolean {
    for (const node of this.#climbing) {
      if (!node.isOpen(rank)) this.#climbing.delete(node);
      // By far the most frequent answer, found without a walk: a step of this rung is running.
      else if (node.entered === rank) return false;
    }
    const stuck = findStuck(this.#holds);
    return this.#holds.size > 0 && [...this.#climbing].every((node) => (stuck.get(node) ?? Infinity) <= rank);
  }
}

/** For every node that waits, directly or not, for a release: the lowest rung it cannot complete without one. */
function findStuck(holds: Iterable<Hold>): Map<Node, number> {
  const stuck = new Map<Node, number>();
  const queue: { node: Node; rank: number }[] = [...holds];
  for (const { node, rank } of queue) {
    if ((stuck.get(node) ?? Infinity) <= rank) continue;
    stuck.set(node, rank);
    for (const edge of node.dependents) {
      if (edge.through >= rank && isCertain(edge)) queue.push({ node: edge.from, rank: edge.neededBy });
    }
  }
  return stuck;
}

/** True when `from` will demand this edge, whatever its steps answer. Until then it might settle, and need no release. */
function isCertain({ from, neededBy, skippable }: Edge): boolean {
  return !skippable || (!from.settled && from.done === neededBy - 1);
}

function keysOf(holds: Iterable<Hold>): string {
  return [...holds].map(({ node }) => `"${node.key}"`).join(', ');
}
