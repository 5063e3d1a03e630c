// Damaged assets are made again, or taken from a depot, where the project at hand knows how. What is there stays for
// those who use it until the new tree takes its place.
import type { Asset } from '../cache/record.ts';
import { isUserManaged } from '../model/recipe.ts';
import { climb, loadAll } from './engine.ts';
import { tellWaiting } from './holding.ts';
import { entryRef } from './keying.ts';
import type { Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import type { Run } from './world.ts';

/** A damaged asset that the project knows, after it was tried; without an error it is whole again. */
export interface Repaired {
  assetDir: string;
  error?: unknown;
}

export async function repairAssets(project: Project, damaged: readonly Asset[]): Promise<Repaired[]> {
  const run = await openRun(project, ASSETS_ONLY);
  await loadAll(run);
  await Promise.allSettled(run.graph.all().map((pkg) => run.ladder.reach(pkg.id, 'resolve')));
  const { cache, signal } = run.world;
  const known = run.graph.all().flatMap((pkg) => {
    const asset = damaged.find(({ assetDir }) => assetDir === assetDirOf(pkg, run));
    return asset ? [{ pkg, asset }] : [];
  });
  // A miss for everybody: each of several processes that found the damage waits for the one that makes it again.
  for (const { pkg, asset } of known) await cache.invalidate(asset, { signal, onWaiting: tellWaiting(pkg, run) });
  await climb(
    known.map(({ pkg }) => pkg),
    run,
  );
  await run.trees.save();
  return known.map(({ pkg, asset: { assetDir } }) => ({ assetDir, ...(pkg.asset ? {} : { error: pkg.error }) }));
}

function assetDirOf(pkg: Package, run: Run): string | undefined {
  const { aliasOf, key, loaded } = pkg;
  if (aliasOf || key === undefined || loaded === undefined || isUserManaged(loaded.recipe)) return undefined;
  return run.world.cache.layout.assetDir(entryRef(pkg, run));
}
