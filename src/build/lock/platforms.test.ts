import { expect, test } from 'vitest';
import type { LockFile } from '../../model/lock-file.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import { projectPlatforms, readPlatforms } from './platforms.ts';

const LINUX: Platform = { os: 'linux', arch: 'x86_64' };

const manifestOf = (...platforms: string[]) => ({ packages: [{ platforms }], included: [] }) as unknown as Manifest;
const lockOf = (...platforms: string[]) =>
  new Map(platforms.map((platform) => [platform, { platform }])) as unknown as LockFile;
const names = (platforms: readonly Platform[]) => platforms.map(formatPlatform);

test('a project is for this platform, for those its lock file has seen, and for those its manifest names', () => {
  expect(names(projectPlatforms(manifestOf(), lockOf(), LINUX))).toEqual(['linux-x86_64']);
  expect(names(projectPlatforms(manifestOf('darwin'), lockOf('windows-arm64'), LINUX))).toEqual([
    'linux-x86_64',
    'darwin-x86_64',
    'darwin-arm64',
    'windows-arm64',
  ]);
});

test('all is the platforms of the project, or all that galley runs on where nobody names any', () => {
  expect(names(readPlatforms(undefined, [LINUX], LINUX))).toEqual(['linux-x86_64']);
  expect(names(readPlatforms('all', projectPlatforms(manifestOf('darwin-arm64'), lockOf(), LINUX), LINUX))).toEqual([
    'linux-x86_64',
    'darwin-arm64',
  ]);
  expect(names(readPlatforms('all', [LINUX], LINUX))).toHaveLength(4);
  expect(names(readPlatforms('darwin-arm64, linux-arm64', [LINUX], LINUX))).toEqual(['darwin-arm64', 'linux-arm64']);
  expect(() => readPlatforms('linux-arm46', [LINUX], LINUX)).toThrow('did you mean "linux-arm64"');
});
