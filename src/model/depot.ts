// The index of a depot: which finished assets it has, and who vouches for them. Whoever can write to a depot can write
// anything, so reading accepts one form and nothing else.
import { parseSha256, type Sha256 } from './digest.ts';
import { IDENTITY } from './identity.ts';
import { canonicalJson, findJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import { type PublicKey, parsePublicKey } from './public-key.ts';

/** Raised when what is written changes its meaning, or a member is added. */
export const DEPOT_SCHEMA = 1;

/** The name of the index in every depot. */
export const DEPOT_INDEX = 'galley-depot.json';

/** One finished asset, as an archive. */
export interface DepotEntry {
  identity: string;
  /** `linux-x86_64`. */
  platform: string;
  key: string;
  /** Of the archive. */
  sha256: Sha256;
  /** In bytes. */
  size: number;
  /** Relative to the index. */
  url: string;
  /** The one cache root it can be used under: programs in it have that built in. Absent: under every root. */
  root?: string;
  /** The signed statement of who built it from what. */
  provenance?: { sha256: Sha256; size: number; url: string };
}

export interface DepotSignature {
  key: PublicKey;
  /** In base64, over `signedText` of the entries. */
  signature: string;
}

export interface DepotIndex {
  /** Sorted by identity, platform and key, each once. */
  entries: DepotEntry[];
  /** Of each key at most one. */
  signatures: DepotSignature[];
}

/** Checking one takes a reading of all entries: more keys than a company has people who sign are no index. */
export const MOST_SIGNATURES = 64;

export const EMPTY_INDEX: DepotIndex = { entries: [], signatures: [] };

/** What signatures are made of. Its first member says that it can be nothing but the entries of a depot. */
export function signedText(entries: readonly DepotEntry[]): string {
  return canonicalJson({ format: 'galley-depot', schema: DEPOT_SCHEMA, entries: entries as unknown as Json });
}

/** One entry a line: people read it, and compare two of them. */
export function encodeIndex({ entries, signatures }: DepotIndex): string {
  const lines = (values: readonly unknown[]) => values.map((value) => `\n  ${canonicalJson(value as Json)}`).join(',');
  const parts = [
    `"schema": ${DEPOT_SCHEMA}`,
    `"entries": [${lines(entries)}\n]`,
    `"signatures": [${lines(signatures)}\n]`,
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** The index, or why it is none. */
export function decodeIndex(text: string): DepotIndex | { problem: string; hint?: string } {
  const value = findJson(text);
  if (!isJsonObject(value)) return { problem: 'it is no JSON object' };
  if (value.schema !== DEPOT_SCHEMA) return unreadable(value.schema);
  if (!hasOnly(value, ['schema', 'entries', 'signatures'])) return { problem: 'it has members that nobody knows' };
  if (!Array.isArray(value.entries) || !Array.isArray(value.signatures))
    return { problem: 'it has no list of entries' };
  const wrong = value.entries.findIndex((entry) => !isEntry(entry));
  if (wrong !== -1) return { problem: `its entry ${wrong + 1} is malformed` };
  const entries = value.entries as unknown as DepotEntry[];
  const disorder = entries.findIndex((entry, index) => index > 0 && !isBefore(entries[index - 1] as DepotEntry, entry));
  if (disorder !== -1) return { problem: `its entry ${disorder + 1} is there twice, or out of order` };
  if (!value.signatures.every(isSignature)) return { problem: 'one of its signatures is malformed' };
  const signatures = value.signatures as unknown as DepotSignature[];
  if (signatures.length > MOST_SIGNATURES) return { problem: `it has more than ${MOST_SIGNATURES} signatures` };
  if (new Set(signatures.map(({ key }) => key)).size < signatures.length)
    return { problem: 'it has two signatures by one key' };
  return { entries, signatures };
}

function unreadable(schema: Json | undefined): { problem: string; hint?: string } {
  if (typeof schema !== 'number') return { problem: 'it has no schema' };
  const problem = `it has schema ${schema}, and this galley reads schema ${DEPOT_SCHEMA}`;
  return schema > DEPOT_SCHEMA ? { problem, hint: 'A newer galley wrote it: use that version' } : { problem };
}

/** Those of `added` that have no place yet are put into theirs; who was first stays. */
export function withEntries(entries: readonly DepotEntry[], added: readonly DepotEntry[]): DepotEntry[] {
  const all = new Map(entries.map((entry) => [depotKey(entry), entry]));
  for (const entry of added) if (!all.has(depotKey(entry))) all.set(depotKey(entry), entry);
  return [...all.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/** Names what an entry is for. */
export function depotKey({ identity, platform, key }: Pick<DepotEntry, 'identity' | 'platform' | 'key'>): string {
  return `${identity}/${platform}-${key}`;
}

/** By code units, so that no locale changes the order. */
function isBefore(a: DepotEntry, b: DepotEntry): boolean {
  return depotKey(a) < depotKey(b);
}

const PLATFORM = /^[a-z0-9]+-[a-z0-9_]+$/;
export const ENTRY_KEY = /^[0-9a-f]{32}$/;
const NAMES = { identity: IDENTITY, platform: PLATFORM, key: ENTRY_KEY };
/** A relative path of plain names: no `..`, no scheme, no host, nothing to decode. */
const RELATIVE = /^(?!\.)[\w@+-][\w.@+-]*(?:\/[\w@+-][\w.@+-]*)*$/;

/** True for names that an asset may be shared under. */
export function isAssetName(value: JsonObject): boolean {
  return Object.entries(NAMES).every(([name, pattern]) => {
    const text = value[name];
    return typeof text === 'string' && text.length < 256 && pattern.test(text);
  });
}

function isEntry(value: Json): boolean {
  if (!isJsonObject(value) || !isAssetName(value) || !isObject(value)) return false;
  const { root, provenance } = value;
  const known = ['identity', 'platform', 'key', 'sha256', 'size', 'url', 'root', 'provenance'];
  const hasFitRoot = root === undefined || (typeof root === 'string' && /^\/[^\0]*$/.test(root));
  return hasOnly(value, known) && hasFitRoot && (provenance === undefined || isProvenance(provenance));
}

function isProvenance(value: Json): boolean {
  return isJsonObject(value) && isObject(value) && hasOnly(value, ['sha256', 'size', 'url']);
}

/** Says which bytes are meant, and where they are. */
function isObject({ sha256, size, url }: JsonObject): boolean {
  const isDigest = typeof sha256 === 'string' && parseSha256(sha256) === sha256;
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return isDigest && isSize && typeof url === 'string' && url.length < 1024 && RELATIVE.test(url);
}

function isSignature(value: Json): boolean {
  if (!isJsonObject(value) || !hasOnly(value, ['key', 'signature'])) return false;
  return (
    typeof value.key === 'string' && parsePublicKey(value.key) !== undefined && typeof value.signature === 'string'
  );
}

function hasOnly(value: JsonObject, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
