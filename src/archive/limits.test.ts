import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, findExcess } from './limits.ts';

const MIB = 2 ** 20;
const nothing = { entries: 0, packedBytes: 0, unpackedBytes: 0 };

describe('findExcess', () => {
  it.each([
    ['a small file of zeros', { entries: 1, packedBytes: 10, unpackedBytes: 200 * MIB }],
    ['the sources of Chromium', { entries: 500_000, packedBytes: 1_500 * MIB, unpackedBytes: 7_000 * MIB }],
    ['a plain tar of 90 GB', { entries: 10, packedBytes: 90_000 * MIB, unpackedBytes: 90_000 * MIB }],
  ])('lets pass %s', (_, seen) => {
    expect(findExcess(seen, DEFAULT_LIMITS)).toBeUndefined();
  });

  it.each([
    [{ entries: 2_000_001 }, 'it holds more than 2000000 files'],
    [{ packedBytes: 2 ** 37, unpackedBytes: 2 ** 37 }, 'it unpacks to more than 107374182400 bytes'],
    [{ packedBytes: MIB, unpackedBytes: 300 * MIB }, 'it unpacks to more than 250 times its size'],
  ])('refuses %j', (seen, problem) => {
    expect(findExcess({ ...nothing, ...seen }, DEFAULT_LIMITS)).toBe(problem);
  });

  const limits = { entries: 10, sizeBytes: 1_000, ratio: 5, harmlessBytes: 100 };
  it.each([
    [
      { entries: 10, packedBytes: 0, unpackedBytes: 100 },
      { entries: 11, packedBytes: 0, unpackedBytes: 100 },
    ],
    [
      { entries: 1, packedBytes: 900, unpackedBytes: 1_000 },
      { entries: 1, packedBytes: 900, unpackedBytes: 1_001 },
    ],
    [
      { entries: 1, packedBytes: 100, unpackedBytes: 500 },
      { entries: 1, packedBytes: 100, unpackedBytes: 501 },
    ],
    [
      { entries: 1, packedBytes: 1, unpackedBytes: 100 },
      { entries: 1, packedBytes: 1, unpackedBytes: 101 },
    ],
  ])('lets pass exactly as much as is allowed: %j', (most, more) => {
    expect(findExcess(most, limits)).toBeUndefined();
    expect(findExcess(more, limits)).toBeDefined();
  });
});
