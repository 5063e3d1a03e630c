// `galley depot merge`: what other depots have and this one has not is copied, archive by archive, and then listed.
import { type DepotEntry, depotKey } from '../../model/depot.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { forEachLimited } from '../../system/parallel.ts';
import { archiveName, describeTestimony } from './delivery.ts';
import { type Depot, demandIndex, demandTrust } from './depot.ts';
import type { Ledger } from './ledger.ts';
import type { TakingTools } from './taking.ts';
import { readTestimony } from './testimony.ts';

export interface Merged {
  added: DepotEntry[];
  /** It has other bytes for the same key already, which stay. */
  kept: DepotEntry[];
  /** What would have been added. */
  planned: DepotEntry[];
}

const AT_ONCE = 8;

/** @throws Failure DEPOT_UNTRUSTED, DEPOT_INVALID, SOURCE_NOT_FOUND, DIGEST_MISMATCH, FETCH_FAILED */
export async function mergeDepot(
  ledger: Ledger,
  from: Depot,
  { trusted, dryRun }: { trusted: readonly PublicKey[]; dryRun: boolean },
  tools: TakingTools,
): Promise<Merged> {
  const { fetcher, signal } = tools;
  const { index } = await demandIndex(from, signal);
  await demandTrust(from.name, index, trusted, signal);
  const there = new Map((await ledger.index()).entries.map((entry) => [depotKey(entry), entry]));
  const missing = index.entries.filter((entry) => !there.has(depotKey(entry)));
  const kept = index.entries.filter((entry) => (there.get(depotKey(entry))?.sha256 ?? entry.sha256) !== entry.sha256);
  if (dryRun) return { added: [], kept, planned: missing };
  const added: DepotEntry[] = [];
  await forEachLimited(missing, AT_ONCE, async (entry) => {
    const source = { ...from.store.sourceOf(entry.url), sha256: entry.sha256 };
    const { file, sizeBytes, sha256 } = await fetcher.download(source, { signal });
    // A name of our own: what the other calls its archives could be the name of our index.
    const row = { ...entry, url: archiveName(entry, sha256) };
    await ledger.upload(row.url, { file, sizeBytes, sha256 });
    if (entry.provenance) {
      const testimony = await readTestimony({ depot: from, entry }, signal);
      row.provenance = describeTestimony(row.url, testimony);
      await ledger.upload(row.provenance.url, testimony);
    }
    await ledger.add([row]);
    added.push(row);
  });
  return { added, kept, planned: [] };
}
