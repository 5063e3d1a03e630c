// Bounds are generous in time and strict in growth: each of these takes minutes, or the whole stack, when a step is
// quadratic or recursive.
import { expect, test } from 'vitest';
import { createLadderRig, type LadderRig, NAMES, type Name } from '../testing/ladder.ts';

const LINKS = 40_000;

function createNodes(count: number): LadderRig {
  const rig = createLadderRig();
  for (let i = 0; i < count; i++) rig.add(`p${i}`);
  return rig;
}

/** A repeatable stand-in for chance: the numbers from 0 to `count`, shuffled. */
function shuffled(count: number): number[] {
  const random = createRandom();
  return Array.from({ length: count }, (_, i) => ({ i, at: random(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ i }) => i);
}

function createRandom(): (below: number) => number {
  let seed = 7;
  return (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
}

const upwards = Array.from({ length: LINKS }, (_, i) => i);

test.each([
  ['from its end', upwards],
  ['from its start', upwards.toReversed()],
  ['in any order', shuffled(LINKS)],
])('a chain of 40,000 is linked %s without walking it again and again', { timeout: 10_000 }, (_, order) => {
  const { link } = createNodes(LINKS + 1);
  for (const i of order) link(`p${i + 1}`, `p${i}`);
  expect(() => link('p0', `p${LINKS}`)).toThrow('ring');
});

/** Floors of two, of which each has two ways to the floor below: 2^49 ways from top to bottom. */
function linkTower({ link }: LadderRig, bottom: number, neededBy: Name = 'build'): void {
  for (let i = bottom + 2; i < bottom + 100; i++)
    for (const below of [1, 2]) link(`p${i}`, `p${i - (i % 2) - below}`, { neededBy });
}

test('two towers are joined without going all ways through them', { timeout: 20_000 }, () => {
  const rig = createNodes(200);
  for (const bottom of [0, 100]) linkTower(rig, bottom);
  rig.link('p100', 'p99');
});

test('a tower on a held node finishes without a look at all ways to it', { timeout: 20_000 }, async () => {
  const rig = createNodes(100);
  linkTower(rig, 0, 'recipe');
  const release = rig.ladder.hold('p0', 'resolve');
  rig.ladder.onQuiet('recipe', () => {
    release();
    return 1;
  });
  await rig.ladder.reach('p99', 'done');
});

test.each(['recipe', 'build'] as const)(
  'a chain of 10,000, needed by %s, climbs',
  { timeout: 20_000 },
  async (neededBy) => {
    const { ladder, link, events } = createNodes(10_000);
    for (let i = 1; i < 10_000; i++) link(`p${i}`, `p${i - 1}`, { neededBy, through: 'done' });
    await ladder.reach('p9999', 'done');
    expect(events.filter(({ type }) => type === 'finished')).toHaveLength(10_000 * NAMES.length);
  },
);

test('a failure at the end of a chain of 10,000 blocks all of it', { timeout: 20_000 }, async () => {
  const { ladder, add, link } = createLadderRig();
  add('p0', { recipe: () => Promise.reject(new Error('boom')) });
  for (let i = 1; i < 10_000; i++) {
    add(`p${i}`);
    link(`p${i}`, `p${i - 1}`);
  }
  await expect(ladder.reach('p9999', 'done')).rejects.toMatchObject({ facts: { failed: ['p9998'] } });
});

test('a random graph of 2,000 finishes every rung once', { timeout: 20_000 }, async () => {
  const { ladder, link, events } = createNodes(2000);
  const random = createRandom();
  const needs: readonly Name[] = ['recipe', 'fetch', 'build', 'setup'];
  for (let i = 1; i < 2000; i++) {
    for (let j = 0; j < 3; j++) link(`p${i}`, `p${random(i)}`, { neededBy: needs[random(4)]! });
  }
  await Promise.all(Array.from({ length: 2000 }, (_, i) => ladder.reach(`p${i}`, 'done')));
  const finished = events.filter(({ type }) => type === 'finished').map(({ key, rung }) => `${key}:${rung}`);
  expect(finished).toHaveLength(2000 * NAMES.length);
  expect(new Set(finished).size).toBe(finished.length);
});

test('2,000 nodes that are all held and released one by one finish', { timeout: 20_000 }, async () => {
  const { ladder, add } = createLadderRig();
  const releases: (() => void)[] = [];
  ladder.onQuiet('recipe', () => {
    releases.shift()?.();
    return 1;
  });
  for (let i = 0; i < 2000; i++) add(`p${i}`, { recipe: () => void releases.push(ladder.hold(`p${i}`, 'resolve')) });
  await Promise.all(Array.from({ length: 2000 }, (_, i) => ladder.reach(`p${i}`, 'done')));
});
