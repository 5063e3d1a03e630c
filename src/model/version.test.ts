import { expect, test } from 'vitest';
import { compareVersions, newerVersion } from './version.ts';

test.each([
  ['1.2.3', '1.2.10'],
  ['1.9', '1.10.0'],
  ['1.0-rc1', '1.0'],
  ['1.0rc1', '1.0rc2'],
  ['1.0.dev3', '1.0'],
  ['1.0', '1.0.post1'],
  ['v2.9.9', 'v10.0.0'],
  ['2024.12.31', '2025.01.02'],
  ['1.1.1t', '1.1.1w'],
])('%s is older than %s', (older, newer) => {
  expect(Math.sign(compareVersions(older, newer))).toBe(-1);
  expect(Math.sign(compareVersions(newer, older))).toBe(1);
});

test.each([
  ['1.0', '1.0.0'],
  ['1.0.0+zstd.1', '1.0.0+zstd.2'],
])('%s and %s are one version', (one, other) => {
  expect([compareVersions(one, other), compareVersions(other, one)]).toEqual([0, 0]);
});

test('the newest is a release, unless the current one is none', () => {
  const known = ['1.0.0', '1.1.0', '2.0.0-beta.1', '0.9.0'];
  expect(newerVersion({ current: '1.0.0', known })).toBe('1.1.0');
  expect(newerVersion({ current: '2.0.0-alpha.1', known })).toBe('2.0.0-beta.1');
  expect(newerVersion({ current: '1.1.0', known })).toBeUndefined();
});

test('what the registry calls the latest is it, and never an older one', () => {
  const known = ['1.0.0', '2.0.0', '3.0.0'];
  expect(newerVersion({ current: '1.0.0', known, latest: '2.0.0' })).toBe('2.0.0');
  expect(newerVersion({ current: '3.0.0', known, latest: '2.0.0' })).toBeUndefined();
});

test('tags with another beginning number something else', () => {
  const known = ['v1.2', 'v1.3', 'docs-9', 'release-2.0', '7.0'];
  expect(newerVersion({ current: 'v1.2', known })).toBe('v1.3');
});
