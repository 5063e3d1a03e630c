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
export const SHIPPED = 'galley';

export interface FoundRecipe {
  /** Absolute path of the module. */
  file: string;
  /** The recipe's own directory. */
  rootDir: string;
  /** Every file below `rootDir` is part of the recipe. */
  isDirectory: boolean;
}

export interface RecipePlaces {
  /** Absolute path of a module, or of a directory with a recipe.js. The other places do not count then. */
  source?: string;
  /** What a bundle lists: identity → absolute path. The roots do not count then. */
  listed?: Readonly<Record<string, string>>;
  /** Absolute directories, in search order. */
  roots: readonly string[];
  /** Directory of the recipes that ship with Galley, laid out like a root; absent where they do not count. */
  builtinDir?: string;
}

type Reading = Pick<Files, 'statTarget' | 'list'>;

/** Finds the module of a recipe. Undefined: RECIPE_NOT_FOUND, and `suggestRecipe` may know what was meant. */
export async function findRecipe(
  identity: string,
  places: RecipePlaces,
  files: Reading,
): Promise<FoundRecipe | undefined> {
  const { source, listed } = places;
  if (source !== undefined) return findAt(source, files);
  for (const root of rootsFor(identity, places)) {
    const found =
      (await findFile(join(root, `${identity}.js`), files)) ?? (await findDirectory(join(root, identity), files));
    if (found) return found;
  }
  return listed && Object.hasOwn(listed, identity) ? findAt(listed[identity] as string, files) : undefined;
}

/** The recipe in the roots whose identity is nearest to one that was not found. */
export async function suggestRecipe(
  identity: string,
  places: RecipePlaces,
  files: Reading,
): Promise<string | undefined> {
  return findNearest(identity, await listRecipes(places, files));
}

/** The identities of all recipes that can be found, by their file names; sorted. */
export async function listRecipes(
  { roots, builtinDir, listed = {} }: Omit<RecipePlaces, 'source'>,
  files: Reading,
): Promise<string[]> {
  const names = await Promise.all([builtinDir ?? [], roots].flat().map((root) => files.list(root)));
  const identities = [...names.flat().map((name) => name.replace(/\.js$/, '')), ...Object.keys(listed)];
  return [...new Set(identities)].filter((name) => parseIdentity(name) !== undefined).sort();
}

/** Galley's own come first: a recipe that ships with it means the same in every project and bundle. */
function rootsFor(identity: string, { roots, builtinDir }: RecipePlaces): string[] {
  const isShipped = builtinDir !== undefined && parseIdentity(identity)?.namespace === SHIPPED;
  return isShipped ? [builtinDir, ...roots] : [...roots];
}

async function findAt(place: string, files: Reading): Promise<FoundRecipe | undefined> {
  return (await findFile(place, files)) ?? (await findDirectory(place, files));
}

async function findFile(file: string, files: Reading): Promise<FoundRecipe | undefined> {
  const stat = await unlessMissing(files.statTarget(file));
  return stat?.kind === 'file' ? { file, rootDir: dirname(file), isDirectory: false } : undefined;
}

async function findDirectory(rootDir: string, files: Reading): Promise<FoundRecipe | undefined> {
  const found = await findFile(join(rootDir, RECIPE_FILE), files);
  return found && { ...found, isDirectory: true };
}
