import { expect, test } from 'vitest';
import type { Diagnostic, ValuePath } from '../model/diagnostic.ts';
import { locateValue, withLocations } from './locate.ts';

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
