// The part of a graph that queries mean.
import { matchesQuery, parseIdentity } from './identity.ts';
import type { PackageGraph, PackageNode } from './package-graph.ts';
import { unknownQuery } from './unknown-query.ts';

/** Every package that a query means: a look may be at several. */
export function matching({ packages }: PackageGraph, query: string): PackageNode[] {
  return packages.filter((node) => {
    const identity = parseIdentity(node.package);
    return node.name === query || (identity !== undefined && matchesQuery(query, identity));
  });
}

/**
 * What the queries mean, with all that it needs; the whole graph when there are none.
 *
 * @throws Failure QUERY_UNKNOWN
 */
export function narrow(graph: PackageGraph, queries: readonly string[]): PackageGraph {
  if (queries.length === 0) return graph;
  const asked = queries.flatMap((query) => {
    const found = matching(graph, query);
    if (found.length > 0) return found;
    throw unknownQuery(
      query,
      graph.packages.map((node) => node.package),
    );
  });
  const needs = Map.groupBy(graph.edges, ({ from }) => from);
  const reached = new Set(asked.map(({ name }) => name));
  // A set that grows is walked to its new end.
  for (const name of reached) for (const { to } of needs.get(name) ?? []) reached.add(to);
  return {
    roots: asked.map(({ name }) => graph.roots.find((root) => root.name === name) ?? { name, isShell: false }),
    packages: graph.packages.filter(({ name }) => reached.has(name)),
    edges: graph.edges.filter(({ from }) => reached.has(from)),
    unused: [],
  };
}
