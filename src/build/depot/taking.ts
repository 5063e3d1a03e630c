// `galley import`: archives and whole depots into the cache, without a project that wants them.
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry } from '../../cache/entry.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { Asset } from '../../cache/record.ts';
import type { ArchivedEntry } from '../../model/archived-entry.ts';
import { type DepotEntry, depotKey } from '../../model/depot.ts';
import { Failure } from '../../model/failure.ts';
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import { formatPlatform } from '../../model/platform.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { sha256OfFile } from '../../system/digest.ts';
import type { Files } from '../../system/files.ts';
import { forEachLimited } from '../../system/parallel.ts';
import { lookLockLook } from '../twice.ts';
import type { World } from '../world.ts';
import { type Depot, demandIndex, demandTrust } from './depot.ts';
import type { Offer } from './depots.ts';
import { openArchive } from './opening.ts';
import { bringArchive, publishArchive, receive } from './receive.ts';
import { believe, hear, testimonyName } from './testimony.ts';

export type TakingTools = Pick<World, 'cache' | 'clock' | 'emit' | 'fetcher' | 'files' | 'platform' | 'signal'>;

export interface Taken {
  ref: EntryRef;
  asset: Asset;
  /** It was not in the cache before. */
  added: boolean;
}

const AT_ONCE = 8;

/**
 * One archive, by its absolute path. Where nobody is trusted more than others, whoever hands it in vouches for it; else
 * what is stated of it has to lie beside it.
 *
 * @throws Failure DEPOT_UNTRUSTED, PROVENANCE_INVALID, DEPOT_INVALID, ARCHIVE_UNSAFE, ARCHIVE_INVALID
 */
export async function takeArchive(file: string, trusted: readonly PublicKey[], tools: TakingTools): Promise<Taken> {
  const { cache, files, signal } = tools;
  await using scratch = await cache.scratch(signal);
  const archiveTools = { ...tools, layout: cache.layout };
  const archive = await openArchive(path.basename(file), scratch.dir, archiveTools, async (reader) => {
    await using handle = await files.openRead(file);
    // What is wrong with the archive is told by its reader.
    await pipeline(handle.createReadStream({ autoClose: false }), reader).catch(() => {});
  });
  const provenance = trusted.length > 0 ? await hearBeside(file, archive.entry, trusted, files) : undefined;
  const { identity, platform, key } = archive.entry;
  return await take({ identity, platform, key }, tools, async (entry) => {
    await entry.prepare();
    return await publishArchive(archive, entry, { ...archiveTools, provenance });
  });
}

async function hearBeside(file: string, archive: ArchivedEntry, trusted: readonly PublicKey[], files: Files) {
  const text = await files.findText(testimonyName(file));
  if (text !== undefined) return believe(Buffer.from(text), { archive, sha256: await sha256OfFile(file) }, trusted);
  const hint = `Put what is stated of it into "${testimonyName(path.basename(file))}", or import it without --trusted-keys`;
  throw new Failure('DEPOT_UNTRUSTED', `Cannot trust archive "${file}": nobody has signed it`, { hint });
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
    await forEachLimited(
      next,
      AT_ONCE,
      async (entry) => void taken.push(await takeEntry({ depot, entry }, trusted, tools)),
    );
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

async function takeEntry(offer: Offer, trusted: readonly PublicKey[], tools: TakingTools): Promise<Taken> {
  const { depot, entry: offered } = offer;
  const { identity, platform, key } = offered;
  const ref = { identity, platform, key };
  const { cache, emit, fetcher, signal } = tools;
  const taken = await take(ref, tools, (entry) => {
    const bring = (tee: Writable) => bringArchive(offer, { fetcher, signal, tee });
    const hearOffered = (archive: ArchivedEntry) => hear(offer, archive, trusted, signal);
    return receive({ ref, name: offered.url, bring, hear: hearOffered }, entry, { ...tools, layout: cache.layout });
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
