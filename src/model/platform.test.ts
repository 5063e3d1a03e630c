import { expect, test } from 'vitest';
import { formatPlatform, PLATFORM_PATTERNS, supportsPlatform } from './platform.ts';

const arm = { os: 'linux', arch: 'arm64' } as const;

test('patterns are every system, alone and with every architecture', () => {
  expect(PLATFORM_PATTERNS).toHaveLength(9);
  expect(PLATFORM_PATTERNS).toEqual(expect.arrayContaining(['linux', 'darwin-arm64', 'windows-x86_64']));
});

test.each([
  [undefined, true],
  [[], true],
  [['linux'], true],
  [['darwin', 'linux-arm64'], true],
  [['linux-x86_64'], false],
  [['darwin-arm64'], false],
])('list %j supports linux-arm64: %s', (patterns, expected) => {
  expect(supportsPlatform(patterns, arm)).toBe(expected);
});

test('platform is written as system and architecture', () => {
  expect(formatPlatform(arm)).toBe('linux-arm64');
});
