// What a recipe is made of on disk, for whoever has to notice that it has changed.
import path from 'node:path';
import type { Recipe } from '../model/recipe.ts';
import type { Files } from '../system/files.ts';

/** Its modules; of a directory recipe all that is in it, and directories, as their own stamp tells what came or went. */
export async function recipeFiles(recipe: Recipe, files: Files): Promise<string[]> {
  if (!recipe.isDirectory) return recipe.files;
  const entries = await files.listTree(recipe.rootDir);
  const own = entries.filter(({ path: name }) => !/^\.(git|galley)(\/|$)/.test(name));
  return [...recipe.files, recipe.rootDir, ...own.map(({ path: name }) => path.join(recipe.rootDir, name))];
}
