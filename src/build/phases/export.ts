// Phase `export`: the asset goes to a depot, with all that it needs when it is used, while those who depend on it are
// still being built. Packages that leave no asset have nothing to share.
import type { Asset } from '../../cache/record.ts';
import { isFailure } from '../../model/failure.ts';
import { entryRef } from '../keying.ts';
import { follow, type Package } from '../package.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const exportPhase: PhaseStep = {
  concerns: (asked, run) => run.exported?.packages.has(asked) === true && follow(asked).asset !== undefined,

  async work(asked: Package, run: Run) {
    const pkg = follow(asked);
    await Promise.all([...closureOf(pkg, run)].map((one) => deliver(one, run)));
    return undefined;
  },
};

/** The package with those that it declares to need when it is used, those whose assets its files name, and so on. */
function closureOf(pkg: Package, run: Run): Set<Package> {
  const closure = new Set([pkg]);
  // A set that grows is walked to its new end.
  for (const { asset, wires } of closure) {
    for (const { dependency, target } of wires)
      if (dependency.runtime && follow(target).asset) closure.add(follow(target));
    const runtime = new Set(asset?.record.runtime);
    for (const other of run.graph.all()) if (other.asset && runtime.has(other.key as string)) closure.add(other);
  }
  return closure;
}

async function deliver(pkg: Package, run: Run): Promise<void> {
  const { delivery, isNamed } = run.exported as NonNullable<Run['exported']>;
  try {
    await delivery.put(entryRef(pkg, run), pkg.asset as Asset, pkg.label);
  } catch (error) {
    if (isNamed || !isFailure(error, 'NOT_PORTABLE')) throw error;
    run.world.emit({ type: 'log.message', package: pkg.label, phase: 'export', level: 'warn', text: error.message });
  }
}
