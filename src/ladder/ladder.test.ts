import { expect, test } from 'vitest';
import { createLadderRig, NAMES, quiesce } from '../testing/ladder.ts';
import { Lanes } from './lanes.ts';

test('a node climbs only as far as asked', async () => {
  const { ladder, add, started } = createLadderRig();
  add('a');
  await ladder.reach('a', 'resolve');
  expect(started()).toEqual(['a:recipe', 'a:resolve']);
  await ladder.reach('a', 'done');
  expect(started()).toEqual(NAMES.map((name) => `a:${name}`));
});

test('all who ask for a rung share one run', async () => {
  const { ladder, add, started } = createLadderRig();
  add('a');
  expect(ladder.reach('a', 'done')).toBe(ladder.reach('a', 'done'));
  await Promise.all([ladder.reach('a', 'build'), ladder.reach('a', 'done')]);
  expect(started()).toHaveLength(NAMES.length);
});

test('a key is added once', () => {
  const { ladder } = createLadderRig();
  const climber = { key: 'a', step: async () => undefined };
  expect([ladder.has('a'), ladder.add(climber), ladder.add(climber), ladder.has('a')]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test('unknown keys and rungs are bugs', () => {
  const { ladder, add } = createLadderRig();
  add('a');
  expect(() => ladder.reach('b', 'done')).toThrow('no node "b"');
  expect(() => ladder.reach('a', 'dance' as 'done')).toThrow('no rung "dance"');
});

test('a node waits for a dependency only below the rung that needs it', async () => {
  const { ladder, add, link, started, events } = createLadderRig();
  const compiled = Promise.withResolvers<void>();
  add('app');
  add('lib', { build: () => compiled.promise });
  link('app', 'lib');
  const done = ladder.reach('app', 'done');
  await quiesce();
  expect(started()).toContain('app:fetch');
  expect(started()).not.toContain('app:build');
  expect(events).toContainEqual({ type: 'blocked', key: 'app', rung: 'build', on: ['lib'] });
  compiled.resolve();
  await done;
  expect(started().indexOf('lib:setup')).toBeLessThan(started().indexOf('app:build'));
  expect(started()).not.toContain('lib:done');
});

test('what higher rungs need is made while a rung that demands ahead runs', async () => {
  const { ladder, add, link, started } = createLadderRig();
  const downloaded = Promise.withResolvers<void>();
  add('app', { fetch: () => downloaded.promise });
  for (const key of ['lib', 'service']) add(key);
  link('app', 'lib');
  link('app', 'service', { neededBy: 'done' });
  const built = ladder.reach('app', 'build');
  await quiesce();
  expect(started()).toContain('lib:setup');
  expect(started()).not.toContain('service:recipe');
  downloaded.resolve();
  await built;
});

test('the graph grows while it is climbed', async () => {
  const { ladder, add, link, started } = createLadderRig();
  add('root', {
    recipe: () => {
      add('leaf');
      link('root', 'leaf', { neededBy: 'fetch' });
    },
  });
  await ladder.reach('root', 'done');
  expect(started().indexOf('leaf:setup')).toBeLessThan(started().indexOf('root:fetch'));
});

test('a link that is made while a rung waits for others is waited for too', async () => {
  const { ladder, add, link, started } = createLadderRig();
  add('app');
  add('late');
  add('lib', { build: () => link('app', 'late') });
  link('app', 'lib');
  await ladder.reach('app', 'done');
  expect(started().indexOf('late:setup')).toBeLessThan(started().indexOf('app:build'));
});

test('a prerequisite is complete before the lowest rung starts', async () => {
  const { ladder, add, link, started } = createLadderRig();
  add('tool');
  add('a');
  link('a', 'tool', { neededBy: 'recipe', through: 'done' });
  await ladder.reach('a', 'recipe');
  expect(started().indexOf('tool:done')).toBeLessThan(started().indexOf('a:recipe'));
});

test.each(['check', 'import'] as const)('a node settled by %s skips payload rungs and what they need', async (rung) => {
  const { ladder, add, link, started, events } = createLadderRig();
  add('a', { [rung]: () => 'settled' });
  add('compiler');
  add('runtime');
  add('service');
  link('a', 'compiler', { neededBy: 'build' });
  link('a', 'runtime', { neededBy: 'build', always: true });
  link('a', 'service', { neededBy: 'setup' });
  await ladder.reach('a', 'done');
  const below = NAMES.slice(0, NAMES.indexOf(rung) + 1);
  const own = started().filter((step) => step.startsWith('a:'));
  expect(own).toEqual([...below, 'setup', 'done'].map((name) => `a:${name}`));
  expect(started()).not.toContain('compiler:recipe');
  expect(started().indexOf('service:setup')).toBeLessThan(started().indexOf('a:setup'));
  expect(started()).toContain('runtime:setup');
  expect(events).toContainEqual({ type: 'finished', key: 'a', rung, settled: true });
  const heard = events.filter(({ key, type }) => key === 'a' && type === 'blocked');
  expect(heard).toEqual([{ type: 'blocked', key: 'a', rung: 'setup', on: ['service'] }]);
});

test('a lane of one is enough for a chain, because waiting for a dependency takes no place in it', async () => {
  const lanes = new Lanes({ cpu: 1 });
  const { ladder, add, link } = createLadderRig();
  let peak = 0;
  const work = () =>
    lanes.use('cpu', async () => {
      peak = Math.max(peak, lanes.inUse('cpu'));
    });
  for (let i = 0; i < 8; i++) add(`p${i}`, { fetch: work, build: work });
  for (let i = 1; i < 8; i++) link(`p${i}`, `p${i - 1}`, { neededBy: i % 2 ? 'build' : 'fetch' });
  await ladder.reach('p7', 'done');
  expect(peak).toBe(1);
});

test('a dependency that comes too late is refused', async () => {
  const { ladder, add, link } = createLadderRig();
  add('b');
  add('a', { build: () => link('a', 'b', { neededBy: 'fetch' }) });
  await expect(ladder.reach('a', 'done')).rejects.toMatchObject({
    code: 'LATE_DEPENDENCY',
    facts: { from: 'a', to: 'b' },
  });
});

test('a dependency of the rung that runs is too late, one of the next rung is not', async () => {
  const { ladder, add, link } = createLadderRig();
  add('b');
  add('a', {
    fetch: () => {
      expect(() => link('a', 'b', { neededBy: 'fetch' })).toThrow('"fetch" has begun');
      link('a', 'b', { neededBy: 'build' });
    },
  });
  await ladder.reach('a', 'done');
});

test('a held node stays below the rung until every hold is released', async () => {
  const { ladder, add, started } = createLadderRig();
  add('a');
  const releases = [ladder.hold('a', 'resolve'), ladder.hold('a', 'resolve')];
  const done = ladder.reach('a', 'done');
  await quiesce();
  releases[0]?.();
  releases[0]?.();
  await quiesce();
  expect(started()).toEqual(['a:recipe']);
  releases[1]?.();
  await done;
});

test('a node cannot be held below a rung that has begun', async () => {
  const { ladder, add } = createLadderRig();
  add('a', { recipe: () => void ladder.hold('a', 'recipe') });
  await expect(ladder.reach('a', 'done')).rejects.toThrow('cannot hold "a" below "recipe"');
});

test('idle waits for every demanded rung, wanted by somebody or not', async () => {
  const { ladder, add, link } = createLadderRig();
  const compiled = Promise.withResolvers<void>();
  add('lib', { build: () => compiled.promise });
  add('app', { fetch: () => Promise.reject(new Error('boom')) });
  link('app', 'lib');
  await ladder.idle();
  await expect(ladder.reach('app', 'done')).rejects.toThrow('boom');
  const said: string[] = [];
  const waiting = ladder.idle().then(() => said.push('idle'));
  await quiesce();
  expect(said).toEqual([]);
  compiled.resolve();
  await waiting;
});
