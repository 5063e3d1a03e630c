// Phase `deploy`: the package is put to use on this host, when it is the project's own and has changed since the last
// time that this worked.
import { withCall } from '../call.ts';
import { inLane } from '../lane.ts';
import { follow, loadedOf, type Package } from '../package.ts';
import { callVerb } from '../verbs.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const deployPhase: PhaseStep = {
  concerns: (asked, run) => {
    const pkg = follow(asked);
    return run.deploy && asked.inManifest && loadedOf(pkg).recipe.deploy !== undefined && hasChanged(pkg, run);
  },

  async work(asked: Package, run: Run) {
    const pkg = follow(asked);
    const { deploy } = loadedOf(pkg).recipe;
    if (!deploy) return undefined;
    if (!pkg.asset) await run.records.setDue(pkg.label);
    // Two names of one package deploy it once.
    pkg.deployed ??= inLane('cpu', pkg, run, () =>
      withCall(pkg, run, 'deploy', (call) => callVerb(deploy, 'deploy', call)),
    );
    await pkg.deployed;
    await run.records.setDeployed(pkg.label, pkg.key as string);
    return undefined;
  },
};

/** A package without an asset has changed when its install ran, and stays changed until a deploy has worked. */
function hasChanged(pkg: Package, run: Run): boolean {
  if (pkg.asset) return run.records.deployedKey(pkg.label) !== pkg.key;
  return pkg.outcome === 'installed' || pkg.outcome === 'ran' || run.records.deployedKey(pkg.label) === '';
}
