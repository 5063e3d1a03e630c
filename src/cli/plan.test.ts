import { expect, test } from 'vitest';
import type { Services } from '../build/services.ts';
import type { Session } from '../build/session.ts';
import type { EventBody } from '../model/event.ts';
import type { PackageEdge, PackageGraph, PackageNode, PackageState } from '../model/package-graph.ts';
import { type PlanOptions, tellPlan } from './plan.ts';

const node = (name: string, state: PackageState): PackageNode => ({
  name,
  package: name,
  options: {},
  state,
  hasTest: name === 'a.old@r1',
  products: name === 'a.tool@r1' ? ['tool'] : [],
});
const edge = (from: string, to: string, runtime = false): PackageEdge => ({
  from,
  to,
  kind: 'strong',
  neededBy: 'build',
  runtime,
  setup: [],
});
const ROOTS = ['a.new@r1', 'a.old@r1', 'a.apt@r1'];
const GRAPH: PackageGraph = {
  roots: ROOTS.map((name) => ({ name, isShell: false })),
  packages: [
    node('a.new@r1', 'missing'),
    node('a.old@r1', 'cached'),
    node('a.apt@r1', 'user-managed'),
    node('a.cc@r1', 'missing'),
    node('a.tool@r1', 'missing'),
    node('a.lib@r1', 'missing'),
  ],
  edges: [edge('a.new@r1', 'a.cc@r1'), edge('a.old@r1', 'a.tool@r1'), edge('a.old@r1', 'a.lib@r1', true)],
  unused: [],
};

async function plan(queries: string[] = [], options: Omit<PlanOptions, 'queries'> = {}): Promise<string[]> {
  const told: string[] = [];
  const emit = (event: EventBody) => void (event.type === 'log.message' && told.push(event.text));
  const session = { graph: async () => GRAPH } as unknown as Session;
  await tellPlan(session, { emit } as unknown as Services, { queries, ...options });
  return told;
}

test('a plan names what would be built, with what that needs, and what would be checked', async () => {
  const told = ['Would build a.new@r1', 'Would check a.apt@r1', 'Would build a.cc@r1', 'Would build a.lib@r1'];
  expect(await plan()).toEqual(told);
});

test('a plan does not name what only made something that is there', async () => {
  expect(await plan(['a.old'])).toEqual(['Would build a.lib@r1']);
});

test('a plan is about the packages that are asked for, of the manifest or not', async () => {
  expect(await plan(['new'])).toEqual(['Would build a.new@r1', 'Would build a.cc@r1']);
  expect(await plan(['cc'])).toEqual(['Would build a.cc@r1']);
});

test('a plan of making anew takes what is asked for, or everything, for missing', async () => {
  expect(await plan(['old'], { anew: 'asked' })).toEqual([
    ...['Would build a.old@r1', 'Would build a.tool@r1', 'Would build a.lib@r1'],
  ]);
  expect(await plan([], { anew: 'everything' })).toContain('Would build a.old@r1');
});

test('a plan names what offers a product that is wanted', async () => {
  expect(await plan(['old'], { products: ['tool'] })).toEqual(['Would build a.tool@r1', 'Would build a.lib@r1']);
});

test('a plan of tests names what has one', async () => {
  expect(await plan(['old'], { isTest: true })).toEqual(['Would build a.lib@r1', 'Would test a.old@r1']);
});

test('a plan refuses a query that matches nothing', async () => {
  await expect(plan(['new', 'nothing'])).rejects.toMatchObject({ code: 'QUERY_UNKNOWN' });
});
