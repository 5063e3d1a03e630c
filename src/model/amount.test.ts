import { expect, test } from 'vitest';
import { formatAge, formatDuration, formatSize, parseAge, parseSize } from './amount.ts';

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

test.each([
  ['512', 512],
  ['10G', 10 * 1024 ** 3],
  ['1.5 GiB', 1.5 * 1024 ** 3],
  ['500mb', 500 * 1024 ** 2],
  ['0', 0],
  ['G', undefined],
  ['-1G', undefined],
  ['10 apples', undefined],
])('the size "%s" is %s bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test.each([
  ['30d', 30 * 86_400_000],
  ['12h', 43_200_000],
  ['2w', 14 * 86_400_000],
  ['0d', 0],
  ['30', undefined],
  ['1.5d', undefined],
  ['30 minutes', undefined],
])('the age "%s" is %s ms', (text, ageMs) => expect(parseAge(text)).toBe(ageMs));

test.each([
  [59 * 60_000, 'less than an hour'],
  [3_600_000, '1 hour'],
  [47 * 3_600_000, '47 hours'],
  [48 * 3_600_000, '2 days'],
])('%i ms ago was %s ago', (ageMs, text) => expect(formatAge(ageMs)).toBe(text));
