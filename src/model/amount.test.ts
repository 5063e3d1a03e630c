import { expect, test } from 'vitest';
import { formatDuration, formatSize } from './amount.ts';

test.each([
  [0, '0.0 s'],
  [440, '0.4 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [3_599_700, '1 h 0 min'],
  [7_500_000, '2 h 5 min'],
])('a duration of %i ms is %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

test.each([
  [512, '512 B'],
  [1536, '1.5 KiB'],
  [3 * 1024 ** 3, '3.0 GiB'],
  [5000 * 1024 ** 4, '5000.0 TiB'],
])('a size of %i bytes is %s', (sizeBytes, text) => expect(formatSize(sizeBytes)).toBe(text));
