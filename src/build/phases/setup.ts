// Phase `setup`: the selected pairs bring this host into the state the package needs; evaluated on every run.
import { Failure } from '../../model/failure.ts';
import { supportsPlatform } from '../../model/platform.ts';
import { findNearest } from '../../model/suggest.ts';
import type { SetupPair } from '../../model/verb.ts';
import { withCall } from '../call.ts';
import { answer } from '../checks.ts';
import { tellWaiting } from '../holding.ts';
import { entryRef } from '../keying.ts';
import { inLane } from '../lane.ts';
import { loadedOf, type Package } from '../package.ts';
import { lookLockLook } from '../twice.ts';
import { callVerb } from '../verbs.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const setupPhase: PhaseStep = {
  concerns(pkg, run) {
    pkg.setupBegun = true;
    return run.setup && pkg.aliasOf === undefined && pkg.selectedSetup.size > 0;
  },

  async work(pkg: Package, run: Run) {
    const pairs = loadedOf(pkg).recipe.setup;
    const started = new Map<string, Promise<void>>();
    /** One promise per pair; what it depends on comes first, everything else at the same time. */
    const reach = (name: string): Promise<void> => {
      let pair = started.get(name);
      if (!pair) {
        pair = climb(name);
        started.set(name, pair);
      }
      return pair;
    };
    const climb = async (name: string): Promise<void> => {
      const pair = Object.hasOwn(pairs, name) ? pairs[name] : undefined;
      if (!pair) throw unknownPair(name, pkg, Object.keys(pairs));
      await Promise.all(pair.depends.map(reach));
      if (supportsPlatform(pair.platforms, run.world.platform)) await settle(name, pair, pkg, run);
    };
    const ends = await Promise.allSettled([...pkg.selectedSetup].sort().map(reach));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return undefined;
  },
};

/** Looks, locks, looks again, installs, and looks once more: the pattern of every state outside the cache. */
async function settle(name: string, pair: SetupPair, pkg: Package, run: Run): Promise<void> {
  const { cache, signal } = run.world;
  const check = async (): Promise<true | undefined> =>
    (await answer(pair.check, `setup.${name}.check`, { pkg, run, phase: 'setup' })) ? true : undefined;
  const { held } = await lookLockLook({
    look: check,
    lock: () => cache.lockName(`${entryRef(pkg, run).key}-${name}`, { signal, onWaiting: tellWaiting(pkg, run) }),
    unlock: (lock) => lock.release(),
  });
  if (!held) return;
  try {
    await inLane('cpu', pkg, run, () =>
      withCall(pkg, run, 'setup', (call) => callVerb(pair.install, `setup.${name}.install`, call)),
    );
    if (await check()) return;
    throw new Failure('CHECK_FAILED', `Setup "${name}" of ${pkg.label} is still not there after its install`, {
      hint: 'Compare what its install does with what its check asks',
      package: pkg.label,
      about: {
        ...{ file: loadedOf(pkg).recipe.file, path: ['setup', name, 'check'] },
        also: { file: loadedOf(pkg).recipe.file, path: ['setup', name, 'install'], note: 'this ran and ended well' },
      },
    });
  } finally {
    await held.release();
  }
}

/** @throws Failure INVALID_VALUE when a selected pair does not exist: before anything is built for it */
export function checkSelection(pkg: Package): void {
  const { setup } = loadedOf(pkg).recipe;
  const unknown = [...pkg.selectedSetup].find((name) => !Object.hasOwn(setup, name));
  if (unknown !== undefined) throw unknownPair(unknown, pkg, Object.keys(setup));
}

function unknownPair(name: string, pkg: Package, known: string[]): Failure {
  const nearest = findNearest(name, known);
  const help = nearest
    ? `Did you mean "${nearest}"?`
    : known.length > 0
      ? `It has ${known.join(', ')}`
      : 'It has no setup pairs';
  const { file } = loadedOf(pkg).recipe;
  return new Failure('INVALID_VALUE', `${pkg.label} has no setup pair "${name}"`, {
    hint: help,
    package: pkg.label,
    about: {
      file: pkg.origin.file,
      path: [...pkg.origin.path, 'setup'],
      ...(known.length > 0 ? { also: { file, path: ['setup'], note: 'its pairs are declared here' } } : {}),
    },
  });
}
