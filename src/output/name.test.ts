import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { OPERATING_SYSTEMS } from '../model/platform.ts';
import { outputName, sameName } from './name.ts';

const os = fc.constantFrom(...OPERATING_SYSTEMS);
const parts = fc.constantFrom(
  'a',
  '.',
  '..',
  '/',
  '\\',
  '\0',
  ' ',
  'NUL',
  'com1',
  'lpt¹',
  ':',
  '.exe',
  '.EXE',
  '-1.0',
  '\u{1f372}',
  '\u007f',
);
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(parts, { maxLength: 5 }).map((words) => words.join('')),
);

test('a name is refused, or stays whole and is one that every file system of the platform can have', () => {
  fc.assert(
    fc.property(name, os, fc.boolean(), (wanted, system, isProgram) => {
      const given = answerOf(() => outputName(wanted, { os: system }, isProgram));
      if (given === undefined) return;
      expect(given.startsWith(wanted)).toBe(true);
      const appended = given.slice(wanted.length);
      expect(appended).toBe(system === 'windows' && isProgram && !/\.exe$/i.test(wanted) ? '.exe' : '');
      expect(given).not.toMatch(/[/\\\0]/);
      expect(['', '.', '..']).not.toContain(given);
      expect(Buffer.byteLength(given)).toBeLessThanOrEqual(200);
      if (system !== 'windows') return;
      expect(given).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i);
      expect(given).not.toMatch(/[<>:"|?*]|[. ]$/);
    }),
  );
});

test.each([
  ['app-1.0', 'windows', true, 'app-1.0.exe'],
  ['app.EXE', 'windows', true, 'app.EXE'],
  ['notes.txt', 'windows', false, 'notes.txt'],
  ['app-1.0', 'linux', true, 'app-1.0'],
  ['nul', 'linux', true, 'nul'],
] as const)('%s for %s is called as it should be', (wanted, system, isProgram, expected) => {
  expect(outputName(wanted, { os: system }, isProgram)).toBe(expected);
});

test.each(['aux', 'Com1.txt', 'nul .x', 'a:b', 'end.', 'end ', 'conout$'])('Windows cannot have %s', (wanted) => {
  expect(answerOf(() => outputName(wanted, { os: 'windows' }, false))).toBeUndefined();
});

test('two names are one where the platform does not tell their letters apart', () => {
  expect(sameName('/a/App', '/a/app', { os: 'linux' })).toBe(false);
  expect(sameName('/a/App', '/a/app', { os: 'darwin' })).toBe(true);
  expect(sameName('/a/caf\u00e9', '/a/cafe\u0301', { os: 'windows' })).toBe(true);
});

function answerOf(name: () => string): string | undefined {
  try {
    return name();
  } catch (error) {
    if (isFailure(error, 'INVALID_VALUE')) return undefined;
    throw error;
  }
}
