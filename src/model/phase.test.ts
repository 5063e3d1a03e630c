import { expect, test } from 'vitest';
import { isPayloadPhase, NEEDED_BY, PHASES, phaseRank } from './phase.ts';

test('rank of a phase is its place on the ladder', () => {
  expect(PHASES.map(({ name }) => phaseRank(name))).toEqual(PHASES.map((_, rank) => rank));
  expect(phaseRank('recipe')).toBe(0);
});

test('payload is what makes the asset and nothing else', () => {
  const payload = PHASES.filter(({ name }) => isPayloadPhase(name)).map(({ name }) => name);
  expect(payload).toEqual(['import', 'fetch', 'stage', 'build', 'install']);
});

test('phases that need dependencies are named in the order of the ladder', () => {
  const ranks = NEEDED_BY.map(phaseRank);
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
});
