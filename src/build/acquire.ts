// Where the module of a requested recipe is on this machine: in a root or behind a path; or fetched, by URL or by a
// function, into the cache's own recipes, which are verified once and never change.
import path from 'node:path';
import { unpackFile } from '../archive/archive.ts';
import { isArchive } from '../archive/format.ts';
import type { Download } from '../fetch/source.ts';
import type { PackageRequest, RecipeSource, Source } from '../model/dependency.ts';
import { Failure } from '../model/failure.ts';
import { commitOf } from '../model/git.ts';
import { type Bundle, isBundle, type Scope } from '../model/manifest.ts';
import { Problems } from '../model/problems.ts';
import { redactUrl } from '../model/redact.ts';
import { ownDigest } from '../model/verb.ts';
import { type FoundRecipe, findRecipe, type RecipePlaces, suggestRecipe } from '../recipe/find.ts';
import { pointAt } from '../recipe/locate.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import { isBelow } from '../system/source.ts';
import { inLane } from './lane.ts';
import { blameLock } from './lock/blame.ts';
import { lockPinned } from './lock/complete.ts';
import type { Origin, Package } from './package.ts';
import { recipeOf } from './pins.ts';
import { fetchRecipeByFunction } from './prerequisites.ts';
import { recordPin } from './sources.ts';
import type { Run } from './world.ts';
import { demandBundle } from './written.ts';

export interface AcquiredRecipe extends FoundRecipe {
  /** Imports stay below this directory: the recipe's own, or that of its bundle. */
  importDir: string;
  /** What relative paths of `fetch` start at. */
  baseDir: string;
  /** Where its dependencies and the bundles that it imports from are looked up. */
  scope: Scope;
}

/** @throws Problems with RECIPE_NOT_FOUND, BUNDLE_NOT_FOUND, and whatever fetching it throws */
export async function acquireRecipe(pkg: Package, run: Run): Promise<AcquiredRecipe> {
  const { request, origin } = pkg;
  const { source } = request;
  const { files, recipesDir } = run.world;
  const scope =
    source?.form === 'bundle' ? await run.bundles.open(demandBundle(source.bundle, origin), pkg, run) : origin.scope;
  const places: RecipePlaces = { roots: scope.recipeRoots };
  if (isBundle(scope)) places.listed = scope.recipes;
  if (source?.form !== 'bundle') places.builtinDir = recipesDir;
  if (source && source.form !== 'bundle')
    places.source = await pointAt(step(origin, 'source'), files, () => moduleOf(source, pkg, run));
  const found = await findRecipe(request.recipe, places, files);
  if (!found) throw await notFound(pkg, places, scope, run);
  const rootDir = await files.realPath(found.rootDir);
  const file = path.join(rootDir, path.basename(found.file));
  const isOfBundle = isBundle(scope) && !isFetched(source) && !isBelow(recipesDir, found.file);
  if (isOfBundle) await confine(file, scope, pkg, run);
  return {
    ...{ isDirectory: found.isDirectory, rootDir, file, scope },
    importDir: isOfBundle ? scope.rootDir : rootDir,
    baseDir: source?.form === 'path' ? scope.rootDir : rootDir,
  };
}

function isFetched(source: RecipeSource | undefined): boolean {
  return source?.form === 'url' || source?.form === 'function';
}

/** What a bundle names is in the bundle, links included: nobody may have a look at this machine through it. */
async function confine(file: string, bundle: Bundle, { request, origin }: Package, { world }: Run): Promise<void> {
  const real = await world.files.realPath(file);
  if (isBelow(bundle.rootDir, real)) return;
  const { recipe, source } = request;
  const at = source?.form === 'path' ? step(origin, 'source') : { file: bundle.file, path: ['recipes', recipe] };
  const message = `Recipe ${recipe} of bundle ${bundle.identity} leads outside the bundle, to "${real}"`;
  throw new Problems([{ code: 'INVALID_VALUE', message, hint: 'Move it into the bundle', ...at }]);
}

/** The module or directory that a source stands for, once it is on this machine. */
async function moduleOf(source: Source, pkg: Package, run: Run): Promise<string> {
  const place = await obtain(source, pkg, run);
  if (source.form === 'path') return place;
  const found = await findInTree(place, ['recipe.js', `${pkg.request.recipe}.js`], run);
  if (found === undefined) return place;
  return path.basename(found) === 'recipe.js' ? path.dirname(found) : found;
}

/** What a source names, or the directory in which it is unpacked. */
export async function obtain(source: Source, pkg: Package, run: Run): Promise<string> {
  if (source.form === 'path') return verifyPath(source, run);
  if (source.form === 'url') return enter(await downloadRecipe(source, pkg, run), source, run);
  if (run.world.policy.onlyLooks) throw notFetched(pkg);
  return fetchRecipeByFunction(source, pkg, run);
}

/** A repository may have a link in the place of a directory. */
async function enter(dir: string, { subdir }: Source & { form: 'url' }, { world }: Run): Promise<string> {
  if (subdir === undefined) return dir;
  const inner = path.join(dir, subdir);
  const real = await unlessMissing(world.files.realPath(inner));
  if (real === undefined || isBelow(await world.files.realPath(dir), real)) return inner;
  throw new Failure('INVALID_VALUE', `Directory "${subdir}" of the source is a link that leads out of it`);
}

/** A file that is named with its digest is that very file, or an error. */
async function verifyPath({ path: file, sha256 }: Source & { form: 'path' }, { world }: Run): Promise<string> {
  if (sha256 === undefined || !(await world.files.exists(file))) return file;
  if ((await world.files.statTarget(file)).kind === 'dir')
    throw new Failure('INVALID_VALUE', `Cannot compare "${file}" with a sha256: it is a directory`);
  const actual = await sha256OfFile(file, world.signal);
  if (actual === sha256) return file;
  throw new Failure('DIGEST_MISMATCH', `Cannot use "${file}": expected sha256 ${sha256}, found ${actual}`, {
    hint: 'When it was meant to change, write the new sha256 beside the source',
  });
}

/** A module or an archive of one, by its digest: the same bytes are unpacked once for all projects. */
async function downloadRecipe(source: Source & { form: 'url' }, pkg: Package, run: Run): Promise<string> {
  const { recipe } = pkg.request;
  // A commit has many parts, and the whole address says which one is meant.
  const ofCommit = commitOf(source.url) && sha256OfBytes(source.url);
  const digest = source.sha256 ?? ofCommit ?? run.pins.find(recipeOf(pkg), source.url)?.sha256;
  const fill = async (dir: string): Promise<void> => place(await download(source, pkg, run), dir, pkg, run);
  // Known and there: nothing is asked of anybody.
  if (digest !== undefined) {
    const dir = await run.world.cache.ensureRecipe(recipe, digest, fill);
    if (run.pins.mustBeComplete) await lockPinned(recipeOf(pkg), source, { run });
    return dir;
  }
  const refusal = run.pins.refusal(pkg, source.url);
  if (refusal) throw refusal;
  const fresh = await download(source, pkg, run);
  return run.world.cache.ensureRecipe(recipe, fresh.sha256, (dir) => place(fresh, dir, pkg, run));
}

async function download(source: Source & { form: 'url' }, pkg: Package, run: Run): Promise<Download> {
  const { url, sha256 } = source;
  const { fetcher, policy, signal } = run.world;
  if (policy.onlyLooks && !policy.onlyEvaluates) throw notFetched(pkg);
  const wanted = sha256 === undefined ? { url } : { url, sha256 };
  const details = { signal, package: pkg.label, pin: run.pins.findSame(recipeOf(pkg), url, sha256) };
  const bring = () => blameLock(recipeOf(pkg), source, { pkg, run }, () => fetcher.download(wanted, details));
  const done = await inLane('network', pkg, run, bring);
  recordPin(done, recipeOf(pkg), { pkg, run, own: ownDigest(source) });
  return done;
}

async function place({ file, fileName }: Download, dir: string, pkg: Package, { world }: Run): Promise<void> {
  const { files, signal } = world;
  if (isArchive(fileName)) await unpackFile(file, dir, { files, signal });
  else await files.copyTree(file, path.join(dir, `${pkg.request.recipe}.js`), signal);
}

function notFetched(pkg: Package): Failure {
  return new Failure('FROZEN', `The recipe of ${pkg.label} has not been fetched yet`, { hint: 'Run galley sync once' });
}

/** The first of some files that is in an unpacked tree, or in the one directory of an archive. */
export async function findInTree(dir: string, names: readonly string[], run: Run): Promise<string | undefined> {
  const { files } = run.world;
  for (const name of names) if (await files.exists(path.join(dir, name))) return path.join(dir, name);
  const [only, ...others] = await files.list(dir);
  if (only === undefined || others.length > 0) return undefined;
  const inner = path.join(dir, only);
  return (await files.stat(inner)).kind === 'dir' ? findInTree(inner, names, run) : undefined;
}

async function notFound(pkg: Package, places: RecipePlaces, scope: Scope, run: Run): Promise<Problems> {
  const { request, origin } = pkg;
  const listed = places.listed?.[request.recipe];
  if (listed !== undefined) {
    const message = `Cannot find recipe ${request.recipe} at ${listed}, where its bundle lists it`;
    return new Problems([{ code: 'RECIPE_NOT_FOUND', message, file: scope.file, path: ['recipes', request.recipe] }]);
  }
  const message = `Cannot find recipe ${request.recipe} ${whereOf(request.source, scope)}`;
  const hint = await adviceFor(request, places, scope, run);
  return new Problems([{ code: 'RECIPE_NOT_FOUND', message, file: origin.file, path: origin.path, hint }]);
}

async function adviceFor(
  { recipe, source }: PackageRequest,
  places: RecipePlaces,
  scope: Scope,
  run: Run,
): Promise<string> {
  if (source && source.form !== 'bundle')
    return `The source has to be a module, or a directory with recipe.js or ${recipe}.js in it`;
  const nearest = await suggestRecipe(recipe, places, run.world.files);
  if (nearest) return `Did you mean "${nearest}"?`;
  if (isBundle(scope))
    return `Its recipes are in "recipes" of ${scope.file}; another place needs a "source" or "bundle"`;
  if (places.roots.length > 0) return `Make ${recipe}.js or ${recipe}/recipe.js there, or give the entry a "source"`;
  return 'Export recipe_roots = ["recipes"] to find recipes in that directory, or give the entry a "source"';
}

function whereOf(source: RecipeSource | undefined, scope: Scope): string {
  if (source && source.form !== 'bundle') return `at ${placeOf(source)}`;
  if (isBundle(scope)) return `in bundle ${scope.identity}`;
  const { recipeRoots } = scope;
  return recipeRoots.length > 0 ? `in ${recipeRoots.join(', ')}` : 'anywhere: the manifest has no "recipe_roots"';
}

function placeOf(source: Source): string {
  if (source.form === 'path') return source.path;
  return source.form === 'url' ? redactUrl(source.url) : `what its source function fetched`;
}

function step({ file, path: to }: Origin, name: string) {
  return { file, path: [...to, name] };
}
