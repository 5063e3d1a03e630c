// Phase `import`: what somebody else has built and shared is taken instead of being built. Whatever is wrong with a depot
// or its archives, the next one is asked, and at last the package is built as if there were none.
import type { Writable } from 'node:stream';
import type { Asset } from '../../cache/record.ts';
import type { ArchivedEntry } from '../../model/archived-entry.ts';
import { Failure } from '../../model/failure.ts';
import { isUserManaged } from '../../model/recipe.ts';
import { linkRuntime } from '../closure.ts';
import type { Offer } from '../depot/depots.ts';
import { bringArchive, receive } from '../depot/receive.ts';
import { hear } from '../depot/testimony.ts';
import { entryRef } from '../keying.ts';
import { inLane } from '../lane.ts';
import { loadedOf, type Package } from '../package.ts';
import { settlePublished } from '../publish.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

/** Who hangs on a server that sends nothing could build meanwhile; a connection that breaks off is worth a second. */
const ATTEMPTS = 2;

export const importPhase: PhaseStep = {
  concerns(pkg, run) {
    if (run.depots.isEmpty || pkg.entry === undefined) return false;
    return !isUserManaged(loadedOf(pkg).recipe) && !run.rebuild.has(pkg);
  },

  async work(pkg: Package, run: Run) {
    for (const offer of await run.depots.offers(entryRef(pkg, run))) {
      const asset = await inLane('network', pkg, run, () => accept(offer, pkg, run));
      if (asset === undefined) continue;
      await settlePublished(pkg, asset, run);
      pkg.outcome = 'imported';
      linkRuntime(pkg, asset, run);
      return 'settled';
    }
    return undefined;
  },
};

/** Undefined when nothing came of it, which the depot is blamed for. */
async function accept(offer: Offer, pkg: Package, run: Run): Promise<Asset | undefined> {
  const { depot, entry: archive } = offer;
  const { cache, emit, fetcher, files, clock, signal } = run.world;
  // Meanwhile others may have found out.
  if (run.depots.isLost(depot)) return undefined;
  const arrival = {
    ref: entryRef(pkg, run),
    name: archive.url,
    bring: (tee: Writable) => bringArchive(offer, { fetcher, signal, package: pkg.label, tee, attempts: ATTEMPTS }),
    hear: (entry: ArchivedEntry) => hear(offer, entry, run.depots.keys, signal),
  };
  try {
    const asset = await receive(arrival, pkg.entry!, { files, clock, layout: cache.layout, signal });
    const { name } = depot;
    emit({ type: 'entry.imported', package: pkg.label, key: asset.key, depot: name, sizeBytes: archive.size });
    return asset;
  } catch (error) {
    // A disk that is full here is not the depot's fault, and would be no less full when building.
    if (signal.aborted || !(error instanceof Failure) || error.code === 'NO_SPACE') throw error;
    run.depots.refuse(depot.address, error, pkg.label);
    return undefined;
  }
}
