// Where the module of a recipe is: in its source, in a recipe root, or among the recipes that ship with Galley. Remote
// sources are files here too, once they have been fetched.
import { dirname, join } from 'node:path';
import { parseIdentity } from '../model/identity.ts';
import { findNearest } from '../model/suggest.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';

/** The module of a directory recipe. */
const RECIPE_FILE = 'recipe.js';

/** The one namespace that is Galley's own. */
const SHIPPED = 'galley';

export interface FoundRecipe {
  /** Absolute path of the module. */
  file: string;
  /** The recipe's own directory: imports stay inside. */
  rootDir: string;
  /** Every file below `rootDir` is part of the recipe. */
  isDirectory: boolean;
}

export interface RecipePlaces {
  /** Absolute path of a module, or of a directory with a recipe.js. The other places do not count then. */
  source?: string;
  /** Absolute directories, in search order. */
  roots: readonly string[];
  /** Directory of the recipes that ship with Galley, laid out like a root. */
  builtinDir: string;
}

type Reading = Pick<Files, 'statTarget' | 'list'>;

/** Finds the module of a recipe. Undefined: RECIPE_NOT_FOUND, and `suggestRecipe` may know what was meant. */
export async function findRecipe(
  identity: string,
  places: RecipePlaces,
  files: Reading,
): Promise<FoundRecipe | undefined> {
  if (places.source !== undefined) {
    return (await findFile(places.source, files)) ?? (await findDirectory(places.source, files));
  }
  for (const root of rootsFor(identity, places)) {
    const found =
      (await findFile(join(root, `${identity}.js`), files)) ?? (await findDirectory(join(root, identity), files));
    if (found) return found;
  }
  return undefined;
}

/** The recipe in the roots whose identity is nearest to one that was not found. */
export async function suggestRecipe(
  identity: string,
  places: RecipePlaces,
  files: Reading,
): Promise<string | undefined> {
  return findNearest(identity, await listRecipes(places, files));
}

/** The identities of all recipes in the roots, by their file names; sorted. */
export async function listRecipes({ roots, builtinDir }: RecipePlaces, files: Reading): Promise<string[]> {
  const names = await Promise.all([builtinDir, ...roots].map((root) => files.list(root)));
  const identities = names.flat().map((name) => name.replace(/\.js$/, ''));
  return [...new Set(identities)].filter((name) => parseIdentity(name) !== undefined).sort();
}

/** Galley's own come first: a recipe that ships with it means the same in every project. */
function rootsFor(identity: string, { roots, builtinDir }: RecipePlaces): string[] {
  return parseIdentity(identity)?.namespace === SHIPPED ? [builtinDir, ...roots] : [...roots];
}

async function findFile(file: string, files: Reading): Promise<FoundRecipe | undefined> {
  const stat = await unlessMissing(files.statTarget(file));
  return stat?.kind === 'file' ? { file, rootDir: dirname(file), isDirectory: false } : undefined;
}

async function findDirectory(rootDir: string, files: Reading): Promise<FoundRecipe | undefined> {
  const found = await findFile(join(rootDir, RECIPE_FILE), files);
  return found && { ...found, isDirectory: true };
}
