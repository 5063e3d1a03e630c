// Finds the ring that a new edge would close. Rungs count: A may need B for a high rung while B needs a low rung of A.
// Settling is ignored on purpose: a ring is an error whether or not a cache would have hidden it.
import type { Edge, Node } from './node.ts';

/** A node with the rungs of it that matter: `level` and all below (all above, when looking up; see `UP`). */
interface Spot {
  readonly node: Node;
  readonly level: number;
  /** The spot it was reached from. */
  readonly parent?: Spot;
}

/** One way to walk the edges. An edge is walked from a spot whose level is at least `near`. */
interface Direction {
  edges(node: Node): readonly Edge[];
  near(edge: Edge): number;
  far(edge: Edge): Spot;
}

/** From a rung to the rungs it waits for. */
const DOWN: Direction = {
  edges: (node) => node.needs,
  near: (edge) => edge.neededBy,
  far: (edge) => ({ node: edge.to, level: edge.through }),
};

/** From a rung to the rungs that wait for it. Levels are negated ranks, so that "reaches further" is "greater" here too. */
const UP: Direction = {
  edges: (node) => node.dependents,
  near: (edge) => -edge.through,
  far: (edge) => ({ node: edge.from, level: -edge.neededBy }),
};

/**
 * The keys of the ring that `edge` would close, from `edge.from` back to `edge.from`; undefined when there is none.
 *
 * Either direction alone gives the answer. They take turns edge by edge, and the first to finish ends both: so a chain
 * is linked in linear time from either end, because on one side nobody waits yet, or nothing is waited for yet.
 */
export function findRing(edge: Edge): string[] | undefined {
  const lower: Spot = { node: edge.to, level: edge.through };
  const upper: Spot = { node: edge.from, level: edge.neededBy };
  const down = search(DOWN, lower, upper);
  const up = search(UP, negate(upper), negate(lower));
  for (;;) {
    const below = down.next();
    if (below.done) return below.value && [edge.from.key, ...trail(below.value).reverse()];
    const above = up.next();
    if (above.done) return above.value && [edge.from.key, ...trail(above.value)];
  }
}

/** Breadth first, hence a shortest path; yields after every edge it looks at. */
function* search(direction: Direction, start: Spot, goal: Spot): Generator<undefined, Spot | undefined> {
  const levels = new Map<Node, number>();
  const queue = [start];
  for (const spot of queue) {
    if (spot.node === goal.node && spot.level >= goal.level) return spot;
    if ((levels.get(spot.node) ?? Number.NEGATIVE_INFINITY) >= spot.level) continue;
    levels.set(spot.node, spot.level);
    for (const edge of direction.edges(spot.node)) {
      if (direction.near(edge) <= spot.level) queue.push({ ...direction.far(edge), parent: spot });
      yield;
    }
  }
  return undefined;
}

const negate = ({ node, level }: Spot): Spot => ({ node, level: -level });

/** Keys from the spot back to where the search began. */
function trail(spot: Spot): string[] {
  const keys: string[] = [];
  for (let at: Spot | undefined = spot; at !== undefined; at = at.parent) keys.push(at.node.key);
  return keys;
}
