import { expect, test } from 'vitest';
import type { Sha256 } from './digest.ts';
import { type LockedSource, lockKey, pinOf, sourceKey, unite } from './lock-file.ts';

const [A, B] = ['a', 'b'].map((digit) => digit.repeat(64) as Sha256) as [Sha256, Sha256];
const file: LockedSource = {
  package: 'acme.zlib@r2',
  kind: 'file',
  source: 'npm:zlib@1.0.0',
  platform: 'linux-x86_64',
  sha256: A,
};

test('a key tells packages, kinds, sources and platforms apart, and nothing else', () => {
  const others = [
    { ...file, package: 'acme.zlib@r3' },
    { ...file, kind: 'recipe' as const },
    { ...file, source: 'npm:zlib@1.0.1' },
    { ...file, platform: 'linux-arm64' },
  ];
  expect(new Set([file, ...others].map(lockKey)).size).toBe(5);
  expect(lockKey({ ...file, sha256: B, url: 'https://h.test/', size: 1 })).toBe(lockKey(file));
  const owner = { package: 'acme.zlib@r2', kind: 'file' as const };
  expect(sourceKey(owner, 'https://me:a@h.test/f', 'linux-arm64')).toBe(
    sourceKey(owner, 'https://you:b@h.test/f', 'linux-arm64'),
  );
});

test('unite takes the size from whoever knows it, and either address of the same bytes', () => {
  const mirrored = { ...file, url: 'https://mirror.test/zlib.tgz', size: 7 };
  expect(unite(file, mirrored)).toEqual({ ...file, size: 7 });
  expect(unite(mirrored, file)).toBe(mirrored);
  expect(unite(file, file)).toBe(file);
});

test('unite finds no record for different bytes, commits, choices or functions', () => {
  expect(unite(file, { ...file, sha256: B })).toBeUndefined();
  const { sha256: _, ...ofCommit } = file;
  expect(unite({ ...ofCommit, url: 'git+https://h.test/r#1' }, { ...ofCommit, url: 'git+https://h.test/r#2' })).toBe(
    undefined,
  );
  const weak = {
    package: 'a.b@r1',
    kind: 'weak',
    query: 'zlib',
    platform: 'linux-arm64',
    choice: 'a.zlib@r1',
  } as const;
  expect(unite(weak, { ...weak })).toBe(weak);
  expect(unite(weak, { ...weak, choice: 'b.zlib@r1' })).toBeUndefined();
});

test('pinOf answers the source where no other address is known', () => {
  expect(pinOf(file, 'https://me:word@h.test/f')).toEqual({ url: 'https://me:word@h.test/f', sha256: A });
  expect(pinOf({ ...file, url: 'https://h.test/', size: 3 }, 'npm:x@1')).toEqual({
    url: 'https://h.test/',
    sha256: A,
    sizeBytes: 3,
  });
});
