// Phase `fetch`: the entry is made ready, and what the recipe names arrives in fetch_dir.
import { withCall } from '../call.ts';
import { fetchItems, runFetchVerb } from '../fetching.ts';
import { loadedOf, type Package } from '../package.ts';
import { demandSame } from '../sources.ts';
import { stageEarly, UNPACK } from '../staging.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const fetchPhase: PhaseStep = {
  concerns: (pkg) => pkg.entry !== undefined,

  async work(pkg: Package, run: Run) {
    await pkg.entry?.prepare();
    pkg.prepared = true;
    const { fetch, stage = UNPACK } = loadedOf(pkg).recipe;
    if (fetch?.form === 'function') demandSame(await runFetchVerb(pkg, run, 'fetch'), pkg);
    if (fetch?.form !== 'items') return undefined;
    await withCall(pkg, run, 'fetch', (call) => {
      const openReader = stage.form === 'unpack' ? stageEarly(fetch.items, call, stage.stripComponents) : undefined;
      return fetchItems(fetch.items, call.dirs.fetchDir as string, call, openReader);
    });
    return undefined;
  },
};
