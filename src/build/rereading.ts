// The first half of `--check-assets`: assets that were found in the cache are read again, and compared with what was
// published. What this run has made it has just read.
import type { Difference } from '../cache/fingerprint.ts';
import { Failure } from '../model/failure.ts';
import { forEachLimited } from '../system/parallel.ts';
import { tellFailure } from './finish.ts';
import type { Package } from './package.ts';
import type { Run } from './world.ts';

/** A disk reads one asset while another is hashed; each reads several files at once. */
const AT_ONCE = 3;

/** A package whose asset is damaged has failed. */
export async function rereadAssets(run: Run): Promise<void> {
  const found = run.graph.all().filter(({ asset, outcome }) => asset !== undefined && outcome === 'cached');
  await forEachLimited(found, AT_ONCE, (pkg) => reread(pkg, run));
}

async function reread(pkg: Package, run: Run): Promise<void> {
  const { cache, clock, emit, signal } = run.world;
  const { asset } = pkg;
  if (asset === undefined || signal.aborted) return;
  const startedMs = clock.monotonicMs();
  const differences = await cache.verify(asset);
  const { sizeBytes } = asset.record;
  emit({ type: 'cache.verified', kind: 'asset', path: asset.assetDir, sizeBytes, differences: differences.length });
  if (differences.length === 0) return;
  const error = damaged(pkg, differences);
  Object.assign(pkg, { outcome: 'failed', error });
  await tellFailure(pkg, run, { phase: 'done', durationMs: Math.round(clock.monotonicMs() - startedMs), error });
}

function damaged({ label, asset }: Package, differences: readonly Difference[]): Failure {
  const [first, ...others] = differences.map(({ path, how }) => `"${path}" (${how})`);
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return new Failure('ASSET_DAMAGED', `The asset of ${label} is not what was published: ${first}${more}`, {
    hint: 'Run galley cache verify --repair to have it made again, and check the disk',
    package: label,
    facts: { path: asset?.assetDir ?? '', differences: differences.map(({ path }) => path) },
  });
}
