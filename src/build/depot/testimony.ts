// The statements that travel beside archives: made where an asset is shared, and believed, or not, where it arrives.
import path from 'node:path';
import type { Cache } from '../../cache/cache.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { Asset } from '../../cache/record.ts';
import type { ArchivedEntry } from '../../model/archived-entry.ts';
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { Files } from '../../system/files.ts';
import type { SigningKey } from '../../system/signature.ts';
import { state } from '../supply/provenance.ts';
import { treeDigest } from '../supply/tree-digest.ts';
import { demandProvenance, isAboutArchive } from '../supply/trust.ts';
import type { Offer } from './depots.ts';

/** What stands behind the name of an archive, in the name of what is stated of it. */
const SUFFIX = '.intoto.jsonl';

export function testimonyName(archive: string): string {
  return `${archive}${SUFFIX}`;
}

/** An archive that was just made. */
export interface PackedAsset {
  ref: EntryRef;
  asset: Asset;
  entry: ArchivedEntry;
  /** Base name, or path. */
  archive: string;
  sha256: Sha256;
}

/** What is stated of an archive, signed; undefined where nobody signs, or nobody knows who made it. */
export async function testify(
  { ref, asset, entry, archive, sha256 }: PackedAsset,
  tools: { files: Files; cache: Cache; key: SigningKey | undefined },
): Promise<Buffer | undefined> {
  const { provenance, making } = asset.record;
  // What came from elsewhere goes on as it came, and only with the archive that it came with.
  if (provenance !== undefined && !isAboutArchive(provenance, sha256)) return undefined;
  if (provenance === undefined && (!making || !tools.key)) return undefined;
  const shared = { tree: treeDigest(entry), archive: { name: path.basename(archive), sha256 } };
  return Buffer.from(`${await state(ref, asset, shared, tools)}\n`);
}

/**
 * What is stated of an archive that a depot offers, once it was found to be true of what is in it; undefined when the
 * depot has no statement, or nobody is trusted more than others.
 *
 * @throws Failure PROVENANCE_INVALID, DEPOT_INVALID, FETCH_FAILED
 */
export async function hear(
  { depot, entry: offered }: Offer,
  archive: ArchivedEntry,
  keys: readonly PublicKey[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (offered.provenance === undefined || keys.length === 0) return undefined;
  const bytes = await readTestimony({ depot, entry: offered }, signal);
  return believe(bytes, { archive, sha256: offered.sha256 }, keys);
}

/** @throws Failure DEPOT_INVALID when the depot does not have the bytes that its index promises */
export async function readTestimony({ depot, entry }: Offer, signal: AbortSignal): Promise<Uint8Array> {
  const { url = '', sha256 } = entry.provenance ?? {};
  const found = await depot.store.read(url, signal);
  if (typeof found === 'object' && sha256OfBytes(found.bytes) === sha256) return found.bytes;
  const problem = found === undefined ? 'is not there' : 'is not what the index promises';
  throw new Failure('DEPOT_INVALID', `Cannot use depot "${depot.name}": "${url}" ${problem}`);
}

/** @throws Failure PROVENANCE_INVALID */
export function believe(
  bytes: Uint8Array,
  { archive, sha256 }: { archive: ArchivedEntry; sha256: Sha256 },
  keys: readonly PublicKey[],
): string {
  const text = Buffer.from(bytes).toString().trimEnd();
  const { identity, platform, key } = archive;
  demandProvenance(text, { ref: { identity, platform, key }, tree: treeDigest(archive), archive: sha256 }, keys);
  return text;
}
