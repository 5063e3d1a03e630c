// Phase `check`: is the package there already? A cache-managed one asks the cache, a user-managed one its own verb;
// a miss takes the entry lock, under which everything above runs. A wait for the lock holds no lane.
import { type Asset, isSameAsset } from '../../cache/record.ts';
import { Failure } from '../../model/failure.ts';
import { isUserManaged } from '../../model/recipe.ts';
import { runCheck } from '../checks.ts';
import { linkRuntime } from '../closure.ts';
import { leaveEntry, leaveLock, tellWaiting } from '../holding.ts';
import { entryRef } from '../keying.ts';
import { loadedOf, type Package } from '../package.ts';
import { lookLockLook } from '../twice.ts';
import type { Run } from '../world.ts';
import type { PhaseStep } from './climb.ts';

export const checkPhase: PhaseStep = {
  concerns: (pkg) => pkg.aliasOf === undefined,

  async work(pkg: Package, run: Run) {
    return isUserManaged(loadedOf(pkg).recipe) ? askVerb(pkg, run) : askCache(pkg, run);
  },
};

async function askCache(pkg: Package, run: Run): Promise<'settled' | undefined> {
  const { cache, emit } = run.world;
  const ref = entryRef(pkg, run);
  const unwanted = run.rebuild.has(pkg) ? await cache.find(ref) : undefined;
  // Asked for anew, what another process has made while we waited for it is as good as what we would make.
  const unlessUnwanted = (found?: Asset) => (found && unwanted && isSameAsset(found, unwanted) ? undefined : found);
  const { found } = await lookLockLook({
    look: async () => unlessUnwanted(await (pkg.entry ? pkg.entry.find() : cache.find(ref))),
    lock: async () => {
      emit({ type: 'cache.missed', package: pkg.label, key: ref.key });
      await lockEntry(pkg, run);
    },
    unlock: () => leaveLock(pkg, run),
  });
  if (!found) return undefined;
  pkg.asset = found;
  pkg.outcome = 'cached';
  emit({ type: 'cache.hit', package: pkg.label, key: ref.key, assetDir: found.assetDir });
  linkRuntime(pkg, found, run);
  return 'settled';
}

async function askVerb(pkg: Package, run: Run): Promise<'settled' | undefined> {
  const { found } = await lookLockLook({
    look: async (when): Promise<true | undefined> => ((await runCheck(pkg, run, when)) ? true : undefined),
    lock: () => lockUnlessLost(pkg, run),
    unlock: () => leaveEntry(pkg, run, 'user-managed'),
  });
  if (!found) return undefined;
  pkg.outcome = 'present';
  return 'settled';
}

/** Without an install nothing can make the check true, so nobody has to wait for it. */
async function lockUnlessLost(pkg: Package, run: Run): Promise<void> {
  if (loadedOf(pkg).recipe.install) return await lockEntry(pkg, run);
  throw new Failure('CHECK_FAILED', `${pkg.label} is not there, and its recipe has no install`, {
    hint: 'Install it by hand, or give the recipe an "install" verb',
    package: pkg.label,
  });
}

/** Takes the lock of the package's entry, which everything above runs under. */
async function lockEntry(pkg: Package, run: Run): Promise<void> {
  const { cache, clock, emit, signal } = run.world;
  const startedMs = clock.monotonicMs();
  pkg.entry = await cache.lock(entryRef(pkg, run), { signal, onWaiting: tellWaiting(pkg, run) });
  pkg.lockedAt = clock.now();
  emit({ type: 'lock.acquired', package: pkg.label, waitedMs: Math.round(clock.monotonicMs() - startedMs) });
}
