// `install` and `sync`: the asked packages are made, and after a sync the checkout shows it.
import { describeError } from '../model/facts.ts';
import { testAssets } from './asset-tests.ts';
import { productValue } from './dependencies.ts';
import { climb, loadAll } from './engine.ts';
import { keepAssets } from './keeping.ts';
import { writeLaunchers } from './launchers.ts';
import { settleLockFile } from './lock/settle.ts';
import { follow, isRepeated, type Package } from './package.ts';
import { openRun, type Project } from './project.ts';
import { rereadAssets } from './rereading.ts';
import { enrol } from './roster.ts';
import { forgetResolution, saveResolution } from './saving.ts';
import type { BuildAnswer, BuildRequest, PackageAnswer } from './session.ts';
import type { Run } from './world.ts';

export async function build(project: Project, request: BuildRequest): Promise<BuildAnswer> {
  // From here on the deploys, launchers and wishes for the cache may be those of other inputs than the saved ones.
  const isForgotten = await forgetResolution(project);
  const { answer, isSaved } = await buildOnce(project, request, isForgotten);
  // Another run may have ended meanwhile, and what this one did after it is not what that one has saved.
  if (!isSaved) await forgetResolution(project);
  return answer;
}

async function buildOnce(
  project: Project,
  request: BuildRequest,
  isForgotten: boolean,
): Promise<{ answer: BuildAnswer; isSaved: boolean }> {
  const isWhole = request.queries.length === 0 && !request.checkAssets;
  const run = await openRun(project, {
    setup: request.goal === 'sync',
    deploy: request.goal === 'sync' && request.deploy,
    mustBeComplete: request.goal === 'sync',
  });
  const packages = await choose(request.queries, run);
  if (request.rebuild) await rebuild(packages, run);
  await climb(packages, run);
  if (request.checkAssets) await checkAssets(run);
  await run.trees.save();
  const answer = answerOf(packages, run);
  const isAll = request.queries.length === 0 && answer.outcome === 'ok';
  // What a resolution needs that still counts stays wanted.
  const lease = await keepAssets(project, run, isAll && isForgotten);
  if (request.goal === 'sync') await settleLockFile(project, run, answer, isWhole);
  if (request.goal !== 'sync' || answer.outcome !== 'ok') return { answer, isSaved: false };
  const hasLaunchers = await writeLaunchers(project, run, isWhole);
  if (isWhole) await enrol(project, run);
  const isSaved = isWhole && hasLaunchers && (await saveResolution(project, run, lease));
  return { answer, isSaved };
}

/** An asset that is not what was published is not tried. */
async function checkAssets(run: Run): Promise<void> {
  await rereadAssets(run);
  await testAssets(run);
}

/** Which package does the work for another is known once all are loaded. */
export async function rebuild(packages: readonly Package[], run: Run): Promise<void> {
  await loadAll(run);
  for (const pkg of packages) run.rebuild.add(follow(pkg));
}

/** The packages that queries mean, else all of the manifest. */
export async function choose(queries: readonly string[], run: Run): Promise<Package[]> {
  if (queries.length === 0) return run.graph.all().filter((pkg) => pkg.inManifest);
  await loadAll(run);
  return queries.map((query) => run.graph.pick(query));
}

export function answerOf(packages: readonly Package[], run: Run): BuildAnswer {
  const demanded = run.graph.all().filter((pkg) => packages.includes(pkg) || (pkg.outcome && !pkg.servesShell));
  const failures = demanded.flatMap((pkg) => (pkg.outcome === 'failed' ? describeError(pkg.error) : []));
  const isWell = demanded.every((pkg) => pkg.error === undefined && follow(pkg).error === undefined);
  const outcome = run.world.signal.aborted ? 'cancelled' : isWell ? 'ok' : 'failed';
  return {
    outcome,
    packages: demanded.filter((pkg) => !isRepeated(pkg)).map((pkg) => packageAnswer(pkg, run)),
    failures,
  };
}

function packageAnswer(asked: Package, run: Run): PackageAnswer {
  const pkg = follow(asked);
  const { loaded, key, asset, error, startedMs } = pkg;
  const products = Object.keys(loaded?.products ?? {});
  return {
    package: asked.request.recipe,
    options: loaded?.options ?? asked.request.options,
    ...(key === undefined ? {} : { key }),
    outcome: pkg.skipped ? 'skipped' : (pkg.outcome ?? 'ran'),
    ...(asset ? { assetDir: asset.assetDir, result: asset.record.fingerprint } : {}),
    ...(pkg.outcome === 'ran' ? { result: 'programmatic' } : {}),
    products: error === undefined ? Object.fromEntries(products.map((name) => [name, productValue(pkg, name)])) : {},
    durationMs: startedMs === undefined ? 0 : Math.round(run.world.clock.monotonicMs() - startedMs),
    ...(error === undefined ? {} : { error: describeError(error)[0] }),
  };
}
