// `list`, `product`, `lint` and `log`: what the project has, without making anything of it.
import path from 'node:path';
import type { Asset } from '../cache/record.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure } from '../model/failure.ts';
import { type ManifestEntry, withIncluded } from '../model/manifest.ts';
import type { PackageState } from '../model/package-graph.ts';
import { supportsPlatform } from '../model/platform.ts';
import { Problems } from '../model/problems.ts';
import { isUserManaged, type Recipe } from '../model/recipe.ts';
import { redactUrl } from '../model/redact.ts';
import { ownDigest } from '../model/verb.ts';
import { productValue } from './dependencies.ts';
import { loadAll } from './engine.ts';
import { entryRef } from './keying.ts';
import { follow, isRepeated, loadedOf, type Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import type { ListedPackage } from './session.ts';
import { itemPath } from './sources.ts';
import type { Run } from './world.ts';

/** Every package of the manifest, those for other platforms last. A key that only a download could tell stays open. */
export async function listPackages(project: Project): Promise<ListedPackage[]> {
  const run = await look(project);
  const own = run.graph.all().filter((pkg) => pkg.inManifest && !isRepeated(pkg));
  const entries = withIncluded(project.manifest).flatMap(({ packages }) => packages);
  const elsewhere = entries.filter(({ platforms }) => !supportsPlatform(platforms, run.world.platform));
  return [...(await Promise.all(own.map((pkg) => listPackage(pkg, run)))), ...elsewhere.map(listSkipped)];
}

/** Product → where it is, or will be once its package is made. */
export async function listProducts(project: Project): Promise<Record<string, string>> {
  const run = await look(project);
  const { assetDir } = run.world.cache.layout;
  const products: [string, string][] = [];
  for (const [name, pkg] of run.graph.products()) {
    const value = loadedOf(pkg).products[name] as string;
    if (isUserManaged(loadedOf(pkg).recipe)) products.push([name, value]);
    else if (pkg.key !== undefined) products.push([name, path.join(assetDir(entryRef(pkg, run)), value)]);
  }
  return Object.fromEntries(products.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All that is wrong with the recipes of the project, and advice on what works but will not please. */
export async function lintProject(project: Project): Promise<Diagnostic[]> {
  const run = await look(project);
  const found = run.graph
    .all()
    .map((pkg) => [...problemsOf(pkg), ...(pkg.loaded ? adviceOn(loadedOf(pkg).recipe) : [])]);
  const unique = new Map(
    found
      .flat()
      .map((problem) => [`${problem.code} ${problem.file} ${problem.path.join('.')} ${problem.message}`, problem]),
  );
  return [...unique.values()];
}

/** @throws Failure QUERY_UNKNOWN, QUERY_AMBIGUOUS, or SOURCE_NOT_FOUND when the package has never run a command */
export async function findLog(project: Project, query: string): Promise<string> {
  const run = await look(project);
  const pkg = run.graph.pick(query);
  const dir = path.join(project.world.cache.layout.logsDir, pkg.request.recipe);
  // Packages of one recipe share a directory; a log that was begun before there was a key may be anybody's.
  const logs = await project.world.files.list(dir);
  const own = logs.filter((name) => pkg.key === undefined || name.endsWith(`-${pkg.key}.log`));
  const newest = (own.length > 0 ? own : logs).at(-1);
  if (newest !== undefined) return path.join(dir, newest);
  throw new Failure('SOURCE_NOT_FOUND', `${pkg.label} has no log: none of its commands has run on this cache`, {
    hint: 'Only what is made now runs commands: what was in the cache already ran none',
  });
}

/** A run that has loaded every recipe and changes nothing: no pins, no downloads, no events. */
async function loadGraph(project: Project): Promise<Run> {
  const { world } = project;
  const policy = { ...world.policy, frozen: true, failFast: false, onlyLooks: true };
  const run = await openRun({ ...project, world: { ...world, emit: () => {}, policy } }, ASSETS_ONLY);
  await loadAll(run);
  return run;
}

/** The same, with every key that can be known. */
export async function look(project: Project): Promise<Run> {
  const run = await loadGraph(project);
  await Promise.allSettled(run.graph.all().map((pkg) => run.ladder.reach(pkg.id, 'resolve')));
  return run;
}

/** An entry of the manifest that is for other platforms. */
function listSkipped({ recipe, options, platforms }: ManifestEntry): ListedPackage {
  return { package: recipe, options, platforms, state: 'skipped', products: {} };
}

async function listPackage(asked: Package, run: Run): Promise<ListedPackage> {
  const pkg = follow(asked);
  const { cache } = run.world;
  const { loaded, key } = pkg;
  const asset = key === undefined ? undefined : await cache.peek(entryRef(pkg, run));
  const products = Object.keys(loaded?.products ?? {}).map((name) => [
    name,
    asset ? path.join(asset.assetDir, loaded!.products[name]!) : productValue(pkg, name),
  ]);
  return {
    package: asked.request.recipe,
    options: loaded?.options ?? asked.request.options,
    platforms: loaded?.recipe.platforms ?? [],
    ...(key === undefined ? {} : { key }),
    state: stateOf(pkg, asset),
    ...(asset ? { assetDir: asset.assetDir } : {}),
    products: Object.fromEntries(products),
  };
}

/** @param asset what the cache has of it */
export function stateOf(pkg: Package, asset: Asset | undefined): PackageState {
  if (pkg.skipped) return 'skipped';
  if (problemsOf(pkg).length > 0) return 'failed';
  if (pkg.loaded && isUserManaged(pkg.loaded.recipe)) return 'user-managed';
  return asset ? 'cached' : 'missing';
}

/** What is wrong with a package itself; what only has no pin yet is no problem, a sync will pin it. */
function problemsOf({ error, origin }: Package): readonly Diagnostic[] {
  if (error instanceof Problems) return error.diagnostics.filter(({ code }) => code !== 'FROZEN');
  if (!(error instanceof Failure) || error.code === 'FROZEN' || error.code === 'DEPENDENCY_FAILED') return [];
  const { code, message, hint, location } = error;
  const { file, path } = origin;
  return [
    {
      code,
      message,
      file,
      path,
      ...(hint === undefined ? {} : { hint }),
      ...(location === undefined ? {} : { location }),
    },
  ];
}

function adviceOn(recipe: Recipe): Diagnostic[] {
  const { file, fetch, install, check, stage } = recipe;
  const advice: Diagnostic[] = [];
  if (!check && !fetch && !stage && install === undefined) {
    advice.push({
      code: 'NO_CHECK',
      message: `${recipe.identity} fetches and installs nothing, so it runs on every sync`,
      file,
      path: [],
      hint: 'Give it a check that tells whether its work is done',
    });
  }
  const items = fetch?.form === 'items' ? fetch.items : [];
  for (const [index, item] of items.entries()) {
    if (item.form !== 'url' || ownDigest(item) !== undefined) continue;
    advice.push({
      code: 'NO_PIN',
      message: `Source "${redactUrl(item.url)}" of ${recipe.identity} has no sha256`,
      file,
      path: itemPath(index, items),
      hint: 'galley.lock pins it for this project; a sha256 in the recipe pins it for everybody',
    });
  }
  return advice;
}
