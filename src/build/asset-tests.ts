// The recipes' own proof that what was made or found works: `galley test`, and `--check-assets`. No rung of the ladder:
// nothing waits for it.
import type { TestOutcome } from '../model/event.ts';
import { describeError } from '../model/facts.ts';
import type { Verb } from '../model/verb.ts';
import { locateError } from '../recipe/locate.ts';
import { withCall } from './call.ts';
import { climb } from './engine.ts';
import { follow, loadedOf, type Package } from './package.ts';
import { callVerb } from './verbs.ts';
import type { Run } from './world.ts';

export interface TestResult {
  outcome: TestOutcome;
  durationMs: number;
  /** Why it failed. */
  error?: unknown;
  logFile?: string;
}

/** `--check-assets`: a package of the run whose test fails has failed. */
export async function testAssets(run: Run): Promise<void> {
  const made = run.graph.visible().filter(({ outcome, error }) => outcome !== undefined && error === undefined);
  const tested = made.filter((pkg) => loadedOf(pkg).recipe.test !== undefined);
  for (const [pkg, { outcome, error }] of await runTests(tested, run))
    if (outcome === 'failed') Object.assign(pkg, { outcome, error });
}

/** Runs the tests of packages that were made. Each is told, and none ends another unless the first failure ends a run. */
export async function runTests(packages: readonly Package[], run: Run): Promise<Map<Package, TestResult>> {
  await makeNeeds(packages, run);
  const sofar = { isWell: packages.every(({ error }) => error === undefined) };
  const results = packages.map(async (pkg): Promise<[Package, TestResult]> => {
    const result = await testPackage(pkg, run, sofar);
    tell(pkg, result, run);
    return [pkg, result];
  });
  return new Map(await Promise.all(results));
}

/** A test may use all that its package depends on. What came out of the cache has demanded nothing of that yet. */
async function makeNeeds(packages: readonly Package[], run: Run): Promise<void> {
  const tested = packages.filter((pkg) => pkg.error === undefined && pkg.loaded?.recipe.test !== undefined);
  const needed = tested.flatMap(({ wires }) => wires.map(({ target }) => target));
  if (needed.length > 0) await climb([...new Set(needed)], run);
}

async function testPackage(pkg: Package, run: Run, sofar: { isWell: boolean }): Promise<TestResult> {
  const { lanes, policy, signal } = run.world;
  const test = pkg.loaded?.recipe.test;
  const needs = [pkg, ...pkg.wires.map(({ target }) => follow(target))];
  if (signal.aborted) return { outcome: 'cancelled', durationMs: 0 };
  if (pkg.skipped) return { outcome: 'skipped', durationMs: 0 };
  if (needs.some(({ error }) => error !== undefined)) return { outcome: 'blocked', durationMs: 0 };
  if (!test) return { outcome: 'untested', durationMs: 0 };
  const work = async (): Promise<TestResult> => {
    if (policy.failFast && !sofar.isWell) return { outcome: 'cancelled', durationMs: 0 };
    const result = await callTest(test, pkg, run);
    sofar.isWell &&= result.outcome === 'passed';
    return result;
  };
  // The work tells its failures by itself, so it is the wait for the lane that a signal has ended.
  return await lanes.use('cpu', work, signal).catch(() => ({ outcome: 'cancelled', durationMs: 0 }));
}

async function callTest(test: Verb, pkg: Package, run: Run): Promise<TestResult> {
  const { clock, emit, files, signal } = run.world;
  const startedMs = clock.monotonicMs();
  const durationMs = (): number => Math.round(clock.monotonicMs() - startedMs);
  emit({ type: 'test.started', package: pkg.label });
  try {
    await withCall(pkg, run, 'test', (call) => callVerb(test, 'test', call));
    return { outcome: 'passed', durationMs: durationMs() };
  } catch (caught) {
    if (signal.aborted) return { outcome: 'cancelled', durationMs: durationMs() };
    const error = await locateError(caught, files);
    // A log has a name before any command has written to it.
    const { logFile } = pkg;
    const isThere = logFile !== undefined && (await files.exists(logFile));
    return { outcome: 'failed', durationMs: durationMs(), error, ...(isThere && { logFile }) };
  }
}

function tell(pkg: Package, { error, ...result }: TestResult, { world }: Run): void {
  const [first, ...others] = error === undefined ? [] : describeError(error);
  world.emit({ type: 'test.finished', package: pkg.label, ...result, ...(first && { error: first }) });
  for (const other of others) world.emit({ type: 'problem.found', package: pkg.label, error: other });
}
