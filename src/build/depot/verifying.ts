// `galley depot verify`: every archive of a depot is read again, from the depot and not from what was downloaded before.
import path from 'node:path';
import type { Writable } from 'node:stream';
import type { Store } from '../../fetch/source.ts';
import { type DepotEntry, depotKey } from '../../model/depot.ts';
import type { FailureFacts } from '../../model/event.ts';
import { factsOf } from '../../model/facts.ts';
import { isFailure } from '../../model/failure.ts';
import type { PublicKey } from '../../model/public-key.ts';
import type { Files } from '../../system/files.ts';
import { forEachLimited } from '../../system/parallel.ts';
import { randomName } from '../../system/temporary.ts';
import { type Depot, demandIndex, demandTrust, signersOf } from './depot.ts';
import type { Offer } from './depots.ts';
import { demandRef, openArchive } from './opening.ts';
import { bringArchive } from './receive.ts';
import type { TakingTools } from './taking.ts';
import { hear } from './testimony.ts';

export interface DepotReport {
  entries: number;
  /** Whose signatures are right. */
  signers: PublicKey[];
  problems: { entry: DepotEntry; error: FailureFacts }[];
}

const AT_ONCE = 4;

/** @throws Failure DEPOT_UNTRUSTED, DEPOT_INVALID, SOURCE_NOT_FOUND, FETCH_FAILED when the index itself is no good */
export async function verifyDepot(
  depot: Depot,
  trusted: readonly PublicKey[],
  tools: TakingTools,
): Promise<DepotReport> {
  const { index } = await demandIndex(depot, tools.signal);
  await demandTrust(depot.name, index, trusted, tools.signal);
  const problems: DepotReport['problems'] = [];
  await forEachLimited(index.entries, AT_ONCE, async (entry) => {
    try {
      await verifyEntry({ depot, entry }, trusted, tools);
    } catch (error) {
      if (tools.signal.aborted || !isFailure(error)) throw error;
      problems.push({ entry, error: factsOf(error) });
    }
  });
  problems.sort((a, b) => (depotKey(a.entry) < depotKey(b.entry) ? -1 : 1));
  return { entries: index.entries.length, signers: await signersOf(index, tools.signal), problems };
}

async function verifyEntry(offer: Offer, trusted: readonly PublicKey[], tools: TakingTools): Promise<void> {
  const { cache, fetcher, files, signal } = tools;
  const { entry } = offer;
  await using scratch = await cache.scratch(signal);
  const fresh = fetcher.over(storeIn(scratch.dir, files));
  const bring = (tee: Writable) => bringArchive(offer, { fetcher: fresh, signal, tee });
  const dir = path.join(scratch.dir, 'tree');
  await files.ensureDir(dir);
  // Under the root that it is bound to, if it is: that it would not work here is no fault of the depot.
  const layout = { ...cache.layout, ...(entry.root !== undefined && { rootDir: entry.root }) };
  const archive = await openArchive(entry.url, dir, { files, layout, signal }, bring);
  demandRef(entry.url, archive, entry);
  await hear(offer, archive.entry, trusted, signal);
}

/** Problems that another upload mends: a server that fails has said nothing about what it keeps. */
const DAMAGE = ['DIGEST_MISMATCH', 'SOURCE_NOT_FOUND', 'DEPOT_INVALID', 'ARCHIVE_INVALID', 'ARCHIVE_UNSAFE'];

/** Of what `verifyDepot` has found, the entries that nobody can use. */
export function damagedOf({ problems }: DepotReport): DepotEntry[] {
  return problems.filter(({ error }) => DAMAGE.includes(error.code)).map(({ entry }) => entry);
}

/** Has nothing of what was fetched before, and forgets what comes. */
function storeIn(dir: string, files: Files): Store {
  return {
    find: async () => undefined,
    findIntact: async () => undefined,
    partFile: (name) => path.join(dir, name),
    async adopt(partFile) {
      const file = path.join(dir, randomName());
      await files.rename(partFile, file);
      const { sizeBytes } = await files.stat(file);
      return { file, sizeBytes };
    },
  };
}
