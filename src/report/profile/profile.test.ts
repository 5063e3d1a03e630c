import { expect, test } from 'vitest';
import type { Event } from '../../model/event.ts';
import { createProfileReporter, type TraceEvent } from './profile.ts';

async function profile(events: readonly Event[]): Promise<TraceEvent[]> {
  let text = '';
  const reporter = createProfileReporter(async (whole) => {
    text += whole;
  });
  for (const event of events) reporter.report(event);
  await reporter.close();
  return (JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents;
}

/** Row → its spans, as `name start-end` in milliseconds. */
function rowsOf(events: readonly TraceEvent[]): Record<string, string[]> {
  const names = events.filter(({ name }) => name === 'thread_name').map(({ tid, args }) => [tid, args.name] as const);
  return Object.fromEntries(
    names.map(([tid, name]) => [
      name,
      events
        .filter((event) => event.ph === 'X' && event.tid === tid)
        .map(({ name: what, ts = 0, dur = 0 }) => `${what} ${ts / 1000}-${(ts + dur) / 1000}`),
    ]),
  );
}

const [a, b] = ['acme.a@r1', 'acme.b@r1'];
const run: Event = { type: 'run.started', at: 100, schema: 1, version: '7', command: 'sync', jobs: 2 };
const begun = (at: number, name: string, phase: 'fetch' | 'build'): Event => {
  return { type: 'phase.started', at, package: name, phase };
};
const over = (at: number, name: string, phase: 'fetch' | 'build'): Event => {
  return { type: 'phase.finished', at, package: name, phase, durationMs: 0 };
};
const fetched = { sha256: '', sizeBytes: 3, from: 'network' } as const;

test('a profile has a row for each package with its phases, and in them what they did', async () => {
  const events = await profile([
    run,
    begun(101, a, 'fetch'),
    { type: 'fetch.started', at: 102, package: a, url: 'https://x.test/one.tar?y/z' },
    { type: 'fetch.started', at: 103, package: a, url: 'https://x.test/two/' },
    { type: 'phase.blocked', at: 104, package: b, phase: 'build', on: [a] },
    { type: 'fetch.finished', at: 105, package: a, url: 'https://x.test/one.tar?y/z', ...fetched },
    { type: 'fetch.finished', at: 106, package: a, url: 'https://x.test/two/', ...fetched },
    over(106, a, 'fetch'),
    begun(106, b, 'build'),
    { type: 'lane.entered', at: 107, package: b, lane: 'cpu' },
    { type: 'command.started', at: 107, package: b, phase: 'build', id: 1, script: ' make\nmake install', cwd: '/' },
    { type: 'command.finished', at: 109, package: b, phase: 'build', id: 1, exitCode: 0, durationMs: 3 },
    over(109, b, 'build'),
    { type: 'run.finished', at: 110, outcome: 'ok', durationMs: 10, counts: {} },
  ]);
  expect(rowsOf(events)).toEqual({
    galley: ['sync 0-10'],
    [a]: ['fetch 1-6', 'fetch one.tar 2-5'],
    [`${a} (2)`]: ['fetch two 3-6'],
    [b]: ['wait for acme.a@r1 4-6', 'build 6-9', 'wait for its turn 6-7', 'make 7-9'],
  });
  expect(events[0]).toEqual({ name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: 'galley sync' } });
  expect(events.find(({ name }) => name === 'make')).toMatchObject({
    cat: 'command',
    args: { exitCode: 0, script: ' make\nmake install' },
  });
});

test('what nobody ended ends with what it belonged to, or with the last event', async () => {
  const error = { code: 'FETCH_FAILED', message: 'No' } as const;
  const events = await profile([
    run,
    begun(101, a, 'fetch'),
    { type: 'fetch.started', at: 102, package: a, url: 'https://x.test/one' },
    { type: 'phase.failed', at: 104, package: a, phase: 'fetch', durationMs: 3, error },
    begun(105, b, 'build'),
    { type: 'command.started', at: 106, package: b, phase: 'build', id: 1, script: 'sleep 9', cwd: '/' },
    { type: 'log.message', at: 120, level: 'info', text: '' },
  ]);
  expect(rowsOf(events)).toEqual({
    galley: ['sync 0-20'],
    [a]: ['fetch 1-4', 'fetch one 2-4'],
    [b]: ['build 5-20', 'sleep 9 6-20'],
  });
  const facts = events.filter(({ ph }) => ph === 'X').map(({ name, args }) => [name, args.failed ?? args.unfinished]);
  expect(Object.fromEntries(facts)).toEqual({
    ...{ sync: true, fetch: 'FETCH_FAILED', 'fetch one': true },
    ...{ build: true, 'sleep 9': true },
  });
});

test('a profile of nothing is a profile', async () => {
  expect(await profile([])).toEqual([expect.objectContaining({ name: 'process_name' })]);
});

test('a clock that goes back makes no span end before it begins', async () => {
  const events = await profile([run, begun(150, a, 'build'), over(120, a, 'build')]);
  expect(rowsOf(events)).toMatchObject({ [a]: ['build 50-50'] });
});
