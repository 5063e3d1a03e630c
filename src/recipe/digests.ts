// Which files a recipe consists of, and their digests: the part of a key that notices an edited recipe.
import { join, relative, sep } from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import type { Recipe } from '../model/recipe.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';
import { isBelow } from '../system/source.ts';

/** Twice the thread pool that reads and hashes. */
const AT_ONCE = 8;

/** What version control and Galley itself keep in a directory says nothing about the recipe. */
const NOT_RECIPE = new Set(['.git', '.galley']);

/** What is asked of a recipe here. */
type RecipeFiles = Pick<Recipe, 'rootDir' | 'isDirectory' | 'files' | 'bundles'>;

/**
 * Digests every file that a recipe consists of: all below a recipe directory, as functions may read any of them; of a
 * single file, that and its static imports, as its neighbours are other recipes.
 *
 * @param digestFile the sha256 of a file by its absolute path; may remember
 * @returns path relative to the recipe's directory, with `/`, or `bundle:<identity>/<path>` → sha256
 */
export async function recipeDigests(
  recipe: RecipeFiles,
  digestFile: (file: string) => Promise<Sha256>,
  files: Pick<Files, 'listTree' | 'readLink'>,
): Promise<Record<string, Sha256>> {
  const { rootDir, isDirectory, bundles } = recipe;
  const own = recipe.files.filter((file) => homeOf(file, recipe) === rootDir);
  const digests = new Map<string, Sha256>();
  const entries = isDirectory ? await files.listTree(rootDir) : own.map((file) => toEntry(rootDir, file));
  const kept = entries.filter(({ path }) => !path.split('/').some((name) => NOT_RECIPE.has(name)));
  await forEachLimited(kept, AT_ONCE, async ({ path, kind }) => {
    const file = join(rootDir, path);
    if (kind === 'file') digests.set(path, await digestFile(file));
    // What a link leads to inside the directory is digested there; outside it cannot be read.
    if (kind === 'link') digests.set(path, sha256OfBytes(`link to ${await files.readLink(file)}`));
  });
  for (const file of recipe.files.filter((file) => !own.includes(file))) {
    const dir = homeOf(file, recipe);
    // Wherever a bundle lies, its files are the same part of a key.
    const name = `bundle:${bundles[dir]}/${toEntry(dir, file).path}`;
    const digest = await digestFile(file);
    const other = digests.get(name) ?? digest;
    // Nothing keeps two bundles from one identity: where their bytes differ, both count.
    digests.set(name, other === digest ? digest : sha256OfBytes(`${other} ${digest}`));
  }
  return Object.fromEntries([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The innermost of the directories that a file of the recipe can be in: its own, or a bundle. */
function homeOf(file: string, { rootDir, bundles }: RecipeFiles): string {
  const around = [rootDir, ...Object.keys(bundles)].filter((dir) => isBelow(dir, file));
  return around.reduce((inner, dir) => (dir.length > inner.length ? dir : inner));
}

function toEntry(rootDir: string, file: string): { path: string; kind: 'file' | 'link' } {
  return { path: relative(rootDir, file).split(sep).join('/'), kind: 'file' };
}
