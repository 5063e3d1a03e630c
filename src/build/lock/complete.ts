// Makes galley.lock say everything: also what a recipe pins itself and nobody had to fetch, because the asset was there,
// came from a depot, or was not needed. Markers and depots carry the records; the rest only has to be found, not fetched.
import type { FetchSource } from '../../fetch/source.ts';
import { parseSha256 } from '../../model/digest.ts';
import { isFailure } from '../../model/failure.ts';
import type { SourceOwner } from '../../model/lock-file.ts';
import type { SourceRecord } from '../../model/pin.ts';
import { redactUrl } from '../../model/redact.ts';
import { ownDigest } from '../../model/verb.ts';
import { entryRef } from '../keying.ts';
import { loadedOf, type Package } from '../package.ts';
import { filesOf } from '../pins.ts';
import type { Run } from '../world.ts';

/** A source that the recipe or manifest pins itself. */
export type PinnedSource = Pick<FetchSource, 'url' | 'sha256' | 'headers'>;

export async function completeRecords(run: Run): Promise<void> {
  const packages = run.graph.all().filter((pkg) => pkg.loaded && !pkg.aliasOf && !pkg.skipped);
  await Promise.all(packages.map((pkg) => completePackage(pkg, run)));
}

async function completePackage(pkg: Package, run: Run): Promise<void> {
  const { fetch } = loadedOf(pkg).recipe;
  const items = fetch?.form === 'items' ? fetch.items : [];
  const open = items.filter((item) => {
    if (item.form === 'path' || ownDigest(item) === undefined) return false;
    const pin = run.pins.findSame(filesOf(pkg), item.url, item.sha256);
    return pin === undefined || pin.sizeBytes === undefined;
  });
  if (open.length === 0) return;
  const carried = await recordsOf(pkg, run);
  for (const item of open) if (item.form === 'url') await lockPinned(filesOf(pkg), item, { run, carried });
}

/** What the marker of its entry says: of the asset at hand, or of one that nobody has asked for. */
async function recordsOf(pkg: Package, run: Run): Promise<readonly SourceRecord[]> {
  const asset = pkg.asset ?? (pkg.key === undefined ? undefined : await run.world.cache.find(entryRef(pkg, run)));
  return asset?.record.sources ?? [];
}

/** Writes down a source that is pinned where it is named. What a registry does not tell now, a later run will ask for. */
export async function lockPinned(
  owner: SourceOwner,
  source: PinnedSource,
  { run, carried = [] }: { run: Run; carried?: readonly SourceRecord[] },
): Promise<void> {
  const { url } = source;
  const sha256 = source.sha256 === undefined ? undefined : parseSha256(source.sha256);
  const known = carried.find((record) => record.source === redactUrl(url) && record.digest === ownDigest(source));
  if (known?.sha256 !== undefined) {
    const { size } = known;
    return run.pins.add(owner, { source: url, url: known.url ?? url, sha256: known.sha256, sizeBytes: size });
  }
  if (run.pins.findSame(owner, url, sha256)) return;
  const { fetcher, cache, lanes, policy, signal } = run.world;
  // Nobody is asked about what may not be written down.
  if (policy.frozen) return run.pins.add(owner, { source: url, url, sha256 });
  try {
    const found = await lanes.use('network', () => fetcher.resolve(source, signal), signal);
    const stored = sha256 === undefined ? undefined : await cache.downloads.find(sha256);
    run.pins.add(owner, { source: url, url: found.url, sha256, sizeBytes: stored?.sizeBytes ?? found.sizeBytes });
  } catch (error) {
    if (!isFailure(error)) throw error;
    const text = `galley.lock does not say yet where "${redactUrl(url)}" of ${owner.package} is: ${error.message}`;
    run.world.emit({ type: 'log.message', level: 'warn', text });
  }
}
