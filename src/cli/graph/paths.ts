// The ways that lead from what a project asks for to one of its packages, shortest first. There can be more of them than
// anybody could count, so each is found only when it is asked for.
import type { PackageEdge, PackageGraph, PackageRoot } from '../../model/package-graph.ts';

export interface Way {
  root: PackageRoot;
  /** From the root to the package; none when the root is the package. */
  steps: PackageEdge[];
}

/** A way from some package to the end, its first step outermost. */
interface Part {
  head: string;
  length: number;
  step?: PackageEdge;
  rest?: Part;
}

/**
 * The search goes backwards from the end, always on with the part that can become the shortest way: how far each
 * package is from a root is known beforehand, so it never loses itself among parts that no way is made of.
 */
export function* findWays(graph: PackageGraph, target: string): Generator<Way, void> {
  const roots = new Map(graph.roots.map((root) => [root.name, root]));
  const needers = Map.groupBy(graph.edges, ({ to }) => to);
  const depths = depthsOf(graph);
  // By the length that the whole way will have at least; of one length, the last comes first.
  const open: Part[][] = [];
  const put = (part: Part): void => {
    const depth = depths.get(part.head);
    if (depth === undefined) return;
    const length = part.length + depth;
    open[length] ??= [];
    open[length].push(part);
  };
  put({ head: target, length: 0 });
  for (let length = 0; length < open.length; length++) {
    for (let part = open[length]?.pop(); part; part = open[length]?.pop()) {
      const root = roots.get(part.head);
      if (root) yield { root, steps: stepsOf(part) };
      for (const step of (needers.get(part.head) ?? []).toReversed())
        if (!passes(part, step.from)) put({ head: step.from, length: part.length + 1, step, rest: part });
    }
  }
}

/** How many steps each package is from the nearest root. */
function depthsOf({ roots, edges }: PackageGraph): Map<string, number> {
  const needs = Map.groupBy(edges, ({ from }) => from);
  const depths = new Map(roots.map(({ name }) => [name, 0]));
  // A map that grows is walked to its new end, and grows by depth.
  for (const [name, depth] of depths)
    for (const { to } of needs.get(name) ?? []) if (!depths.has(to)) depths.set(to, depth + 1);
  return depths;
}

/** Packages may need one another in a ring, by different phases; a way goes through each once. */
function passes(part: Part, name: string): boolean {
  for (let at: Part | undefined = part; at; at = at.rest) if (at.head === name) return true;
  return false;
}

function stepsOf(part: Part): PackageEdge[] {
  const steps: PackageEdge[] = [];
  for (let at: Part | undefined = part; at; at = at.rest) if (at.step) steps.push(at.step);
  return steps;
}
