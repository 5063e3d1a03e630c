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
