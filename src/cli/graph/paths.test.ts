import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PackageGraph } from '../../model/package-graph.ts';
import { findWays } from './paths.ts';

/** `a>b` for an edge. */
function graphOf(roots: string[], arrows: string[]): PackageGraph {
  const edges = arrows.map((arrow) => {
    const [from = '', to = ''] = arrow.split('>');
    return { from, to, kind: 'strong', neededBy: 'build', runtime: false, setup: [] } as const;
  });
  return {
    roots: roots.map((name) => ({ name, isShell: false })),
    packages: [],
    edges: edges.map((edge) => ({ ...edge, setup: [] })),
    unused: [],
  };
}

const ways = (graph: PackageGraph, target: string, most = 100) =>
  findWays(graph, target)
    .take(most)
    .map(({ root, steps }) => [root.name, ...steps.map(({ to }) => to)].join('>'))
    .toArray();

test('every way is found, the shortest first', () => {
  const graph = graphOf(['app', 'zlib'], ['app>lib', 'app>zlib', 'lib>mid', 'mid>zlib', 'lib>zlib']);
  expect(ways(graph, 'zlib')).toEqual(['zlib', 'app>zlib', 'app>lib>zlib', 'app>lib>mid>zlib']);
});

test('a package that nothing leads to has no way', () => {
  expect(ways(graphOf(['app'], ['lost>zlib']), 'zlib')).toEqual([]);
});

test('rings are gone through once', () => {
  expect(ways(graphOf(['a'], ['a>b', 'b>a', 'b>c', 'c>b']), 'c')).toEqual(['a>b>c']);
});

test('among more ways than anybody could count, the first are found at once', () => {
  const steps = Array.from({ length: 60 }, (_, i) => [`${i}>l${i}`, `${i}>r${i}`, `l${i}>${i + 1}`, `r${i}>${i + 1}`]);
  const graph = graphOf(['0'], steps.flat());
  expect(new Set(ways(graph, '60', 50)).size).toBe(50);
});

test('as many ways are found as an exhaustive walk finds, in order of length', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const arrow = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).map(([from, to]) => `${from}>${to}`);
  const property = fc.property(fc.uniqueArray(arrow, { maxLength: 14 }), fc.subarray(names), (arrows, roots) => {
    const walk = (way: string): string[] => [
      ...(way.endsWith('e') ? [way] : []),
      ...arrows
        .filter((one) => one.startsWith(way.at(-1) as string) && !way.includes(one.at(-1) as string))
        .flatMap((one) => walk(`${way}>${one.at(-1)}`)),
    ];
    const found = ways(graphOf(roots, arrows), 'e', 10_000);
    expect([...found].sort()).toEqual(roots.flatMap(walk).sort());
    expect(found.map(({ length }) => length)).toEqual(found.map(({ length }) => length).sort((a, b) => a - b));
  });
  fc.assert(property);
});
