// `--check-assets`: the recipes' own proof that what was made or found works. No rung of the ladder: nothing waits for it.
import { describeError } from '../model/facts.ts';
import { locateError } from '../recipe/locate.ts';
import { withCall } from './call.ts';
import { loadedOf, type Package } from './package.ts';
import { callVerb } from './verbs.ts';
import type { Run } from './world.ts';

/** Runs the `test` verb of every package of a run that has one; a package whose test fails has failed. */
export async function testAssets(run: Run): Promise<void> {
  const made = run.graph.visible().filter(({ outcome, error }) => outcome !== undefined && error === undefined);
  await Promise.all(made.map((pkg) => testAsset(pkg, run)));
}

async function testAsset(pkg: Package, run: Run): Promise<void> {
  const { test } = loadedOf(pkg).recipe;
  const { emit, files, lanes, signal } = run.world;
  if (!test) return;
  try {
    await lanes.use('cpu', () => withCall(pkg, run, 'test', (call) => callVerb(test, 'test', call)), signal);
  } catch (caught) {
    pkg.outcome = 'failed';
    pkg.error = await locateError(caught, files);
    for (const error of describeError(pkg.error)) emit({ type: 'problem.found', package: pkg.label, error });
  }
}
