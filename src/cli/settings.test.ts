import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { defaultSettings } from './read-settings.ts';
import { resolveSettings, type SettingSources } from './settings.ts';

const defaults = defaultSettings({ env: {} });
const given = (sources: Partial<SettingSources>) =>
  resolveSettings({ flags: {}, env: {}, defaults, cwd: '/w', ...sources });

test('a setting has its default when nobody says anything', () => {
  const { settings, origins } = given({});
  expect(settings).toEqual(defaults);
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
});

test('a setting comes from the first of flag, environment, project and user that has it', () => {
  const project = { file: '/p/galley.json', values: { jobs: 3 } };
  const user = { file: '/h/config.json', values: { jobs: 4 } };
  const all: Partial<SettingSources>[] = [
    { flags: { jobs: '1' } },
    { env: { GALLEY_JOBS: '2' } },
    { project },
    { user },
  ];
  const origins = ['--jobs', 'GALLEY_JOBS', '/p/galley.json', '/h/config.json'];
  fc.assert(
    fc.property(fc.subarray([0, 1, 2, 3], { minLength: 1 }), (chosen) => {
      const first = chosen[0] as number;
      const resolved = given(Object.assign({}, ...chosen.map((index) => all[index])));
      expect(resolved.settings.jobs).toBe(first + 1);
      expect(resolved.origins.jobs).toBe(origins[first]);
    }),
  );
});

test.each([
  ['true', true],
  ['1', true],
  ['no', false],
  ['OFF', false],
])('a switch reads %s in a variable as %s', (text, expected) => {
  expect(given({ env: { GALLEY_OFFLINE: text } }).settings.offline).toBe(expected);
});

test('an empty variable is as good as none', () => {
  expect(given({ env: { GALLEY_OFFLINE: '', GALLEY_JOBS: '' } }).settings).toEqual(defaults);
});

test('a flag for false wins over a variable for true', () => {
  expect(given({ flags: { frozen: false }, env: { GALLEY_FROZEN: '1' } }).settings.frozen).toBe(false);
});

test('a relative path means the working directory in a flag and the directory of the file in a file', () => {
  expect(given({ flags: { cacheRoot: 'c' } }).settings.cacheRoot).toBe('/w/c');
  const project = { file: '/p/galley.json', values: { cache_root: 'c' } };
  expect(given({ project }).settings.cacheRoot).toBe('/p/c');
});

test.each<[string, Partial<SettingSources>, string]>([
  ['a count below 1', { flags: { jobs: '0' } }, 'Setting "jobs" is "0" in --jobs, expected a whole number from 1'],
  [
    'a count with a fraction',
    { project: { file: '/p/galley.json', values: { jobs: 1.5 } } },
    'Setting "jobs" is 1.5 in /p/galley.json',
  ],
  [
    'a switch that is no switch',
    { env: { GALLEY_STRICT: 'maybe' } },
    'Setting "strict" is "maybe" in GALLEY_STRICT, expected true or false',
  ],
  ['an unknown choice', { flags: { reporter: 'gui' } }, 'expected one of auto, tui, plain, json'],
  [
    'an unknown name in a file',
    { user: { file: '/h/config.json', values: { job: 1 } } },
    'Unknown setting "job" in /h/config.json',
  ],
  [
    'a setting of one run in a file',
    { user: { file: '/h/config.json', values: { yes: true } } },
    'Unknown setting "yes"',
  ],
  [
    'quiet and verbose',
    { flags: { quiet: true }, env: { GALLEY_VERBOSE: '1' } },
    'Cannot be quiet (--quiet) and verbose (GALLEY_VERBOSE) at once',
  ],
])('%s is refused with its origin', (_, sources, message) => {
  try {
    given(sources);
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'SETTING_INVALID') && error.message).toContain(message);
  }
});

test.each([
  [{ CI: 'true' }, true],
  [{ CI: '1' }, true],
  [{ CI: 'false' }, false],
  [{ CI: '' }, false],
  [{}, false],
])('the lock file is frozen by default with %j: %s', (env, expected) => {
  expect(defaultSettings({ env }).frozen).toBe(expected);
});
