// Phase `build`: the recipe's own work in stage_dir, or what a build system is told to do there.
import { demandValue } from '../../model/problems.ts';
import type { BuildVerb } from '../../model/verb.ts';
import { parseBuildAnswer } from '../../recipe/answer.ts';
import { pointAt } from '../../recipe/locate.ts';
import { type Call, withCall } from '../call.ts';
import { inLane } from '../lane.ts';
import { loadedOf, type Package } from '../package.ts';
import { callVerb } from '../verbs.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const buildPhase: PhaseStep = {
  concerns: (pkg) => pkg.entry !== undefined && loadedOf(pkg).recipe.build !== undefined,

  async work(pkg: Package, run: Run) {
    const { build } = loadedOf(pkg).recipe;
    if (build) await inLane('cpu', pkg, run, () => withCall(pkg, run, 'build', (call) => runBuild(build, call)));
    return undefined;
  },
};

async function runBuild(verb: BuildVerb, call: Call): Promise<void> {
  const { file } = loadedOf(call.pkg).recipe;
  const answer = verb.form === 'declarative' ? verb.build : await callBuild(verb, call);
  if (answer === 'nothing') return;
  const { buildDeclared } = await import('../declarative/build.ts');
  await pointAt({ file, path: ['build', answer.tool] }, call.run.world.files, async () => {
    call.pkg.plan = await buildDeclared(answer, call);
  });
}

/** A function may prepare the sources and leave the rest to a build system. */
async function callBuild(verb: Exclude<BuildVerb, { form: 'declarative' }>, call: Call) {
  const answer = await callVerb(verb, 'build', call);
  return demandValue(parseBuildAnswer(answer ?? null, loadedOf(call.pkg).recipe.file));
}
