// Phase `recipe`: the module is found, evaluated and read; its dependencies join the graph.
import { supportsPlatform } from '../../model/platform.ts';
import { Problems } from '../../model/problems.ts';
import { finishSkipped } from '../finish.ts';
import { follow, type Package } from '../package.ts';
import { connectShell } from '../shell.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const recipePhase: PhaseStep = {
  concerns: () => true,

  async work(pkg: Package, run: Run) {
    const { emit, platform } = run.world;
    refuseUnwired(pkg);
    pkg.loaded = await run.loader.load(pkg, run);
    const { recipe } = pkg.loaded;
    emit({ type: 'recipe.loaded', package: pkg.label, file: recipe.file });
    if (recipe.deprecated) emit({ type: 'recipe.deprecated', package: pkg.label, ...recipe.deprecated });
    pkg.skipped = !supportsPlatform(recipe.platforms, platform);
    if (pkg.skipped) {
      finishSkipped(pkg, run);
      return undefined;
    }
    run.graph.settle(pkg);
    run.graph.offer(follow(pkg));
    if (pkg.aliasOf) {
      followRungs(pkg, run);
      return undefined;
    }
    connectShell(pkg, run);
    run.wiring.wire(pkg, pkg.loaded.dependencies, 'resolve');
    return undefined;
  },
};

/** Prerequisites of the recipe itself that could not be chosen: nothing can load it. */
function refuseUnwired({ unwired }: Package): void {
  const [first, ...rest] = unwired;
  if (first) throw new Problems([first, ...rest]);
}

/** An alias has what the first package has, when that has it. */
function followRungs(pkg: Package, run: Run): void {
  const to = pkg.aliasOf?.id as string;
  for (const rung of ['resolve', 'setup', 'done'] as const) {
    run.ladder.link({ from: pkg.id, to, neededBy: rung, through: rung, always: true });
  }
}
