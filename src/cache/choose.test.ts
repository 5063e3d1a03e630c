import { expect, test } from 'vitest';
import { choose, findNeeded, withUses } from './choose.ts';
import type { Holding, HoldingKind } from './holdings.ts';
import type { ProjectState } from './projects.ts';
import type { EntryRecord } from './record.ts';

const DAY_MS = 86_400_000;
const NOW = 1000 * DAY_MS;
const HASH = 'ab'.repeat(32);

function holding(kind: HoldingKind, unit: string, daysAgo: number, sizeBytes = 10): Holding {
  return { kind, path: unit, unit, sizeBytes, usedAt: NOW - daysAgo * DAY_MS };
}

function asset(name: string, facts: Partial<EntryRecord> = {}): Holding {
  const record = { key: name, runtime: [], sources: [], ...facts } as unknown as EntryRecord;
  return { ...holding('asset', `assets/${name}`, 100), record };
}

function project(names: string[], state: ProjectState['state'] = 'present'): ProjectState {
  return { manifest: '/p/galley.js', host: 'here', file: '', usedAt: NOW - DAY_MS, names, state };
}

const pathsOf = (holdings: readonly Holding[]): string[] => holdings.map(({ path }) => path);

test('what a project wants needs what it runs with, all the way, and what it was made from', () => {
  const holdings = [
    asset('app', { runtime: ['lib'] }),
    asset('lib', { runtime: ['libc'], sources: [{ record: 'x', sha256: HASH }] as never }),
    asset('libc'),
    asset('other'),
  ];
  const needed = findNeeded(holdings, [project(['assets/app'])]);
  expect([...needed].sort()).toEqual(['assets/app', 'assets/lib', 'assets/libc', `downloads/sha256/ab/${HASH}`]);
  expect(findNeeded(holdings, [project(['assets/app'], 'gone')]).size).toBe(0);
  expect(findNeeded(holdings, [project(['assets/app'], 'elsewhere')]).size).toBe(4);
});

test('a project tells the last use of what it names, also when it is gone', () => {
  expect(withUses([asset('app')], [project(['assets/app'], 'gone')])[0]?.usedAt).toBe(NOW - DAY_MS);
});

test('by age goes what is older and needed by nobody, the biggest first', () => {
  const holdings = [
    holding('log', 'a', 31, 1),
    holding('asset', 'b', 30, 9),
    holding('asset', 'c', 29),
    holding('asset', 'd', 99),
  ];
  expect(pathsOf(choose(holdings, new Set(['d']), { olderThanMs: 30 * DAY_MS }, NOW))).toEqual(['b', 'a']);
});

test('by size goes what was unused for longest, and no more than is necessary', () => {
  const holdings = [
    holding('asset', 'a', 1),
    holding('download', 'b', 3),
    holding('asset', 'c', 2),
    holding('asset', 'd', 9),
  ];
  expect(pathsOf(choose(holdings, new Set(['d']), { maxBytes: 20 }, NOW))).toEqual(['b', 'c']);
  expect(choose(holdings, new Set(['d']), { maxBytes: 40 }, NOW)).toEqual([]);
  expect(pathsOf(choose(holdings, new Set(['d']), { maxBytes: 0 }, NOW))).toEqual(['b', 'c', 'a']);
});

test('age and size together take what either of them takes', () => {
  const holdings = [holding('asset', 'a', 50), holding('asset', 'b', 3), holding('asset', 'c', 2)];
  expect(pathsOf(choose(holdings, new Set(), { olderThanMs: 30 * DAY_MS, maxBytes: 10 }, NOW))).toEqual(['a', 'b']);
});

test('without projects all may go, but not what somebody may be writing at this moment', () => {
  const [young, old] = [59, 61].map((minutes) => ({ ...holding('part', 'p', 0), usedAt: NOW - minutes * 60_000 }));
  const holdings = [asset('app'), young!, { ...old!, path: 'q' }, { ...young!, kind: 'waste' as const, path: 'w' }];
  const policy = { olderThanMs: 0, ignoresProjects: true };
  expect(pathsOf(choose(holdings, new Set(['assets/app']), policy, NOW))).toEqual(['assets/app', 'q']);
});

test('the work of a failure is wanted by no project, and goes when it is old', () => {
  const work = { ...holding('work', 'assets/app/failed', 31), unit: 'assets/app' };
  expect(choose([work], new Set(['assets/app']), { olderThanMs: 30 * DAY_MS }, NOW)).toEqual([work]);
});

test('what lies about in an entry that is used is as old as it is', () => {
  const inUse = (['waste', 'work'] as const).map((kind) => ({ ...holding(kind, kind, 40), unit: 'assets/app' }));
  expect(choose(withUses(inUse, [project(['assets/app'])]), new Set(), { olderThanMs: 30 * DAY_MS }, NOW)).toEqual(
    inUse,
  );
});

test('waste goes whatever the policy says', () => {
  expect(pathsOf(choose([holding('waste', 'w', 1), holding('part', 'p', 1)], new Set(), {}, NOW))).toEqual(['w']);
});

test('what two projects have used was used when the later did, or later still', () => {
  const projects = [2, 1, 3].map((days) => ({ ...project(['a', 'b']), usedAt: NOW - days * DAY_MS }));
  const uses = withUses([holding('log', 'a', 9), holding('log', 'b', 0), holding('log', 'c', 9)], projects);
  expect(uses.map(({ usedAt }) => (NOW - usedAt) / DAY_MS)).toEqual([1, 0, 9]);
});
