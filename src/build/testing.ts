// `test`: the asked packages are made, and what they can do is shown by their own tests.
import { describeError } from '../model/facts.ts';
import { runTests, type TestResult } from './asset-tests.ts';
import { choose } from './building.ts';
import { climb } from './engine.ts';
import { keepAssets } from './keeping.ts';
import { follow, type Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import type { TestAnswer, TestedPackage } from './session.ts';

/** Everything that is asked for is made, what has no test too; only what is asked for is tested. */
export async function testProject(project: Project, queries: readonly string[]): Promise<TestAnswer> {
  const run = await openRun(project, ASSETS_ONLY);
  const asked = await choose(queries, run);
  await climb(asked, run);
  await keepAssets(project, run, false);
  const packages = [...new Set(asked.map(follow))];
  const results = await runTests(packages, run);
  await run.trees.save();
  const failures = run.graph.all().flatMap((pkg) => {
    const error = results.get(pkg)?.error ?? (pkg.outcome === 'failed' ? pkg.error : undefined);
    return error === undefined ? [] : describeError(error);
  });
  const isWell = [...results.values()].every(({ outcome }) => !BAD.has(outcome));
  return {
    outcome: run.world.signal.aborted ? 'cancelled' : isWell ? 'ok' : 'failed',
    packages: packages.map((pkg) => answerOf(pkg, results.get(pkg) as TestResult)),
    failures,
  };
}

const BAD: ReadonlySet<string> = new Set<TestResult['outcome']>(['failed', 'blocked', 'cancelled']);

function answerOf({ request, loaded }: Package, { outcome, durationMs, error, logFile }: TestResult): TestedPackage {
  return {
    package: request.recipe,
    options: loaded?.options ?? request.options,
    outcome,
    durationMs,
    ...(logFile === undefined ? {} : { log: logFile }),
    ...(error === undefined ? {} : { error: describeError(error)[0] }),
  };
}
