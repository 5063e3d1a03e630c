// Phase `resolve`: every dependency is chosen, every source has a digest, and so the key is final.

import { keyOf, keyParts } from '../keying.ts';
import type { Package } from '../package.ts';
import { refuse } from '../refusals.ts';
import { settleShell } from '../shell.ts';
import { pinSources } from '../sources.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';
import { checkSelection } from './setup.ts';

export const resolvePhase: PhaseStep = {
  concerns: (pkg) => pkg.aliasOf === undefined,

  async work(pkg: Package, run: Run) {
    // What is refused, and what is not pinned, is looked for when all choices are made.
    if (run.world.policy.onlyEvaluates) return undefined;
    refuse(pkg, run);
    checkSelection(pkg);
    await settleShell(pkg, run);
    pkg.sources = await pinSources(pkg, run);
    pkg.parts = await keyParts(pkg, run);
    pkg.key = keyOf(pkg.parts);
    run.world.emit({ type: 'package.resolved', package: pkg.label, key: pkg.key });
    return undefined;
  },
};
