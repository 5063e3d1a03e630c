import { expect, test } from 'vitest';
import { isSettled } from './stamp.ts';

const NOW = 1_700_000_000_500;

/** A stamp with times so many milliseconds before now. */
const stamp = (modified: number, changed: number): string =>
  `12:33188:4:${NOW - modified}000000:${NOW - changed}000000`;

test.each([
  ['long ago', stamp(60_000, 60_000), true],
  ['more than a tick ago', stamp(20, 20), true],
  ['within a tick', stamp(20, 5), false],
  ['since then', stamp(20, -300), false],
  ['with a time of modification that is to come', stamp(-60_000, 20), false],
  // Any time of that second may be meant.
  ['in this second, by a clock of whole ones', stamp(500, 500), false],
  ['in the last one of two, by a clock of every other', stamp(1500, 1500), false],
  ['seconds ago, by a clock of whole ones', stamp(2500, 2500), true],
  ['in this second, with a time of modification that was set to a whole one', stamp(3_000_500, 20), true],
])('what was changed %s is told from what changes now: %s is %s', (_name, text, isTold) => {
  expect(isSettled(text, NOW)).toBe(isTold);
});
