// Where the module of a requested recipe is on this machine: in a root or behind a path; or fetched, by URL or by a
// function, into the cache's own recipes, which are verified once and never change.
import path from 'node:path';
import { unpackFile } from '../archive/archive.ts';
import { isArchive } from '../archive/format.ts';
import type { Download } from '../fetch/source.ts';
import type { PackageRequest, RecipeSource } from '../model/dependency.ts';
import { Failure } from '../model/failure.ts';
import { Problems } from '../model/problems.ts';
import { redactUrl } from '../model/redact.ts';
import { type FoundRecipe, findRecipe, type RecipePlaces, suggestRecipe } from '../recipe/find.ts';
import { pointAt } from '../recipe/locate.ts';
import { sha256OfFile } from '../system/digest.ts';
import type { Package } from './package.ts';
import { fetchRecipeByFunction } from './prerequisites.ts';
import { recordPin } from './sources.ts';
import type { Run } from './world.ts';

export interface AcquiredRecipe extends FoundRecipe {
  /** What relative paths of `fetch` start at. */
  baseDir: string;
}

/** @throws Problems with RECIPE_NOT_FOUND, and whatever fetching it throws */
export async function acquireRecipe(pkg: Package, run: Run): Promise<AcquiredRecipe> {
  const { recipe, source } = pkg.request;
  const { files, recipesDir } = run.world;
  const { scope } = pkg.origin;
  const places: RecipePlaces = { roots: scope.recipeRoots, builtinDir: recipesDir };
  const asked = { ...pkg.origin, path: [...pkg.origin.path, 'source'] };
  if (source) places.source = await pointAt(asked, files, () => placeFor(source, pkg, run));
  const found = await findRecipe(recipe, places, files);
  if (!found) throw await notFound(pkg, places, run);
  const rootDir = await files.realPath(found.rootDir);
  const file = path.join(rootDir, path.basename(found.file));
  return { ...found, rootDir, file, baseDir: source?.form === 'path' ? scope.rootDir : rootDir };
}

/** The module or directory that a source stands for, once it is on this machine. */
async function placeFor(source: RecipeSource, pkg: Package, run: Run): Promise<string> {
  if (source.form === 'path') return verifyPath(source, run);
  if (source.form === 'url') {
    const dir = await downloadRecipe(source, pkg, run);
    return findModule(path.join(dir, source.subdir ?? '.'), pkg.request.recipe, run);
  }
  if (run.world.policy.onlyLooks) throw notFetched(pkg);
  return findModule(await fetchRecipeByFunction(source, pkg, run), pkg.request.recipe, run);
}

/** A file that is named with its digest is that very file, or an error. */
async function verifyPath({ path: file, sha256 }: RecipeSource & { form: 'path' }, { world }: Run): Promise<string> {
  if (sha256 === undefined || !(await world.files.exists(file))) return file;
  if ((await world.files.statTarget(file)).kind === 'dir')
    throw new Failure('INVALID_VALUE', `Cannot compare "${file}" with a sha256: it is a directory`);
  const actual = await sha256OfFile(file);
  if (actual === sha256) return file;
  throw new Failure('DIGEST_MISMATCH', `Cannot use "${file}": expected sha256 ${sha256}, found ${actual}`, {
    hint: 'When it was meant to change, write the new sha256 beside the source',
  });
}

/** A module or an archive of one, by its digest: the same bytes are unpacked once for all projects. */
async function downloadRecipe(source: RecipeSource & { form: 'url' }, pkg: Package, run: Run): Promise<string> {
  const { recipe } = pkg.request;
  const sha256 = source.sha256 ?? run.pins.find(pkg, source.url)?.sha256;
  const fill = async (dir: string): Promise<void> => place(await download(source, pkg, run), dir, pkg, run);
  // Known and there: nothing is asked of anybody.
  if (sha256 !== undefined) return run.world.cache.ensureRecipe(recipe, sha256, fill);
  const refusal = run.pins.refusal(pkg, source.url);
  if (refusal) throw refusal;
  const fresh = await download(source, pkg, run);
  recordPin(fresh, pkg, run);
  return run.world.cache.ensureRecipe(recipe, fresh.sha256, (dir) => place(fresh, dir, pkg, run));
}

function download({ url, sha256 }: RecipeSource & { form: 'url' }, pkg: Package, run: Run): Promise<Download> {
  const { fetcher, lanes, policy, signal } = run.world;
  if (policy.onlyLooks) throw notFetched(pkg);
  const wanted = sha256 === undefined ? { url } : { url, sha256 };
  const details = { signal, package: pkg.label, pin: run.pins.find(pkg, url) };
  return lanes.use('network', () => fetcher.download(wanted, details), signal);
}

async function place({ file, fileName }: Download, dir: string, pkg: Package, { world }: Run): Promise<void> {
  const { files, signal } = world;
  if (isArchive(fileName)) await unpackFile(file, dir, { files, signal });
  else await files.copyTree(file, path.join(dir, `${pkg.request.recipe}.js`));
}

function notFetched(pkg: Package): Failure {
  return new Failure('FROZEN', `The recipe of ${pkg.label} has not been fetched yet`, { hint: 'Run galley sync once' });
}

/** The module in an unpacked tree: `recipe.js`, `<identity>.js`, or either in the one directory of an archive. */
async function findModule(dir: string, recipe: string, run: Run): Promise<string> {
  const { files } = run.world;
  if (await files.exists(path.join(dir, 'recipe.js'))) return dir;
  const named = path.join(dir, `${recipe}.js`);
  if (await files.exists(named)) return named;
  const [only, ...others] = await files.list(dir);
  if (only === undefined || others.length > 0) return dir;
  return (await files.stat(path.join(dir, only))).kind === 'dir' ? findModule(path.join(dir, only), recipe, run) : dir;
}

async function notFound({ request, origin }: Package, places: RecipePlaces, run: Run): Promise<Problems> {
  const { recipe, source } = request;
  const message = `Cannot find recipe ${recipe} ${whereOf(source, places)}`;
  const hint = await adviceFor(request, places, run);
  return new Problems([{ code: 'RECIPE_NOT_FOUND', message, file: origin.file, path: origin.path, hint }]);
}

async function adviceFor({ recipe, source }: PackageRequest, places: RecipePlaces, run: Run): Promise<string> {
  if (source) return `The source has to be a module, or a directory with recipe.js or ${recipe}.js in it`;
  const nearest = await suggestRecipe(recipe, places, run.world.files);
  if (nearest) return `Did you mean "${nearest}"?`;
  if (places.roots.length > 0) return `Make ${recipe}.js or ${recipe}/recipe.js there, or give the entry a "source"`;
  return 'Export recipe_roots = ["recipes"] to find recipes in that directory, or give the entry a "source"';
}

function whereOf(source: RecipeSource | undefined, { roots }: RecipePlaces): string {
  if (source) return `at ${placeOf(source)}`;
  return roots.length > 0 ? `in ${roots.join(', ')}` : 'anywhere: the manifest has no "recipe_roots"';
}

function placeOf(source: RecipeSource): string {
  if (source.form === 'path') return source.path;
  return source.form === 'url' ? redactUrl(source.url) : `what its source function fetched`;
}
