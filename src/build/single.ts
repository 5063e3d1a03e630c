// `asset` and `product`: one package is made, and its path is the answer.
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure } from '../model/failure.ts';
import { Problems } from '../model/problems.ts';
import { findNearest } from '../model/suggest.ts';
import { assetPathOf, productValue } from './dependencies.ts';
import { climb, loadAll } from './engine.ts';
import { keepAssets } from './keeping.ts';
import type { Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import type { Run } from './world.ts';

/** @throws Failure QUERY_UNKNOWN, QUERY_AMBIGUOUS, or why the package could not be made */
export async function makeAsset(project: Project, query: string): Promise<string> {
  const run = await openRun(project, ASSETS_ONLY);
  await loadAll(run);
  const pkg = run.graph.pick(query);
  await make(pkg, run, project);
  const dir = assetPathOf(pkg);
  if (dir !== undefined) return dir;
  throw new Failure('QUERY_UNKNOWN', `${pkg.label} leaves no asset`, {
    hint: 'A user-managed package has a path when its recipe exports "asset"',
  });
}

/** @throws Failure QUERY_UNKNOWN, PRODUCT_CLASH, or why its package could not be made */
export async function makeProduct(project: Project, name: string): Promise<string> {
  const run = await openRun(project, ASSETS_ONLY);
  await loadAll(run);
  refuseClash(name, run);
  const products = run.graph.products();
  const pkg = products.get(name);
  if (pkg) {
    await make(pkg, run, project);
    return productValue(pkg, name);
  }
  const nearest = findNearest(name, products.keys());
  throw new Failure('QUERY_UNKNOWN', `No package of this project offers product "${name}"`, {
    hint: nearest ? `Did you mean "${nearest}"?` : 'Run galley product to see what there is',
  });
}

/** A product of two packages has no path, whichever of them was first. */
function refuseClash(name: string, run: Run): void {
  for (const { error } of run.graph.all()) {
    const isMeant = ({ code, path }: Diagnostic): boolean => code === 'PRODUCT_CLASH' && path.at(-1) === name;
    if (error instanceof Problems && error.diagnostics.some(isMeant)) throw error;
  }
}

/** Brings one package to the top of its ladder. @throws why it could not be made */
export async function make(pkg: Package, run: Run, project: Project): Promise<void> {
  await climb([pkg], run);
  await keepAssets(project, run, false);
  await run.trees.save();
  if (pkg.error !== undefined) throw pkg.error;
}
