import { expect, test } from 'vitest';
import { createFiles } from '../system/files.ts';
import { createScratch, type Scratch } from '../testing/scratch.ts';
import { findRecipe, suggestRecipe } from './find.ts';

const files = createFiles();
const placesIn = ({ at }: Scratch) => ({ roots: [at('a'), at('b')], builtinDir: at('builtin') });

test('recipe is found in the first root that has it, as a file or as a directory', async () => {
  await using scratch = await createScratch('a/acme.zlib@r2/recipe.js', 'b/acme.zlib@r2.js', 'b/acme.gcc@13.js');
  const { at } = scratch;
  const find = (identity: string) => findRecipe(identity, placesIn(scratch), files);
  expect(await find('acme.zlib@r2')).toEqual({
    file: at('a/acme.zlib@r2/recipe.js'),
    rootDir: at('a/acme.zlib@r2'),
    isDirectory: true,
  });
  expect(await find('acme.gcc@13')).toEqual({ file: at('b/acme.gcc@13.js'), rootDir: at('b'), isDirectory: false });
  expect(await find('acme.tar@1')).toBeUndefined();
});

test('recipe with a source is found there and nowhere else', async () => {
  await using scratch = await createScratch('a/acme.zlib@r2.js', 'src/zlib.js', 'src/recipe.js');
  const { at } = scratch;
  const find = (source: string) => findRecipe('acme.zlib@r2', { ...placesIn(scratch), source: at(source) }, files);
  expect(await find('src/zlib.js')).toEqual({ file: at('src/zlib.js'), rootDir: at('src'), isDirectory: false });
  expect(await find('src')).toEqual({ file: at('src/recipe.js'), rootDir: at('src'), isDirectory: true });
  expect(await find('gone.js')).toBeUndefined();
  expect(await find('a')).toBeUndefined();
});

test('recipes of galley are found among those that ship, only they, and before the roots', async () => {
  await using scratch = await createScratch(
    'builtin/galley.apt@1.js',
    'builtin/acme.x@1.js',
    'a/galley.apt@1.js',
    'a/galley.own@1.js',
  );
  const find = async (identity: string) => (await findRecipe(identity, placesIn(scratch), files))?.file;
  expect(await find('galley.apt@1')).toBe(scratch.at('builtin/galley.apt@1.js'));
  expect(await find('galley.own@1')).toBe(scratch.at('a/galley.own@1.js'));
  expect(await find('acme.x@1')).toBeUndefined();
});

test('recipe of a bundle is found where it is listed, after those of galley unless these do not count', async () => {
  await using scratch = await createScratch('k/salt.js', 'k/oil/recipe.js', 'k/apt.js', 'builtin/galley.apt@1.js');
  const { at } = scratch;
  const listed = { 'acme.salt@1': at('k/salt.js'), 'acme.oil@1': at('k/oil'), 'galley.apt@1': at('k/apt.js') };
  const find = async (identity: string, builtin: { builtinDir?: string } = { builtinDir: at('builtin') }) =>
    (await findRecipe(identity, { roots: [], listed, ...builtin }, files))?.file;
  expect(await find('acme.salt@1')).toBe(at('k/salt.js'));
  expect(await find('acme.oil@1')).toBe(at('k/oil/recipe.js'));
  expect(await find('galley.apt@1')).toBe(at('builtin/galley.apt@1.js'));
  expect(await find('galley.apt@1', {})).toBe(at('k/apt.js'));
  expect(await find('constructor', {})).toBeUndefined();
});

test('recipe that is not found has the nearest identity as a suggestion', async () => {
  await using scratch = await createScratch(
    'a/acme.zlib@r2.js',
    'b/acme.openssl@3/recipe.js',
    'b/acme.openssl',
    'builtin/galley.apt@1.js',
  );
  const suggest = (identity: string) => suggestRecipe(identity, placesIn(scratch), files);
  expect(await suggest('acme.zilb@r2')).toBe('acme.zlib@r2');
  expect(await suggest('acme.openssl@4')).toBe('acme.openssl@3');
  expect(await suggest('galley.atp@1')).toBe('galley.apt@1');
  expect(await suggest('quite.else@1')).toBeUndefined();
});
