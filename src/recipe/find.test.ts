import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import { recipeDigests } from './digests.ts';
import { findManifest } from './discover.ts';
import { findRecipe, suggestRecipe } from './find.ts';

const files = createFiles();
let dir: string;
const at = (path: string) => join(dir, path);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'galley-find-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), path);
  }
}

const places = (more: object = {}) => ({ roots: [at('a'), at('b')], builtinDir: at('builtin'), ...more });

test('recipe is found in the first root that has it, as a file or as a directory', async () => {
  await write('a/acme.zlib@r2/recipe.js', 'b/acme.zlib@r2.js', 'b/acme.gcc@13.js');
  expect(await findRecipe('acme.zlib@r2', places(), files)).toEqual({
    file: at('a/acme.zlib@r2/recipe.js'),
    rootDir: at('a/acme.zlib@r2'),
    isDirectory: true,
  });
  expect(await findRecipe('acme.gcc@13', places(), files)).toEqual({
    file: at('b/acme.gcc@13.js'),
    rootDir: at('b'),
    isDirectory: false,
  });
  expect(await findRecipe('acme.tar@1', places(), files)).toBeUndefined();
});

test('recipe with a source is found there and nowhere else', async () => {
  await write('a/acme.zlib@r2.js', 'src/zlib.js', 'src/recipe.js');
  const find = (source: string) => findRecipe('acme.zlib@r2', places({ source: at(source) }), files);
  expect(await find('src/zlib.js')).toMatchObject({ file: at('src/zlib.js'), isDirectory: false });
  expect(await find('src')).toMatchObject({ file: at('src/recipe.js'), rootDir: at('src'), isDirectory: true });
  expect(await find('gone.js')).toBeUndefined();
  expect(await find('a')).toBeUndefined();
});

test('recipes of galley are found among those that ship, only they, and before the roots', async () => {
  await write('builtin/galley.apt@1.js', 'builtin/acme.x@1.js', 'a/galley.apt@1.js', 'a/galley.own@1.js');
  expect(await findRecipe('galley.apt@1', places(), files)).toMatchObject({ file: at('builtin/galley.apt@1.js') });
  expect(await findRecipe('galley.own@1', places(), files)).toMatchObject({ file: at('a/galley.own@1.js') });
  expect(await findRecipe('acme.x@1', places(), files)).toBeUndefined();
});

test('recipe that is not found has the nearest identity as a suggestion', async () => {
  await write('a/acme.zlib@r2.js', 'b/acme.openssl@3/recipe.js', 'b/acme.openssl', 'builtin/galley.apt@1.js');
  expect(await suggestRecipe('acme.zilb@r2', places(), files)).toBe('acme.zlib@r2');
  expect(await suggestRecipe('acme.openssl@4', places(), files)).toBe('acme.openssl@3');
  expect(await suggestRecipe('galley.atp@1', places(), files)).toBe('galley.apt@1');
  expect(await suggestRecipe('quite.else@1', places(), files)).toBeUndefined();
});

const digest = async (file: string) => sha256OfBytes(await files.readText(file));

test('single-file recipe consists of itself and its imports', async () => {
  await write('a/acme.zlib@r2.js', 'a/lib/flags.js', 'a/acme.other@1.js');
  const recipe = { rootDir: at('a'), isDirectory: false, files: [at('a/lib/flags.js'), at('a/acme.zlib@r2.js')] };
  const digests = await recipeDigests(recipe, digest, files);
  expect(digests).toEqual({
    'acme.zlib@r2.js': sha256OfBytes('a/acme.zlib@r2.js'),
    'lib/flags.js': sha256OfBytes('a/lib/flags.js'),
  });
  expect(Object.keys(digests)).toEqual(['acme.zlib@r2.js', 'lib/flags.js']);
});

test('directory recipe consists of every file and link below it, less what tools keep there', async () => {
  await write('r/recipe.js', 'r/patches/a.patch', 'r/.git/HEAD', 'r/sub/.galley/state', 'r/.gitignore');
  await symlink('patches/a.patch', at('r/newest'));
  const recipe = { rootDir: at('r'), isDirectory: true, files: [at('r/recipe.js')] };
  const before = await recipeDigests(recipe, digest, files);
  expect(Object.keys(before)).toEqual(['.gitignore', 'newest', 'patches/a.patch', 'recipe.js']);

  await rm(at('r/newest'));
  await symlink('recipe.js', at('r/newest'));
  const after = await recipeDigests(recipe, digest, files);
  expect(after).toEqual({ ...before, newest: after.newest });
  expect(after.newest).not.toBe(before.newest);
});

test('manifest is the first one from the directory upwards', async () => {
  await write('p/galley.js', 'p/sub/galley.js', 'p/sub/deep/x');
  expect(await findManifest(at('p/sub/deep'), files)).toBe(at('p/sub/galley.js'));
  expect(await findManifest(at('p'), files)).toBe(at('p/galley.js'));
});

test.each(['.git/HEAD', '.git'])('search for a manifest ends at a repository root with %s', async (git) => {
  await write('galley.js', `p/${git}`, 'p/sub/x');
  const error = await findManifest(at('p/sub'), files).catch((caught: unknown) => caught);
  expect(isFailure(error, 'MANIFEST_NOT_FOUND')).toBe(true);
  expect(String(error)).toContain(`Cannot find galley.js in "${at('p/sub')}" or above it, up to "${at('p')}"`);

  await write('p/galley.js');
  expect(await findManifest(at('p/sub'), files)).toBe(at('p/galley.js'));
});
