import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

/** Work that lasts until the test ends it. */
function createWork(lanes: Lanes, lane: string, signal?: AbortSignal, goesAhead?: boolean) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = { running: false, end: resolve, fail: reject, result: Promise.resolve('') };
  work.result = lanes.use(
    lane,
    () => {
      work.running = true;
      return promise;
    },
    signal,
    goesAhead,
  );
  work.result.catch(() => {});
  return work;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a lane lets in as many as its limit, then in the order of asking', async () => {
  const lanes = new Lanes({ cpu: 2 });
  const works = Array.from({ length: 5 }, () => createWork(lanes, 'cpu'));
  const running = () => works.map((work) => work.running);
  await turn();
  expect(running()).toEqual([true, true, false, false, false]);
  works[1]?.end('second');
  expect(await works[1]?.result).toBe('second');
  await turn();
  expect(running()).toEqual([true, true, true, false, false]);
  works[0]?.end('');
  works[2]?.end('');
  await turn();
  expect(running()).toEqual([true, true, true, true, true]);
  expect(lanes.inUse('cpu')).toBe(2);
});

test('who goes ahead waits only for those at work, and for those who went ahead before', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const first = createWork(lanes, 'cpu');
  const works = [undefined, true, true].map((goesAhead) => createWork(lanes, 'cpu', undefined, goesAhead));
  const [behind, ahead, next] = works;
  const running = () => works.map((work) => work.running);
  await turn();
  expect(running()).toEqual([false, false, false]);
  const ends: boolean[][] = [];
  for (const work of [first, ahead, next, behind]) {
    work?.end('');
    await work?.result;
    await turn();
    ends.push(running());
  }
  expect(ends).toEqual([
    [false, true, false],
    [false, true, true],
    [true, true, true],
    [true, true, true],
  ]);
});

test('a newcomer does not overtake the one a place is handed to', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const first = createWork(lanes, 'cpu');
  const second = createWork(lanes, 'cpu');
  await turn();
  first.end('');
  await first.result;
  const newcomer = createWork(lanes, 'cpu');
  await turn();
  expect([second.running, newcomer.running]).toEqual([true, false]);
});

test('a failure gives the place back', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const work = createWork(lanes, 'cpu');
  await turn();
  work.fail(new Error('boom'));
  await expect(work.result).rejects.toThrow('boom');
  expect(lanes.inUse('cpu')).toBe(0);
});

test('lanes are independent', async () => {
  const lanes = new Lanes({ cpu: 1, network: 1 });
  const works = [createWork(lanes, 'cpu'), createWork(lanes, 'network')];
  await turn();
  expect(works.map((work) => work.running)).toEqual([true, true]);
});

test('a waiter that is cancelled never runs and holds nobody up', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const cancel = new AbortController();
  const first = createWork(lanes, 'cpu');
  const cancelled = createWork(lanes, 'cpu', cancel.signal);
  const last = createWork(lanes, 'cpu');
  await turn();
  cancel.abort(new Error('enough'));
  await expect(cancelled.result).rejects.toThrow('enough');
  first.end('');
  await turn();
  expect([cancelled.running, last.running]).toEqual([false, true]);
});

test('a waiter that is cancelled in the turn in which it is let in passes the place on', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const cancel = new AbortController();
  const first = createWork(lanes, 'cpu');
  const cancelled = createWork(lanes, 'cpu', cancel.signal);
  const last = createWork(lanes, 'cpu');
  await turn();
  first.end('');
  await first.result;
  cancel.abort(new Error('enough'));
  await expect(cancelled.result).rejects.toThrow('enough');
  await turn();
  expect([cancelled.running, last.running]).toEqual([false, true]);
});

test('a signal that outlives the work remembers nothing of it', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const { signal } = new AbortController();
  const works = [createWork(lanes, 'cpu', signal), createWork(lanes, 'cpu', signal)];
  for (const work of works) {
    work.end('');
    await work.result;
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an aborted signal refuses work although the lane is free', async () => {
  const lanes = new Lanes({ cpu: 1 });
  await expect(lanes.use('cpu', async () => 'ran', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  expect(lanes.inUse('cpu')).toBe(0);
});

test('a lane that does not exist or lets nobody through is a bug', async () => {
  await expect(new Lanes({}).use('cpu', async () => {})).rejects.toThrow('no lane "cpu"');
  expect(() => new Lanes({ cpu: 0 })).toThrow('limit 0');
});
