// Phase `build`: the recipe's own work in stage_dir.
import { withCall } from '../call.ts';
import { loadedOf, type Package } from '../package.ts';
import { callVerb } from '../verbs.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const buildPhase: PhaseStep = {
  concerns: (pkg) => pkg.entry !== undefined && loadedOf(pkg).recipe.build !== undefined,

  async work(pkg: Package, run: Run) {
    const { build } = loadedOf(pkg).recipe;
    const { lanes, signal } = run.world;
    if (build)
      await lanes.use('cpu', () => withCall(pkg, run, 'build', (call) => callVerb(build, 'build', call)), signal);
    return undefined;
  },
};
