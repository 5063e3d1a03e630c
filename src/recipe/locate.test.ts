import { expect, test } from 'vitest';
import type { Diagnostic, ValuePath } from '../model/diagnostic.ts';
import { Failure } from '../model/failure.ts';
import { Problems } from '../model/problems.ts';
import { locateError, locateValue, pointAt, withLocations } from './locate.ts';

const TEXT = `const zlib = { recipe: 'acme.zlib@r2', options: { versoin: '1' } };
const more = [];
export const packages = [
  'acme.gcc@13',
  zlib,
  { recipe: 'acme.py@3',
    'platforms': ['linx'] },
  ...more,
  { recipe: 5 },
];
const roots = 'recipes';
export { roots as recipe_roots };
export { env } from './env.js';
export async function build(ctx) {
  await ctx.run('make');
}
export default 1;
const a = b, b = a;
export { a as ring };
`;

const reading = (text: string | undefined) => ({ findText: async () => text });
const problem = (path: ValuePath, atKey = false): Diagnostic => ({
  code: 'INVALID_VALUE',
  message: 'x',
  file: '/galley.js',
  path,
  atKey,
});

/** The text that the squiggle covers, with the line it is on. */
async function covered(path: ValuePath, atKey = false, text = TEXT): Promise<string> {
  const [located] = await withLocations([problem(path, atKey)], reading(text));
  const { line, column, length = 0 } = located?.location ?? { line: 0, column: 0 };
  return `${line}: ${(text.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length)}`;
}

test.each<[string, ValuePath, boolean, string]>([
  ['an element', ['packages', 0], false, "4: 'acme.gcc@13'"],
  ['a field of a constant', ['packages', 1, 'recipe'], false, "1: 'acme.zlib@r2'"],
  ['the name of a field', ['packages', 1, 'options', 'versoin'], true, '1: versoin'],
  ['the name of an export', ['packages'], true, '3: packages'],
  ['the first line of a longer value', ['packages', 2], false, "6: { recipe: 'acme.py@3',"],
  ['an element below a quoted name', ['packages', 2, 'platforms', 0], false, "7: 'linx'"],
  ['the list, where a spread moves its elements', ['packages', 4, 'recipe'], false, '3: packages'],
  ['the table, when the field is not there', ['packages', 2, 'options'], false, "6: { recipe: 'acme.py@3',"],
  ['a constant that is exported under another name', ['recipe_roots'], false, "11: 'recipes'"],
  ['an export of another module', ['env'], false, '13: env'],
  ['the name of a function, for what it answered', ['build', 0, 'x'], false, '14: build'],
  ['a default export', ['default'], false, '17: 1'],
  ['constants in a ring', ['ring'], false, '18: b'],
  ['the start, for an export that is not there', ['depots'], false, '1: '],
  ['the start, for the module', [], false, '1: '],
])('problem is placed at %s', async (_, path, atKey, expected) => {
  expect(await covered(path, atKey)).toBe(expected);
});

test('last of two fields with one name is the one that counts', async () => {
  expect(await covered(['x', 'y'], false, "export const x = { y: 1, ['y']: 2, [z]: 3 };")).toBe('1: 2');
});

test('problem without a readable module stays without a place', async () => {
  for (const text of [undefined, 'export const = 1']) {
    const located = await withLocations([problem(['packages'])], reading(text));
    expect(located).toEqual([problem(['packages'])]);
  }
});

test('problem that has a place keeps it', async () => {
  const placed = { ...problem(['packages']), location: { file: '/x.js', line: 7, column: 8 } };
  expect(await withLocations([placed], reading(TEXT))).toEqual([placed]);
});

test('value is located by its path', async () => {
  expect(await locateValue('/galley.js', ['recipe_roots'], reading(TEXT))).toEqual({
    file: '/galley.js',
    line: 11,
    column: 15,
    length: 9,
  });
});

test('problems come in the order of the text, those without a place last', async () => {
  const placeless = { ...problem([]), file: '/gone.js' };
  const files = { findText: async (file: string) => (file === '/gone.js' ? undefined : TEXT) };
  const paths = [problem(['env']), placeless, problem(['packages', 0])];
  expect((await withLocations(paths, files)).map(({ location }) => location?.line)).toEqual([4, 13, undefined]);
});

test('an error that stands for problems gets their places, and any other stays the same', async () => {
  const located = await locateError(new Problems([problem(['packages', 0])]), reading(TEXT));
  expect(located).toMatchObject({ diagnostics: [{ location: { line: 4, column: 3 } }] });
  const other = new Error('other');
  expect(await locateError(other, reading(TEXT))).toBe(other);
});

test('a failure of work for a value gets the place of the value, unless it has one', async () => {
  const at = { file: '/galley.js', path: ['packages', 0] };
  const fail = (location?: { file: string; line: number; column: number }) => async () => {
    throw new Failure('OFFLINE', 'No', { hint: 'Do', ...(location && { location }) });
  };
  const placed = { code: 'OFFLINE', message: 'No', hint: 'Do', location: { file: '/galley.js', line: 4 } };
  await expect(pointAt(at, reading(TEXT), fail())).rejects.toMatchObject(placed);
  const own = { file: '/x.js', line: 7, column: 8 };
  await expect(pointAt(at, reading(TEXT), fail(own))).rejects.toMatchObject({ location: own });
  expect(await pointAt(at, reading(TEXT), async () => 1)).toBe(1);
});

test('another place that has to do with a problem becomes a note that begins with it', async () => {
  const also = { file: '/galley.js', path: ['packages', 0], note: 'the first is here' };
  const [located] = await withLocations([{ ...problem(['packages', 1]), also }], reading(TEXT));
  expect(located).toMatchObject({ location: { line: 1 }, notes: ['/galley.js:4:3: the first is here'] });
  expect(located).not.toHaveProperty('also');
});

test('one problem that is found twice is told once', async () => {
  expect(await withLocations([problem(['env']), problem(['env'])], reading(TEXT))).toHaveLength(1);
});

test('a failure that is about a value gets its place, and the other place as a note', async () => {
  const about = { file: '/galley.js', path: ['packages', 0], also: { file: '/galley.js', path: ['env'], note: 'see' } };
  const located = await locateError(new Failure('CHECK_FAILED', 'No', { about, facts: { n: 1 } }), reading(TEXT));
  expect(located).toMatchObject({
    location: { line: 4, column: 3 },
    notes: ['/galley.js:13:10: see'],
    facts: { n: 1 },
  });
});

const SETTINGS = `{
  "jobs": 4,
  "mirrors": { "https://a": ["b", 7] }, "trusted": "x"
}`;

test.each<[ValuePath, boolean, string]>([
  [['jobs'], false, '2: 4'],
  [['jobs'], true, '2: "jobs"'],
  [['mirrors'], false, '3: { "https://a": ["b", 7] }'],
  [['mirrors', 'https://a', 1], false, '3: 7'],
  [['trusted'], false, '3: "x"'],
  [[], false, '1: {'],
])('value %j of a file of settings is located', async (path, atKey, expected) => {
  const [located] = await withLocations([{ ...problem(path, atKey), file: '/galley.json' }], reading(SETTINGS));
  const { line, column, length = 0 } = located?.location ?? { line: 0, column: 0 };
  expect(`${line}: ${(SETTINGS.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length)}`).toBe(expected);
});
