import path from 'node:path';
import { expect, test } from 'vitest';
import type { PackageEdge, PackageGraph, PackageNode } from '../../model/package-graph.ts';
import { expectGolden } from '../../testing/golden.ts';
import { formatDot } from './dot.ts';
import { graphToJson } from './json.ts';
import { formatMermaid } from './mermaid.ts';
import { ASCII_TWIGS, formatTree, UNICODE_TWIGS } from './tree.ts';

const node = (name: string, more: Partial<PackageNode> = {}): PackageNode => ({
  name,
  package: name,
  options: {},
  state: 'missing',
  hasTest: false,
  products: [],
  ...more,
});
const edge = (from: string, to: string, more: Partial<PackageEdge> = {}): PackageEdge => ({
  from,
  to,
  kind: 'strong',
  neededBy: 'build',
  runtime: false,
  setup: [],
  declared: { file: `/recipes/${from}.js`, path: ['dependencies', 0] },
  ...more,
});

/** Every kind of need, every state, and a name with all that a language could take for its own. */
const ODD = 't.zlib@r1{"v":"1.2\\"`<b>%%{x}%%"}';
const GRAPH: PackageGraph = {
  roots: [
    { name: 't.app@r1', isShell: false },
    { name: 't.none@r1', isShell: false },
    { name: 't.sh@r1', isShell: true },
  ],
  packages: [
    node('t.app@r1'),
    node('t.cc@r1', { state: 'cached', key: '00ff', products: ['cc'] }),
    node('t.lib@r1'),
    node('t.none@r1', { state: 'failed', problem: 'Cannot find recipe t.none@r1\nanywhere' }),
    node('t.oven@r1', { state: 'user-managed' }),
    node('t.sh@r1', { state: 'skipped' }),
    node(ODD, { package: 't.zlib@r1', options: { v: '1.2"`<b>%%{x}%%' } }),
  ],
  edges: [
    edge('t.app@r1', 't.lib@r1', { neededBy: 'recipe' }),
    edge('t.app@r1', ODD, { kind: 'weak', query: 'zlib', neededBy: 'install', as: 'z', runtime: true }),
    edge('t.app@r1', 't.oven@r1', { neededBy: 'check', setup: ['udev', 'group'] }),
    edge('t.lib@r1', ODD, { kind: 'reference', query: 'zlib' }),
    edge('t.lib@r1', 't.cc@r1', { kind: 'found', neededBy: 'setup', runtime: true }),
    edge(ODD, 't.cc@r1', { kind: 'product', query: 'cc' }),
  ],
  unused: ['t.spare@r1'],
};

test.each([
  ['tree.txt', formatTree(GRAPH, UNICODE_TWIGS)],
  ['tree-ascii.txt', formatTree(GRAPH, ASCII_TWIGS)],
  ['graph.dot', formatDot(GRAPH)],
  ['graph.mmd', formatMermaid(GRAPH)],
  ['json.txt', JSON.stringify(graphToJson(GRAPH), null, 2)],
])('%s is how a graph of every kind of need looks', (name, text) => {
  expectGolden(path.join(import.meta.dirname, '../../../test_data/graph', name), `${text}\n`);
});

test('a ring of packages, which different phases allow, is told once', () => {
  const ring = {
    ...GRAPH,
    roots: [{ name: 'a', isShell: false }],
    packages: [node('a'), node('b')],
    edges: [edge('a', 'b'), edge('b', 'a', { neededBy: 'recipe' })],
  };
  expect(formatTree(ring, ASCII_TWIGS).split('\n')).toHaveLength(3);
});
