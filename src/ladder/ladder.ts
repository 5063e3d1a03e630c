// Moves opaque nodes up a ladder of rungs: one memoised promise per node and rung, and the recursion of those promises
// is the schedule. It knows edges, holds and failures; it refuses to know what a node is, what a rung does, and lanes.
import type { Failure } from '../model/failure.ts';
import { findRing } from './cycle.ts';
import { cycle, dependencyFailed, late, stoppedBy } from './failures.ts';
import { type Edge, Node } from './node.ts';
import { Quiet } from './quiet.ts';

export interface Rung<Name extends string = string> {
  readonly name: Name;
  /** Skipped by a settled node. */
  readonly payload: boolean;
  /**
   * A node that starts this rung unsettled will climb the rest: what it needs for higher rungs is demanded now, so
   * that it is made meanwhile.
   */
  readonly demandsAhead?: boolean;
}

/** What climbs. */
export interface Climber<Name extends string = string> {
  readonly key: string;
  /**
   * Runs one rung. `'settled'`: the payload rungs above are as good as done. It may add, link and hold; it must never
   * wait for another node, which is what links are for.
   */
  step(rung: Name): Promise<'settled' | undefined>;
}

/** `from` may not start `neededBy` before `to` has completed `through`. */
export interface Link<Name extends string = string> {
  readonly from: string;
  readonly to: string;
  readonly neededBy: Name;
  readonly through: Name;
  /** Demanded even when `from` is settled. */
  readonly always?: boolean | undefined;
}

type Happening =
  /** The step begins. */
  | { readonly type: 'started' }
  /** The step is over; `settled` when it settled the node. */
  | { readonly type: 'finished'; readonly settled: boolean }
  /** The step threw. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** The rung waits for these nodes. */
  | { readonly type: 'blocked'; readonly on: string[] };

/** What an observer hears. A settled node says nothing of the rungs it skips. */
export type LadderEvent<Name extends string = string> = Happening & { readonly key: string; readonly rung: Name };

export interface LadderOptions<Name extends string = string> {
  /** In climbing order. */
  readonly rungs: readonly Rung<Name>[];
  /** When it fires, nothing new starts, and all that has not started rejects with its reason. */
  readonly signal: AbortSignal;
  /** Calls back when every continuation that is due has run, as `setImmediate` does. */
  readonly defer: (callback: () => void) => void;
  readonly observe?: (event: LadderEvent<Name>) => void;
  /** The first step that fails is the last thing to happen: what runs is waited for, nothing new starts. */
  readonly failFast?: boolean;
}

export class Ladder<Name extends string = string> {
  readonly #options: LadderOptions<Name>;
  readonly #ranks: ReadonlyMap<Name, number>;
  readonly #nodes = new Map<string, Node>();
  readonly #quiet: Quiet;
  /** Why nothing new starts: set by the first failure of a fail-fast run. */
  #stopped: Failure | undefined;
  /** Demanded rungs, and rounds made or considered, that are not over. */
  #open = 0;
  readonly #idlers: (() => void)[] = [];

  constructor(options: LadderOptions<Name>) {
    this.#options = options;
    this.#ranks = new Map(options.rungs.map(({ name }, rank) => [name, rank]));
    this.#quiet = new Quiet({ defer: options.defer, track: (work) => this.#track(work) });
    options.signal.addEventListener('abort', () => this.#quiet.refuseAll(options.signal.reason));
  }

  /** False when there is a node with this key already: that one stays. */
  add(climber: Climber<Name>): boolean {
    if (this.has(climber.key)) return false;
    this.#nodes.set(climber.key, new Node(climber.key, (rank) => climber.step(this.#rung(rank).name)));
    return true;
  }

  has(key: string): boolean {
    return this.#nodes.has(key);
  }

  /**
   * Makes one node wait for another. A link that is refused leaves no trace.
   *
   * @throws Failure DEPENDENCY_CYCLE, with the keys of the ring as `facts.path`; LATE_DEPENDENCY.
   */
  link(link: Link<Name>): void {
    const neededBy = this.#rank(link.neededBy);
    const [from, to] = [this.#node(link.from), this.#node(link.to)];
    const skippable = this.#rung(neededBy).payload && !link.always;
    const edge: Edge = { from, to, neededBy, through: this.#rank(link.through), skippable };
    const ring = findRing(edge);
    if (ring !== undefined) throw cycle(ring);
    if (from.entered >= neededBy) throw late(link);
    from.needs.push(edge);
    to.dependents.push(edge);
  }

  /** Keeps a node below a rung it has not begun, until the answer is called. Several holds add up. */
  hold(key: string, rung: Name): () => void {
    const [node, rank] = [this.#node(key), this.#rank(rung)];
    if (node.entered >= rank) throw new Error(`cannot hold "${key}" below "${rung}": it has begun`);
    return this.#quiet.hold(node, rank);
  }

  /** Resolves when the node has completed the rung; the first call makes it climb. */
  reach(key: string, rung: Name): Promise<void> {
    return this.#demand(this.#node(key), this.#rank(rung));
  }

  /**
   * Makes a round whenever somebody is held, and every node of which `rung` was demanded has completed it, has failed,
   * or cannot complete it before a held node is released. Never two rounds at once. The round answers how much it
   * changed: when it answers 0, or throws, what it left held is rejected. Call this before anything is reached.
   */
  onQuiet(rung: Name, round: () => Promise<number> | number): void {
    this.#quiet.watch({ rank: this.#rank(rung), round });
  }

  /** Resolves when all that was demanded is over and no round is due: no step runs, and none will start by itself. */
  async idle(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#idlers.push(resolve));
  }

  #demand(node: Node, rank: number): Promise<void> {
    while (node.rungs.length <= rank) {
      const next = node.rungs.length;
      const rung = this.#climb(node, next);
      // Delivered to whoever awaits the rung, who may come later or never.
      rung.catch(ignore);
      node.rungs.push(rung);
      this.#quiet.demanded(node, next);
    }
    return node.rungs[rank]!;
  }

  /** There is one of these for each rung of each node at the same time, so it does alone what others help with. */
  async #climb(node: Node, rank: number): Promise<void> {
    this.#open++;
    try {
      // Yields even on the lowest rung: otherwise a chain of prerequisites would be demanded on one stack.
      await node.rungs[rank - 1];
      // No turn may pass between the last look and the entry: a link or hold that came in it would be overlooked.
      for (let wait = this.#obstacle(node, rank); wait !== undefined; wait = this.#obstacle(node, rank)) await wait;
      node.entered = rank;
      if (!this.#skips(node, rank)) await this.#step(node, rank);
      node.done = rank;
    } catch (error) {
      node.failed = true;
      throw error;
    } finally {
      this.#quiet.look();
      this.#close();
    }
  }

  /** What the node has to wait for before it may start this rung, if anything. Throws when it never may. */
  #obstacle(node: Node, rank: number): Promise<unknown> | undefined {
    this.#options.signal.throwIfAborted();
    const demands = node.demands(rank);
    if (this.#stopped === undefined) {
      const hold = [...node.holds].find((candidate) => candidate.rank === rank);
      if (hold !== undefined) return hold.gate.promise;
      const open = demands.filter((edge) => edge.to.isOpen(edge.through));
      if (open.length > 0) return this.#await(node, rank, open);
    }
    const lost = demands.filter((edge) => edge.to.isLost(edge.through));
    if (lost.length > 0) throw dependencyFailed(node.key, this.#rung(rank).name, keysOf(lost));
    if (this.#stopped !== undefined) throw this.#stopped;
    return undefined;
  }

  /** Waits for all of them, failed or not, so that the failure can name every one. */
  #await(node: Node, rank: number, open: readonly Edge[]): Promise<unknown> {
    if (!this.#skips(node, rank)) this.#observe(node, rank, { type: 'blocked', on: keysOf(open) });
    return Promise.allSettled(open.map((edge) => this.#demand(edge.to, edge.through)));
  }

  async #step(node: Node, rank: number): Promise<void> {
    if (this.#rung(rank).demandsAhead) this.#demandAhead(node);
    this.#observe(node, rank, { type: 'started' });
    try {
      const settled = (await node.step(rank)) === 'settled';
      if (settled) node.settled = true;
      this.#observe(node, rank, { type: 'finished', settled });
    } catch (error) {
      this.#observe(node, rank, { type: 'failed', error });
      if (this.#options.failFast) this.#stop(node.key);
      throw error;
    }
  }

  /** All that the demanded rungs need; what the lower ones needed is done, and demanding it again changes nothing. */
  #demandAhead(node: Node): void {
    for (const { to, neededBy, through } of node.needs) {
      if (neededBy < node.rungs.length) void this.#demand(to, through);
    }
  }

  #stop(key: string): void {
    this.#stopped ??= stoppedBy(key);
    this.#quiet.refuseAll(this.#stopped);
  }

  async #track(work: () => Promise<void>): Promise<void> {
    this.#open++;
    try {
      await work();
    } finally {
      this.#close();
    }
  }

  #close(): void {
    this.#open--;
    if (this.#open === 0) for (const resolve of this.#idlers.splice(0)) resolve();
  }

  #skips(node: Node, rank: number): boolean {
    return node.settled && this.#rung(rank).payload;
  }

  #observe(node: Node, rank: number, what: Happening): void {
    this.#options.observe?.({ key: node.key, rung: this.#rung(rank).name, ...what });
  }

  #rung(rank: number): Rung<Name> {
    return this.#options.rungs[rank]!;
  }

  #rank(rung: Name): number {
    const rank = this.#ranks.get(rung);
    if (rank === undefined) throw new Error(`no rung "${rung}"`);
    return rank;
  }

  #node(key: string): Node {
    const node = this.#nodes.get(key);
    if (node === undefined) throw new Error(`no node "${key}"`);
    return node;
  }
}

function ignore(): void {}

/** The keys of the nodes that are waited for, each once. */
function keysOf(edges: readonly Edge[]): string[] {
  return [...new Set(edges.map((edge) => edge.to.key))];
}
