import { describe, expect, it } from 'vitest';
import { findFormat, isArchive } from './format.ts';

describe('isArchive', () => {
  it.each(['a.tar', 'a-1.0.tar.gz', 'A.TGZ', 'a.tar.zst', 'a.tar.xz', 'a.zip', 'a.deb', 'a.gz'])(
    'is true for %s',
    (name) => {
      expect(isArchive(name)).toBe(true);
    },
  );

  it.each(['a', 'tar', 'a.tar.gz.sig', 'a.patch'])('is false for %s', (name) => {
    expect(isArchive(name)).toBe(false);
  });
});

describe('findFormat', () => {
  it.each([
    ['gz', [0x1f, 0x8b, 8, 0]],
    ['zst', [0x28, 0xb5, 0x2f, 0xfd, 0]],
    ['zip', [0x50, 0x4b, 3, 4]],
    ['tar', [0x61, 0, 0, 0]],
    ['tar', []],
  ])('sees %s from the first bytes', (name, head) => {
    expect(findFormat(Buffer.from(head), 'x').name).toBe(name);
  });
});
