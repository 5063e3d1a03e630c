import { expect, test } from 'vitest';
import type { Event, EventBody } from '../../model/event.ts';
import { reduce } from './reduce.ts';
import { listOf, windowOf } from './rows.ts';
import { createState, type State } from './state.ts';
import { linesOf } from './tail.ts';
import { factsOf } from './transfer.ts';

const error = { code: 'COMMAND_FAILED', message: 'No' } as const;
const started = (name: string): EventBody => ({ type: 'phase.started', package: name, phase: 'build' });
const entered = (name: string): EventBody => ({ type: 'lane.entered', package: name, lane: 'cpu' });
const failed = (name: string): EventBody => ({
  type: 'phase.failed',
  package: name,
  phase: 'build',
  durationMs: 5,
  error,
});
const printed = (name: string, text: string): EventBody => ({
  type: 'output.line',
  package: name,
  id: 1,
  stream: 'both',
  text,
});

function stateAfter(...events: EventBody[]): State {
  const state = createState();
  for (const [index, event] of events.entries()) reduce(state, { ...event, at: 1_000 * index } as Event);
  return state;
}

const names = (state: State) => listOf(state, 'live').map(({ name }) => name);

test('packages that have a place come before those that wait for one, and failures last', () => {
  const state = stateAfter(...['a', 'b', 'c', 'd'].map(started), entered('d'), entered('b'), failed('a'));
  expect(names(state)).toEqual(['b', 'd', 'c', 'a']);
  expect(state.lanes.cpu).toBe(2);
});

test('a failure stays when its package has ended, with what was printed; of others nothing is kept', () => {
  const end = (name: string, outcome: 'built' | 'failed' | 'cancelled'): EventBody => ({
    ...{ type: 'package.finished', package: name, outcome, durationMs: 9 },
    ...(outcome === 'failed' && { error }),
  });
  const state = stateAfter(
    ...['a', 'b', 'c'].map((name) => printed(name, 'oh')),
    ...[failed('a'), end('a', 'failed'), end('b', 'built'), failed('c'), end('c', 'cancelled')],
  );
  expect(names(state)).toEqual(['a']);
  expect(['a', 'b'].map((name) => linesOf(state.packages.get(name)?.tail ?? expect.fail()))).toEqual([['oh'], []]);
  expect([state.finished, state.outcomes]).toEqual([3, { failed: 1, built: 1, cancelled: 1 }]);
});

test('of what is printed the last part is kept, however much it is', () => {
  const state = createState();
  const line = 'x'.repeat(99);
  for (let index = 0; index < 100_000; index++) reduce(state, { ...printed('a', `${line}${index}`), at: 1 });
  const lines = linesOf(state.packages.get('a')?.tail ?? expect.fail());
  expect(lines.at(-1)).toBe(`${line}99999`);
  expect(lines.length).toBeLessThan(1_000);
  reduce(state, { ...printed('a', 'y'.repeat(1_000_000)), at: 1 });
  expect(linesOf(state.packages.get('a')?.tail ?? expect.fail()).join('').length).toBeLessThan(100_000);
});

test('a download has the speed of its last seconds and the time that is left', () => {
  const url = 'https://example.org/a.tar.gz';
  const at = (receivedBytes: number): EventBody => ({ type: 'fetch.progress', url, receivedBytes, sizeBytes: 10_000 });
  const state = stateAfter(
    { type: 'fetch.started', url, sizeBytes: 10_000 },
    ...[100, 200, 300, 400, 500, 600, 1_600, 2_600].map(at),
  );
  const facts = factsOf(state.transfers.values(), 8_000);
  expect(facts).toMatchObject({ receivedBytes: 2_600, sizeBytes: 10_000 });
  expect(facts.bytesPerSecond).toBeCloseTo(2_300 / 5);
  expect(factsOf(state.transfers.values(), 60_000).bytesPerSecond).toBeLessThan(50);
});

test('a download that begins again is as fast as it is then', () => {
  const url = 'https://example.org/a.tar.gz';
  const at = (receivedBytes: number): EventBody => ({ type: 'fetch.progress', url, receivedBytes });
  const state = stateAfter({ type: 'fetch.started', url }, at(9_000), at(0), at(100));
  expect(factsOf(state.transfers.values(), 3_000)).toEqual({ receivedBytes: 100, bytesPerSecond: 100 });
});

test('of a thousand packages as many have rows as there is room, and the rest is counted', () => {
  const all = Array.from({ length: 1_000 }, (_, index) => `p${index}`);
  const state = stateAfter(...all.map(started), ...all.slice(900).map(failed));
  const { rows, hidden } = windowOf(state, 'live', 12, undefined);
  expect(rows.length).toBe(12);
  expect(rows.filter(({ error: problem }) => problem).length).toBe(4);
  expect(hidden).toEqual({ active: 892, failed: 96, others: 0 });
  expect(windowOf(state, 'live', 12, 500).rows[6]?.name).toBe('p500');
});
