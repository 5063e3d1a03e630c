import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, findNearest, formatSuggestion } from './suggest.ts';

test.each([
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['biuld', 'build', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3], // one swap, then an insertion between the swapped, is not allowed: three edits
])('distance from %j to %j is %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test('distance is the same in both directions, and 0 only for equal names', () => {
  const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test.each([
  ['biuld', ['build', 'bin'], 'build'],
  ['neededBy', ['needed_by', 'setup'], 'needed_by'],
  ['VERSION', ['version'], 'version'],
  ['ur', ['url', 'sha256'], 'url'],
  ['x', ['y'], undefined],
  ['make', ['cmake', 'meson'], 'cmake'],
  ['xyzzy', ['build'], undefined],
  ['', ['a'], undefined],
])('nearest to %j among %j is %j', (name, known, nearest) => {
  expect(findNearest(name, known)).toBe(nearest);
});

test('suggestion lists all names when none is near', () => {
  expect(formatSuggestion('lto', ['version', 'shared'])).toBe('known: version, shared');
  expect(formatSuggestion('versoin', ['version', 'shared'])).toBe('did you mean "version"?');
  expect(formatSuggestion('lto', [])).toBe('there are none');
});

test('long names are not compared, however alike they are', () => {
  const begun = performance.now();
  expect(findNearest('a'.repeat(30_000), [`${'a'.repeat(29_999)}b`])).toBe(undefined);
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(findNearest('a'.repeat(64), [`${'a'.repeat(63)}b`])).toBe(`${'a'.repeat(63)}b`);
});

test('of very many names some are told', () => {
  const names = Array.from({ length: 50 }, (_, index) => `option${index}`);
  expect(formatSuggestion('x', names)).toMatch(/^known: option0, .*, option39 and 10 more$/);
});

test('a name of megabytes is compared with nothing', () => {
  const begun = performance.now();
  expect(findNearest('x'.repeat(3_000_000), ['cwd', 'env'])).toBe(undefined);
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('of names without number, so many are compared as take no time', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `${'o'.repeat(40)}${index}`);
  const begun = performance.now();
  expect(findNearest('p'.repeat(45), names)).toBe(undefined);
  expect(performance.now() - begun).toBeLessThan(3000);
});
