// How a package ends: whatever happened, its entry is purged by the rules, its lock is released, and one event says
// what became of it.

import type { Leaving } from '../cache/entry.ts';
import type { Outcome } from '../model/event.ts';
import { describeError } from '../model/facts.ts';
import { isFailure } from '../model/failure.ts';
import type { Phase } from '../model/phase.ts';
import { isUserManaged } from '../model/recipe.ts';
import { leaveEntry } from './holding.ts';
import type { Package } from './package.ts';
import type { Run } from './world.ts';

/** Sees a demanded package to its end; the failure is kept for the answer. */
export function finish(pkg: Package, run: Run): void {
  if (pkg.finishing) return;
  pkg.finishing = climbAndLeave(pkg, run);
  run.finishing.push(pkg.finishing);
}

async function climbAndLeave(pkg: Package, run: Run): Promise<void> {
  try {
    await run.ladder.reach(pkg.id, 'done');
  } catch (error) {
    pkg.outcome = outcomeOf(error, run);
    pkg.error = error;
  }
  if (pkg.aliasOf) return;
  try {
    await leaveEntry(pkg, run, leavingOf(pkg));
  } catch (error) {
    pkg.outcome = 'failed';
    pkg.error ??= error;
  }
  report(pkg, run);
}

/** A user-managed workspace is gone after a failure too: what it was to leave is elsewhere. */
function leavingOf(pkg: Package): Leaving {
  if (pkg.loaded && isUserManaged(pkg.loaded.recipe)) return 'user-managed';
  return pkg.outcome === 'cancelled' || pkg.outcome === 'failed' ? pkg.outcome : 'unfinished';
}

/** The end of a package that failed before its ladder came to what has to be left in order. */
export function finishEarly(pkg: Package, run: Run, error: unknown): void {
  if (pkg.finishing) return;
  pkg.finishing = Promise.resolve();
  pkg.outcome = outcomeOf(error, run);
  pkg.error = error;
  report(pkg, run);
}

/** The end of a package that is not for this platform. */
export function finishSkipped(pkg: Package, run: Run): void {
  pkg.finishing = Promise.resolve();
  pkg.outcome = 'skipped';
  report(pkg, run);
}

/** Tells a phase that failed: its first problem, and the others of the same text. */
export async function tellFailure(
  pkg: Package,
  run: Run,
  { error, ...failed }: { phase: Phase; durationMs: number; error: unknown },
): Promise<void> {
  const { emit, files } = run.world;
  const [first, ...others] = describeError(error);
  // A log has a name before any command has written to it.
  const logFile = pkg.logFile !== undefined && (await files.exists(pkg.logFile)) ? { logFile: pkg.logFile } : {};
  emit({ type: 'phase.failed', package: pkg.label, ...failed, error: first, ...logFile });
  for (const other of others) emit({ type: 'problem.found', package: pkg.label, error: other });
}

function report(pkg: Package, run: Run): void {
  const { clock, emit } = run.world;
  const startedMs = pkg.startedMs ?? clock.monotonicMs();
  emit({
    type: 'package.finished',
    package: pkg.label,
    outcome: pkg.outcome ?? 'ran',
    durationMs: Math.round(clock.monotonicMs() - startedMs),
    ...(pkg.asset ? { assetDir: pkg.asset.assetDir } : {}),
    ...(pkg.error === undefined ? {} : { error: describeError(pkg.error)[0] }),
  });
}

function outcomeOf(error: unknown, run: Run): Outcome {
  if (run.world.signal.aborted) return 'cancelled';
  return isFailure(error, 'DEPENDENCY_FAILED') ? 'blocked' : 'failed';
}
