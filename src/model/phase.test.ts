import { expect, test } from 'vitest';
import { isKeyed, NEEDED_BY, PHASES, phaseRank } from './phase.ts';

test('rank of a phase is its place on the ladder', () => {
  expect(PHASES.map(({ name }) => phaseRank(name))).toEqual(PHASES.map((_, rank) => rank));
  expect(phaseRank('recipe')).toBe(0);
});

test('what an install can see is part of the key and nothing else', () => {
  expect(NEEDED_BY.filter(isKeyed)).toEqual(['check', 'fetch', 'stage', 'build', 'install']);
});

test('phases that need dependencies are named in the order of the ladder', () => {
  const ranks = NEEDED_BY.map(phaseRank);
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
});
