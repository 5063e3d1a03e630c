import { expect, test } from 'vitest';
import type { Services } from '../build/services.ts';
import type { ListedPackage, Session } from '../build/session.ts';
import type { EventBody } from '../model/event.ts';
import { tellPlan } from './plan.ts';

const listed = (name: string, state: ListedPackage['state']): ListedPackage => ({
  package: name,
  options: {},
  platforms: [],
  state,
  hasTest: name === 'a.old@r1',
  products: {},
});
const packages = [listed('a.new@r1', 'missing'), listed('a.old@r1', 'cached'), listed('a.apt@r1', 'user-managed')];

async function plan(queries: string[] = [], isTest = false): Promise<string[]> {
  const told: string[] = [];
  const emit = (event: EventBody) => void (event.type === 'log.message' && told.push(event.text));
  const session = { list: async () => packages } as unknown as Session;
  await tellPlan(session, { emit } as unknown as Services, { queries, isTest });
  return told;
}

test('a plan names what would be built and what would be checked', async () => {
  expect(await plan()).toEqual(['Would build a.new@r1', 'Would check a.apt@r1']);
});

test('a plan is about the packages that are asked for', async () => {
  expect(await plan(['new'])).toEqual(['Would build a.new@r1']);
  expect(await plan(['a.old'])).toEqual(['Nothing to build']);
});

test('a plan of tests names what has one', async () => {
  expect(await plan(['old', 'new'], true)).toEqual(['Would build a.new@r1', 'Would test a.old@r1']);
});

test('a plan refuses a query that matches nothing', async () => {
  await expect(plan(['new', 'nothing'])).rejects.toMatchObject({ code: 'QUERY_UNKNOWN' });
});
