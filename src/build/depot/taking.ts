// `galley import`: archives and whole depots into the cache, without a project that wants them.
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry } from '../../cache/entry.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { Asset } from '../../cache/record.ts';
import type { ArchivedEntry } from '../../model/archived-entry.ts';
import { type DepotEntry, depotKey } from '../../model/depot.ts';
import { Failure, isFailure } from '../../model/failure.ts';
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

/** What would be taken. */
export interface Planned {
  ref: EntryRef;
  /** The cache has it. */
  isThere: boolean;
}

/** What is wanted of a depot; everything when there are no queries. */
interface Wish {
  queries: readonly string[];
  trusted: readonly PublicKey[];
}

const AT_ONCE = 8;

/**
 * One archive, by its absolute path. Where nobody is trusted more than others, whoever hands it in vouches for it; else
 * what is stated of it has to lie beside it.
 *
 * @throws Failure DEPOT_UNTRUSTED, PROVENANCE_INVALID, DEPOT_INVALID, ARCHIVE_UNSAFE, ARCHIVE_INVALID
 */
export async function takeArchive(file: string, trusted: readonly PublicKey[], tools: TakingTools): Promise<Taken> {
  await using opened = await openFile(file, trusted, tools);
  const { ref, archive, provenance } = opened;
  return await take(ref, tools, async (entry) => {
    await entry.prepare();
    return await publishArchive(archive, entry, { ...tools, layout: tools.cache.layout, provenance });
  });
}

/** What `takeArchive` would take, when it is a good one. */
export async function planArchive(file: string, trusted: readonly PublicKey[], tools: TakingTools): Promise<Planned> {
  await using opened = await openFile(file, trusted, tools);
  return await plan(opened.ref, tools);
}

async function openFile(file: string, trusted: readonly PublicKey[], tools: TakingTools) {
  const { cache, files, signal } = tools;
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await cache.scratch(signal));
  const archiveTools = { ...tools, layout: cache.layout };
  const archive = await openArchive(path.basename(file), scratch.dir, archiveTools, async (reader) => {
    await using handle = await files.openRead(file);
    // What is wrong with the archive is told by its reader.
    await pipeline(handle.createReadStream({ autoClose: false }), reader).catch(() => {});
  }).catch((error) => {
    throw isFailure(error, 'ARCHIVE_INVALID') ? withHint(error) : error;
  });
  const provenance = trusted.length > 0 ? await hearBeside(file, archive.entry, trusted, files) : undefined;
  const { identity, platform, key } = archive.entry;
  const kept = stack.move();
  return {
    ...{ ref: { identity, platform, key }, archive, provenance },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function withHint({ code, message, facts, cause }: Failure): Failure {
  return new Failure(code, message, { hint: 'Name an archive that "galley export" wrote, all of it', facts, cause });
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
export async function takeDepot(depot: Depot, wish: Wish, tools: TakingTools): Promise<Taken[]> {
  const { trusted } = wish;
  const { usable, asked } = await survey(depot, wish, tools);
  const left = new Set(usable);
  const taken: Taken[] = [];
  for (let next = asked; next.length > 0; ) {
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

/** What `takeDepot` would begin with; what that needs to run is known once it is there. */
export async function planDepot(depot: Depot, wish: Wish, tools: TakingTools): Promise<Planned[]> {
  const { asked } = await survey(depot, wish, tools);
  return await Promise.all(asked.map(({ identity, platform, key }) => plan({ identity, platform, key }, tools)));
}

/** @throws Failure QUERY_UNKNOWN for what the depot has for no platform */
async function survey(depot: Depot, { queries, trusted }: Wish, tools: TakingTools) {
  const { index } = await demandIndex(depot, tools.signal);
  await demandTrust(depot.name, index, trusted, tools.signal);
  for (const query of queries) if (!index.entries.some((entry) => isNamed(query, entry))) throw notIn(depot, query);
  const usable = index.entries.filter((entry) => isUsable(entry, tools));
  const asked = usable.filter((entry) => queries.length === 0 || queries.some((query) => isNamed(query, entry)));
  return { usable, asked };
}

function notIn({ name }: Depot, query: string): Failure {
  const hint = 'Run "galley depot list" with that address to see what it has';
  return new Failure('QUERY_UNKNOWN', `Cannot find "${query}" in depot "${name}"`, { hint });
}

async function plan(ref: EntryRef, { cache }: TakingTools): Promise<Planned> {
  return { ref, isThere: (await cache.find(ref)) !== undefined };
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
