// What an asset still needs when it is used: the packages whose assets its files name. Found when it was built, kept in
// its record, and demanded on a hit as well.
import type { Asset } from '../cache/record.ts';
import type { Package } from './package.ts';
import type { Run } from './world.ts';

/** Makes a package that was found in the cache wait for the packages its files refer to. */
export function linkRuntime(pkg: Package, asset: Asset, run: Run): void {
  const wanted = new Set(asset.record.runtime);
  if (wanted.size === 0) return;
  for (const other of run.graph.all()) {
    if (other === pkg || other.key === undefined || !wanted.has(other.key)) continue;
    run.ladder.link({ from: pkg.id, to: other.id, neededBy: 'setup', through: 'setup', always: true });
  }
}
