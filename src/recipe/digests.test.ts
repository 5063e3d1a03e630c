import { rm, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import { createScratch } from '../testing/scratch.ts';
import { recipeDigests } from './digests.ts';

const files = createFiles();

test('single-file recipe consists of itself and its imports', async () => {
  await using scratch = await createScratch('a/acme.zlib@r2.js', 'a/lib/flags.js', 'a/acme.other@1.js');
  const { at } = scratch;
  const recipe = {
    rootDir: at('a'),
    isDirectory: false,
    bundles: {},
    files: [at('a/lib/flags.js'), at('a/acme.zlib@r2.js')],
  };
  const digests = await recipeDigests(recipe, sha256OfFile, files);
  expect(Object.entries(digests)).toEqual([
    ['acme.zlib@r2.js', sha256OfBytes('a/acme.zlib@r2.js')],
    ['lib/flags.js', sha256OfBytes('a/lib/flags.js')],
  ]);
});

test('directory recipe consists of every file and link below it, less what tools keep there', async () => {
  await using scratch = await createScratch(
    'r/recipe.js',
    'r/patches/a.patch',
    'r/.git/HEAD',
    'r/sub/.galley/state',
    'r/.gitignore',
  );
  const { at } = scratch;
  await symlink('patches/a.patch', at('r/newest'));
  const recipe = { rootDir: at('r'), isDirectory: true, bundles: {}, files: [at('r/recipe.js')] };
  const before = await recipeDigests(recipe, sha256OfFile, files);
  expect(Object.keys(before)).toEqual(['.gitignore', 'newest', 'patches/a.patch', 'recipe.js']);

  await rm(at('r/newest'));
  await symlink('recipe.js', at('r/newest'));
  const after = await recipeDigests(recipe, sha256OfFile, files);
  expect(after).toEqual({ ...before, newest: after.newest });
  expect(after.newest).not.toBe(before.newest);
});

test('files of two bundles with one identity count both, and the same bytes twice are one', async () => {
  await using scratch = await createScratch('r.js', 'a/x.js', 'b/x.js');
  const { at } = scratch;
  const bundles = { [at('a')]: 'acme.tools@1', [at('b')]: 'acme.tools@1' };
  const recipe = { rootDir: at('.'), isDirectory: false, files: [at('a/x.js'), at('b/x.js'), at('r.js')], bundles };
  const digestWith = async (a: string, b: string) => {
    const contents = new Map(Object.entries({ [at('a/x.js')]: a, [at('b/x.js')]: b }));
    const digests = await recipeDigests(recipe, async (file) => sha256OfBytes(contents.get(file) ?? ''), files);
    return digests['bundle:acme.tools@1/x.js'];
  };
  const all = [
    await digestWith('1', '2'),
    await digestWith('3', '2'),
    await digestWith('1', '3'),
    await digestWith('2', '1'),
  ];
  expect(new Set(all).size).toBe(4);
  expect(await digestWith('1', '1')).toBe(sha256OfBytes('1'));
});

test('files of a bundle are told by its identity, wherever it lies, and by the innermost one', async () => {
  await using scratch = await createScratch('p/recipe.js', 'b/lib/x.js', 'b/inner/y.js');
  const { at } = scratch;
  const names = async (rootDir: string, isDirectory: boolean) => {
    const bundles = { [at('b')]: 'acme.tools@1', [at('b/inner')]: 'acme.inner@2' };
    const recipe = { rootDir, isDirectory, files: [at('p/recipe.js'), at('b/lib/x.js'), at('b/inner/y.js')], bundles };
    return Object.keys(await recipeDigests(recipe, sha256OfFile, files));
  };
  const imported = ['bundle:acme.inner@2/y.js', 'bundle:acme.tools@1/lib/x.js'];
  expect(await names(at('p'), false)).toEqual([...imported, 'recipe.js']);
  expect(await names(at('p'), true)).toEqual([...imported, 'recipe.js']);
  expect(await names(at('.'), false)).toEqual([...imported, 'p/recipe.js']);
});
