// Phase `recipe`: the module is found, evaluated and read; its dependencies join the graph.
import { supportsPlatform } from '../../model/platform.ts';
import { finishSkipped } from '../finish.ts';
import { follow, type Loaded, loadedOf, type Package } from '../package.ts';
import { refusePrerequisites } from '../refusals.ts';
import { connectShell } from '../shell.ts';
import type { Run } from '../world.ts';
import { writtenSource } from '../written.ts';
import type { PhaseStep } from './climb.ts';

export const recipePhase: PhaseStep = {
  concerns: () => true,

  async work(pkg: Package, run: Run) {
    refusePrerequisites(pkg, run);
    const load = () => run.loader.load(pkg, run);
    // Who is first decides who clashes with whom. Only what has to be fetched may be late.
    if (isHere(pkg)) await run.turns.take(load, (loaded) => join(pkg, loaded, run));
    else join(pkg, await load(), run);
    return undefined;
  },
};

function isHere(pkg: Package): boolean {
  const written = writtenSource(pkg);
  return written === undefined || written.source.form === 'path';
}

/** A package whose recipe is known becomes one that others can find, and asks for what it depends on. */
function join(pkg: Package, loaded: Loaded, run: Run): void {
  const { emit, platform } = run.world;
  const { recipe } = loaded;
  pkg.loaded = loaded;
  emit({ type: 'recipe.loaded', package: pkg.label, file: recipe.file });
  if (recipe.deprecated) emit({ type: 'recipe.deprecated', package: pkg.label, ...recipe.deprecated });
  pkg.skipped = !supportsPlatform(recipe.platforms, platform);
  if (pkg.skipped) {
    finishSkipped(pkg, run);
    return;
  }
  run.graph.settle(pkg);
  run.graph.offer(follow(pkg));
  if (pkg.aliasOf) {
    followRungs(pkg, run);
    if (loaded.scope !== loadedOf(pkg).scope) run.wiring.compare(pkg, loaded);
    return;
  }
  connectShell(pkg, run);
  run.wiring.wire(pkg, loaded.dependencies, 'resolve');
}

/** An alias has what the first package has, when that has it. */
function followRungs(pkg: Package, run: Run): void {
  const to = pkg.aliasOf?.id as string;
  for (const rung of ['resolve', 'setup', 'done'] as const) {
    run.ladder.link({ from: pkg.id, to, neededBy: rung, through: rung, always: true });
  }
}
