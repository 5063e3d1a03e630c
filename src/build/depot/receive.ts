// An archive becomes an asset of this cache, under the lock of its entry: it is unpacked while it comes, and nothing of
// it counts before all of it was checked.
import path from 'node:path';
import type { Writable } from 'node:stream';
import type { Entry } from '../../cache/entry.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { PublishedAsset } from '../../cache/publish.ts';
import type { Fetcher } from '../../fetch/fetcher.ts';
import type { ArchivedEntry } from '../../model/archived-entry.ts';
import { Failure, isFailure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { Clock } from '../../system/clock.ts';
import type { Offer } from './depots.ts';
import { demandRef, type OpenedArchive, openArchive } from './opening.ts';
import type { ArchiveTools } from './packing.ts';

export interface Arrival {
  ref: EntryRef;
  /** Of the archive, for messages. */
  name: string;
  /** Sends the verified bytes and ends the stream; what it throws is thrown. */
  bring(reader: Writable): Promise<unknown>;
  /** What somebody states of it, found to be true; what it throws is thrown. */
  hear(archive: ArchivedEntry): Promise<string | undefined>;
}

export type ReceiveTools = ArchiveTools & { clock: Clock };

/**
 * Leaves the entry published, or with nothing but work that `prepare` and `purge` clear away.
 *
 * @throws Failure DEPOT_INVALID, ARCHIVE_UNSAFE, ARCHIVE_INVALID, or what `bring` throws
 */
export async function receive(arrival: Arrival, entry: Entry, tools: ReceiveTools): Promise<PublishedAsset> {
  await entry.prepare();
  const dir = path.join(entry.dirs.workDir, 'import');
  await tools.files.ensureDir(dir);
  const archive = await openArchive(arrival.name, dir, { ...tools, scanned: entry.scanned }, arrival.bring);
  demandRef(arrival.name, archive, arrival.ref);
  return await publishArchive(archive, entry, { ...tools, provenance: await arrival.hear(archive.entry) });
}

/** The tree has to lie in the same cache: it is moved. */
export async function publishArchive(
  { entry: { keyParts, sources }, treeDir }: OpenedArchive,
  entry: Entry,
  { files, clock, provenance }: ReceiveTools & { provenance: string | undefined },
): Promise<PublishedAsset> {
  await files.removeTree(entry.dirs.installDir);
  await files.rename(treeDir, entry.dirs.installDir);
  return await entry.publish({
    keyParts,
    // What its key does not know is nobody's word but that of the archive.
    sources: sources.filter(({ source, digest }) => isKeyed(keyParts.sources, `${source} ${digest}`)),
    builtAt: clock.now(),
    ...(provenance !== undefined && { provenance }),
  });
}

function isKeyed(known: Json | undefined, source: string): boolean {
  return Array.isArray(known) && known.includes(source);
}

/** Downloads an archive of a depot and hands its bytes on; the reader sees an end only when all of them are right. */
export async function bringArchive(
  { depot, entry }: Offer,
  options: { fetcher: Fetcher; signal: AbortSignal; package?: string; tee: Writable; attempts?: number },
): Promise<void> {
  const { fetcher, ...how } = options;
  const source = { ...depot.store.sourceOf(entry.url), sha256: entry.sha256 };
  const pin = { url: source.url, sha256: entry.sha256, sizeBytes: entry.size };
  await fetcher.download(source, { ...how, pin }).catch((error: unknown) => {
    throw isFailure(error, 'DIGEST_MISMATCH') || isFailure(error, 'SOURCE_NOT_FOUND') ? ofDepot(error) : error;
  });
}

/** Neither a recipe nor galley.lock has anything to do with it. */
function ofDepot({ code, message, facts, cause }: Failure): Failure {
  const hint =
    'It was lost or damaged in the depot, or somebody has changed it: whoever keeps the depot mends it with "galley depot verify --repair" and another "galley push"';
  return new Failure(code, message, { hint, facts, cause });
}
