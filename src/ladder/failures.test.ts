import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLadderRig, quiesce } from '../testing/ladder.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => void process.on('unhandledRejection', note));

afterEach(async () => {
  await quiesce();
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

const boom = () => {
  throw new Error('boom');
};

test('a failure rejects the rungs above, not those below', async () => {
  const { ladder, add, started, events } = createLadderRig();
  add('a', { fetch: boom });
  await expect(ladder.reach('a', 'done')).rejects.toThrow('boom');
  await expect(ladder.reach('a', 'setup')).rejects.toThrow('boom');
  await ladder.reach('a', 'import');
  expect(started()).not.toContain('a:build');
  expect(events.filter(({ type }) => type === 'failed')).toMatchObject([
    { key: 'a', rung: 'fetch', error: { message: 'boom' } },
  ]);
});

test('a failure blocks dependents, and the rest goes on', async () => {
  const { ladder, add, link, started, events } = createLadderRig();
  for (const key of ['app', 'other']) add(key);
  add('bad', { build: boom });
  link('app', 'bad');
  const [app, other] = await Promise.allSettled([ladder.reach('app', 'done'), ladder.reach('other', 'done')]);
  expect(app).toMatchObject({ reason: { code: 'DEPENDENCY_FAILED', facts: { failed: ['bad'] } } });
  expect(other.status).toBe('fulfilled');
  expect(started()).not.toContain('app:build');
  expect(events.filter(({ key, type }) => key === 'app' && type === 'failed')).toEqual([]);
});

test('a blocked node names every dependency that failed, once', async () => {
  const { ladder, add, link } = createLadderRig();
  const last = Promise.withResolvers<void>();
  add('app');
  add('good');
  add('quick', { recipe: boom });
  add('slow', { build: () => last.promise });
  for (const key of ['quick', 'good', 'slow', 'quick']) link('app', key);
  const done = ladder.reach('app', 'done');
  await quiesce();
  last.reject(new Error('boom'));
  await expect(done).rejects.toMatchObject({
    message: 'Cannot start "build" of "app": "quick", "slow" failed',
    facts: { failed: ['quick', 'slow'] },
  });
});

test('a failure above the rung that is needed blocks nobody', async () => {
  const { ladder, add, link } = createLadderRig();
  add('lib', { done: boom });
  add('app');
  link('app', 'lib', { through: 'setup' });
  await expect(ladder.reach('lib', 'done')).rejects.toThrow('boom');
  await ladder.reach('app', 'done');
});

test('a settled node does not mind a failure that it does not need', async () => {
  const { ladder, add, link } = createLadderRig();
  add('app', { check: () => 'settled' });
  add('compiler', { build: boom });
  link('app', 'compiler');
  await Promise.allSettled([ladder.reach('compiler', 'done')]);
  await ladder.reach('app', 'done');
});

test('fail-fast starts nothing after the first failure, and waits for what runs', async () => {
  const { ladder, add, link, started } = createLadderRig({ failFast: true });
  const compiled = Promise.withResolvers<void>();
  for (const key of ['app', 'held', 'late', 'unasked']) add(key);
  add('bad', { build: boom });
  add('running', { build: () => compiled.promise });
  link('app', 'bad');
  link('late', 'unasked', { neededBy: 'recipe' });
  ladder.hold('held', 'resolve');
  const keys = ['app', 'held', 'running'];
  const outcomes = Promise.allSettled(keys.map((key) => ladder.reach(key, 'done')));
  await quiesce();
  const before = started();
  await expect(ladder.reach('late', 'done')).rejects.toMatchObject({
    code: 'DEPENDENCY_FAILED',
    message: expect.stringContaining('"bad" failed, and the run stops'),
    facts: { failed: ['bad'] },
  });
  compiled.resolve();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ reason: { code: 'DEPENDENCY_FAILED', facts: { failed: ['bad'] } } });
  }
  await ladder.idle();
  expect(started()).toEqual(before);
});

test('cancelling starts nothing new, waits for what runs, and rejects with the reason', async () => {
  const stop = new AbortController();
  const { ladder, add, link, started } = createLadderRig({ signal: stop.signal });
  const ended = Promise.withResolvers<void>();
  add('running', { fetch: () => ended.promise });
  for (const key of ['app', 'held']) add(key);
  link('app', 'running');
  ladder.hold('held', 'resolve');
  const reached = ['running', 'app', 'held'].map((key) => ladder.reach(key, 'done'));
  await quiesce();
  const before = started();
  stop.abort(new Error('enough'));
  await expect(reached[2]).rejects.toThrow('enough');
  const said: string[] = [];
  const waiting = ladder.idle().then(() => said.push('idle'));
  await quiesce();
  expect(said).toEqual([]);
  ended.resolve();
  for (const each of reached) await expect(each).rejects.toThrow('enough');
  await waiting;
  expect(started()).toEqual(before);
});

test('a hold taken after a cancel holds nobody', async () => {
  const stop = new AbortController();
  const { ladder, add } = createLadderRig({ signal: stop.signal });
  add('a', {
    recipe: () => {
      stop.abort(new Error('enough'));
      ladder.hold('a', 'resolve');
    },
  });
  await expect(ladder.reach('a', 'done')).rejects.toThrow('enough');
});

test('cancelling refuses a hold at which nobody waits without an unhandled rejection', async () => {
  const stop = new AbortController();
  const { ladder, add } = createLadderRig({ signal: stop.signal });
  add('a');
  ladder.hold('a', 'resolve');
  stop.abort(new Error('enough'));
  await ladder.idle();
});
