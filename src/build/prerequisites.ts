// Recipes that a function fetches: `source: { fetch, dependencies }`. What the function needs is there before it runs;
// what it leaves in fetch_dir is the recipe, kept in the cache by its content.
import path from 'node:path';
import type { Source } from '../model/dependency.ts';
import { canonicalJson } from '../model/json.ts';
import { BLANK_RECIPE, type Recipe } from '../model/recipe.ts';
import { recipeDigests } from '../recipe/digests.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import { type Call, withCall } from './call.ts';
import { fetchByFunction } from './fetching.ts';
import { createPackage, type Loaded, type Package } from './package.ts';
import { recipeOf } from './pins.ts';
import { shellFor } from './shell.ts';
import { stageAll } from './staging.ts';
import type { Run } from './world.ts';

/** The directory of a recipe that a function of the referrer has made. */
export async function fetchRecipeByFunction(
  source: Source & { form: 'function' },
  pkg: Package,
  run: Run,
): Promise<string> {
  // As in `resolve`: a shell that is itself a package is known before a verb needs it.
  await shellFor(pkg, run);
  return withCall(standIn(pkg), run, 'resolve', async (call) => {
    await fetchByFunction(source.fetch, 'source.fetch', call);
    const digest = await digestOf(call.dirs.fetchDir as string, run);
    return run.world.cache.ensureRecipe(pkg.request.recipe, digest, async (stageDir) => {
      await stageAll({ ...call, dirs: { ...call.dirs, stageDir } } as Call, 0);
    });
  });
}

/** The package as its referrer sees it: there is no recipe yet, but options, and the module whose function is called. */
function standIn(pkg: Package): Package {
  const { request, label, origin, servesShell, prerequisites } = pkg;
  const asker = origin.parent?.loaded?.recipe;
  const rootDir = asker?.rootDir ?? path.dirname(origin.file);
  const recipe: Recipe = {
    identity: request.recipe,
    file: origin.file,
    rootDir,
    module: asker?.module ?? { entryFile: origin.file, rootDir },
    isDirectory: false,
    files: [origin.file],
    bundles: {},
    ...BLANK_RECIPE,
  };
  const loaded: Loaded = {
    recipe,
    schema: {},
    options: request.options,
    dependencies: [],
    products: {},
    files: {},
    digest: '',
    baseDir: origin.scope.rootDir,
    scope: origin.scope,
  };
  // All of them are there, whatever phase they name.
  const wires = prerequisites.map(({ dependency, target }) => ({
    target,
    dependency: { ...dependency, neededBy: 'fetch' as const },
  }));
  // What the recipe itself fetches is another matter.
  return { ...createPackage(request, origin, servesShell), label, lockedAs: recipeOf(pkg), loaded, wires };
}

async function digestOf(dir: string, { world }: Run): Promise<string> {
  const digests = await recipeDigests(
    { rootDir: dir, isDirectory: true, files: [], bundles: {} },
    (file) => sha256OfFile(file, world.signal),
    world.files,
  );
  return sha256OfBytes(canonicalJson(digests));
}
