// `galley import`: archives and whole depots into the cache, without a project that wants them.
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry } from '../../cache/entry.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { Asset } from '../../cache/record.ts';
import { type DepotEntry, depotKey } from '../../model/depot.ts';
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import { formatPlatform } from '../../model/platform.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { forEachLimited } from '../../system/parallel.ts';
import { lookLockLook } from '../twice.ts';
import type { World } from '../world.ts';
import { openArchive } from './archive.ts';
import { type Depot, demandIndex, demandTrust } from './depot.ts';
import { bringArchive, publishArchive, receive } from './receive.ts';

export type TakingTools = Pick<World, 'cache' | 'clock' | 'emit' | 'fetcher' | 'files' | 'platform' | 'signal'>;

export interface Taken {
  ref: EntryRef;
  asset: Asset;
  /** It was not in the cache before. */
  added: boolean;
}

const AT_ONCE = 8;

/** One archive, by its absolute path. Nobody vouches for it but whoever hands it in. */
export async function takeArchive(file: string, tools: TakingTools): Promise<Taken> {
  const { cache, files, signal } = tools;
  await using scratch = await cache.scratch(signal);
  const archiveTools = { ...tools, layout: cache.layout };
  const archive = await openArchive(path.basename(file), scratch.dir, archiveTools, async (reader) => {
    await using handle = await files.openRead(file);
    // What is wrong with the archive is told by its reader.
    await pipeline(handle.createReadStream({ autoClose: false }), reader).catch(() => {});
  });
  const { identity, platform, key } = archive.entry;
  return await take({ identity, platform, key }, tools, async (entry) => {
    await entry.prepare();
    return await publishArchive(archive, entry, archiveTools);
  });
}

/**
 * What a depot has for this platform, as far as queries want it, with all that it needs to run.
 *
 * @throws Failure DEPOT_UNTRUSTED, DEPOT_INVALID, SOURCE_NOT_FOUND, or what is wrong with the first bad archive
 */
export async function takeDepot(
  depot: Depot,
  { queries, trusted }: { queries: readonly string[]; trusted: readonly PublicKey[] },
  tools: TakingTools,
): Promise<Taken[]> {
  const { index } = await demandIndex(depot, tools.signal);
  demandTrust(depot.name, index, trusted);
  const left = new Set(index.entries.filter((entry) => isUsable(entry, tools)));
  const taken: Taken[] = [];
  const isAsked = (entry: DepotEntry) => queries.length === 0 || queries.some((query) => isNamed(query, entry));
  for (let next = [...left].filter(isAsked); next.length > 0; ) {
    for (const entry of next) left.delete(entry);
    await forEachLimited(next, AT_ONCE, async (entry) => void taken.push(await takeEntry(depot, entry, tools)));
    // What the files of an asset name is known once it is there.
    const needed = new Set(taken.flatMap(({ asset }) => asset.record.runtime));
    next = [...left].filter(({ key }) => needed.has(key));
  }
  return taken.sort((a, b) => (depotKey(a.ref) < depotKey(b.ref) ? -1 : 1));
}

function isUsable({ platform, root }: DepotEntry, tools: TakingTools): boolean {
  return platform === formatPlatform(tools.platform) && (root === undefined || root === tools.cache.layout.rootDir);
}

function isNamed(query: string, entry: DepotEntry): boolean {
  const identity = parseIdentity(entry.identity);
  return identity !== undefined && matchesQuery(query, identity);
}

async function takeEntry(depot: Depot, offered: DepotEntry, tools: TakingTools): Promise<Taken> {
  const { identity, platform, key } = offered;
  const ref = { identity, platform, key };
  const { cache, emit, fetcher, signal } = tools;
  const taken = await take(ref, tools, (entry) => {
    const bring = (tee: Writable) => bringArchive({ depot, entry: offered }, { fetcher, signal, tee });
    return receive({ ref, name: offered.url, bring }, entry, { ...tools, layout: cache.layout });
  });
  if (taken.added) emit({ type: 'entry.imported', package: identity, key, depot: depot.name, sizeBytes: offered.size });
  return taken;
}

/** Makes an entry unless it is there, or appears while somebody else holds its lock. */
async function take(
  ref: EntryRef,
  { cache, signal }: TakingTools,
  make: (entry: Entry) => Promise<Asset>,
): Promise<Taken> {
  const { found, held } = await lookLockLook({
    look: () => cache.find(ref),
    lock: () => cache.lock(ref, { signal }),
    unlock: (entry) => entry.release(),
  });
  if (!held) return { ref, asset: found, added: false };
  try {
    return { ref, asset: await make(held), added: true };
  } catch (error) {
    await held.purge('cancelled');
    throw error;
  } finally {
    await held.release();
  }
}
