// Phase `stage`: what was fetched becomes a tree to work on; without a verb, archives are unpacked and files copied.
import { withCall } from '../call.ts';
import { inLane } from '../lane.ts';
import { loadedOf, type Package } from '../package.ts';
import { stageAll, UNPACK } from '../staging.ts';
import { callVerb } from '../verbs.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const stagePhase: PhaseStep = {
  concerns(pkg) {
    if (pkg.entry === undefined) return false;
    const { fetch, stage } = loadedOf(pkg).recipe;
    return fetch !== undefined || stage !== undefined;
  },

  async work(pkg: Package, run: Run) {
    const stage = loadedOf(pkg).recipe.stage ?? UNPACK;
    await inLane('cpu', pkg, run, () =>
      withCall(pkg, run, 'stage', async (call) => {
        if (stage.form === 'unpack') await stageAll(call, stage.stripComponents);
        else await callVerb(stage, 'stage', call);
      }),
    );
    return undefined;
  },
};
