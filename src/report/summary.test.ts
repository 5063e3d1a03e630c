import { expect, test } from 'vitest';
import type { Outcome } from '../model/event.ts';
import { createTally } from './summary.ts';

test('a package that is made anew counts once, as it ended last, and what is passed again on the way as it ended first', () => {
  const tally = createTally();
  const finish = (name: string, outcome: Outcome): void =>
    tally.count({ type: 'package.finished', package: name, outcome, durationMs: 0 });
  finish('a.lib@r1', 'built');
  finish('a.app@r1', 'cached');
  tally.count({ type: 'package.reopened', package: 'a.app@r1', reason: 'its asset is damaged' });
  finish('a.lib@r1', 'cached');
  finish('a.app@r1', 'built');
  finish('a.tool@r1', 'cached');
  expect(tally.counts).toEqual({ built: 2, cached: 1 });
});
