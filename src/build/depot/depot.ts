// One depot: where its objects are, what its index says, and whether that may be believed.
import type { Fetcher } from '../../fetch/fetcher.ts';
import type { ObjectStore } from '../../fetch/object-store.ts';
import {
  DEPOT_INDEX,
  type DepotEntry,
  type DepotIndex,
  type DepotSignature,
  decodeIndex,
  signedText,
} from '../../model/depot.ts';
import { Failure } from '../../model/failure.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { redactUrl } from '../../model/redact.ts';
import { turn } from '../../system/clock.ts';
import { isSignedBy } from '../../system/signature.ts';

export interface Depot {
  /** A URL or an absolute path; it may carry credentials. */
  address: string;
  /** The same for everybody to see. */
  name: string;
  store: ObjectStore;
}

/** @throws Failure SOURCE_UNSUPPORTED, INVALID_VALUE */
export function openDepot(address: string, fetcher: Pick<Fetcher, 'objectStore'>): Depot {
  return { address, name: redactUrl(address), store: fetcher.objectStore(address) };
}

export interface IndexVersion {
  index: DepotIndex;
  /** As the store calls it. */
  version: string;
}

/** The index as it is now, believed or not; undefined when there is none. @throws Failure DEPOT_INVALID */
export async function readIndex({ name, store }: Depot, signal: AbortSignal): Promise<IndexVersion | undefined> {
  const found = await store.read(DEPOT_INDEX, signal);
  if (typeof found !== 'object') return undefined;
  return { index: parseIndex(name, found.bytes), version: found.version };
}

/** @throws Failure SOURCE_NOT_FOUND, DEPOT_INVALID */
export async function demandIndex(depot: Depot, signal: AbortSignal): Promise<IndexVersion> {
  const found = await readIndex(depot, signal);
  if (found !== undefined) return found;
  throw noIndex(depot);
}

export function noIndex({ name }: Depot): Failure {
  const hint = 'Check the address; the first "galley push" makes the index';
  return new Failure('SOURCE_NOT_FOUND', `Cannot use depot "${name}": it has no index "${DEPOT_INDEX}"`, { hint });
}

export function parseIndex(name: string, bytes: Uint8Array): DepotIndex {
  const index = decodeIndex(Buffer.from(bytes).toString());
  if (!('problem' in index)) return index;
  throw new Failure('DEPOT_INVALID', `Cannot use the index of depot "${name}": ${index.problem}`, {
    hint:
      index.hint ??
      'See whether the address is that of a depot; whoever keeps it has a copy, or pushes to an empty place',
    facts: { depot: name },
  });
}

/** @throws Failure DEPOT_UNTRUSTED unless one of the keys has signed the entries; without keys, everybody is believed */
export async function demandTrust(
  name: string,
  { entries, signatures }: DepotIndex,
  keys: readonly PublicKey[],
  signal: AbortSignal,
): Promise<void> {
  if (keys.length === 0) return;
  const relevant = signatures.filter(({ key }) => keys.includes(key));
  for await (const _ of goodAmong(relevant, entries, signal)) return;
  const claimed = signatures.map(({ key }) => key);
  const reason =
    relevant.length > 0
      ? `its signature by ${formatKeys(relevant.map(({ key }) => key))} is wrong`
      : claimed.length > 0
        ? `it says that it is signed by ${formatKeys(claimed)}, and no such key is trusted`
        : 'it is not signed';
  throw new Failure('DEPOT_UNTRUSTED', `Cannot trust the index of depot "${name}": ${reason}`, {
    hint:
      claimed.length > 0
        ? 'Compare "trusted_keys" with the key of whoever pushes: "galley depot key <file>" prints it'
        : 'Whoever vouches for what is there signs it with "galley depot sign"',
    facts: { depot: name, trusted: [...keys], claimed },
  });
}

/** Whose signatures are right. */
export function signersOf({ entries, signatures }: DepotIndex, signal: AbortSignal): Promise<PublicKey[]> {
  return Array.fromAsync(goodAmong(signatures, entries, signal));
}

/** One at a time: each is a reading of the whole index, and nothing else happens meanwhile. */
async function* goodAmong(
  signatures: readonly DepotSignature[],
  entries: readonly DepotEntry[],
  signal: AbortSignal,
): AsyncGenerator<PublicKey, void> {
  if (signatures.length === 0) return;
  const text = Buffer.from(signedText(entries));
  for (const { key, signature } of signatures) {
    await turn(signal);
    if (isSignedBy(key, text, signature)) yield key;
  }
}

const MOST_SHOWN = 3;

/** The first few. */
export function formatKeys(keys: readonly PublicKey[]): string {
  const more = keys.length - MOST_SHOWN;
  return keys.slice(0, MOST_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
