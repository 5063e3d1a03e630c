import { expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { linesOf } from '../testing/problems.ts';
import { parseBundle } from './bundle.ts';

const file = '/b/galley-bundle.js';
const parse = (exports: JsonObject) =>
  parseBundle({ identity: 'acme.tools@r3', ...exports }, { file, files: [file], asked: 'acme.tools@r3' });

test('bundle has its recipes by absolute paths, and is a scope without roots', () => {
  const recipes = { 'acme.zlib@r2': 'zlib/recipe.js', 'acme.png@r1': 'png' };
  expect(parse({ recipes, bundles: { base: { identity: 'acme.base@r1', source: '../base' } } }).value).toEqual({
    name: file,
    file,
    rootDir: '/b',
    files: [file],
    identity: 'acme.tools@r3',
    recipes: { 'acme.zlib@r2': '/b/zlib/recipe.js', 'acme.png@r1': '/b/png' },
    bundles: { base: { identity: 'acme.base@r1', source: { form: 'path', path: '/base' } } },
    recipeRoots: [],
  });
});

test.each<[string, JsonObject, string[]]>([
  [
    'paths that leave it, and names that are no identities',
    { recipes: { 'acme.a@1': '../a.js', 'acme.b@1': '/etc/b.js', 'acme.c@1': 'C:\\c.js', zlib: 'z.js' } },
    [
      'INVALID_VALUE recipes.acme.a@1: Field "acme.a@1" is "../a.js", expected a relative path without ".."',
      'INVALID_VALUE recipes.acme.b@1: Field "acme.b@1" is "/etc/b.js", expected a relative path without ".."',
      'INVALID_VALUE recipes.acme.c@1: Field "acme.c@1" is "C:\\\\c.js", expected a relative path without ".."',
      'INVALID_VALUE recipes.zlib~: Name "zlib" is not a recipe identity "namespace.name@revision" in lower case',
    ],
  ],
  [
    'a recipe in the place of one of ours',
    { recipes: { 'galley.zlib@r1': 'zlib.js' } },
    [
      'INVALID_VALUE recipes.galley.zlib@r1~: Field "galley.zlib@r1" has the namespace of the recipes that ship with Galley',
    ],
  ],
  [
    'another identity, no recipes, and what only a manifest has',
    { identity: 'acme.other@r3', packages: [] },
    [
      'IDENTITY_MISMATCH identity: Export "identity" is "acme.other@r3", expected "acme.tools@r3", which is what was asked for',
      'UNKNOWN_FIELD packages~: Unknown export "packages"; known: identity, recipes, bundles',
      'MISSING_VALUE : Export "recipes" is missing, expected a table: identity → path in the bundle',
    ],
  ],
])('bundle is refused with every problem: %s', (_, exports, lines) => {
  expect(linesOf(parse(exports))).toEqual(lines);
});
