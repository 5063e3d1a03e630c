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
  const recipe = { rootDir: at('a'), isDirectory: false, files: [at('a/lib/flags.js'), at('a/acme.zlib@r2.js')] };
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
  const recipe = { rootDir: at('r'), isDirectory: true, files: [at('r/recipe.js')] };
  const before = await recipeDigests(recipe, sha256OfFile, files);
  expect(Object.keys(before)).toEqual(['.gitignore', 'newest', 'patches/a.patch', 'recipe.js']);

  await rm(at('r/newest'));
  await symlink('recipe.js', at('r/newest'));
  const after = await recipeDigests(recipe, sha256OfFile, files);
  expect(after).toEqual({ ...before, newest: after.newest });
  expect(after.newest).not.toBe(before.newest);
});
