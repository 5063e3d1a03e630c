// `galley-entry.json`, the first member of every archive in a depot: what the tree behind it is, and what has to be done
// to it in a cache. It comes from wherever the archive comes from, so it is believed only where it can be checked.
import { ENTRY_KEY, isAssetName } from './depot.ts';
import { parseSha256, type Sha256 } from './digest.ts';
import { canonicalJson, findJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import { readSourceRecords, type SourceRecord } from './pin.ts';

/** The name of the description, and of the tree, in an archive. Nothing else is in one. */
export const ARCHIVED_ENTRY = 'galley-entry.json';
export const ARCHIVED_TREE = 'asset';

/** Stands for `<cache>/assets` in the texts and links of an archive, so that every cache makes the same archive. */
export const ARCHIVED_ASSETS = '/galley-cache-of-whoever-imports/assets';

const ARCHIVE_SCHEMA = 1;

export interface ArchivedEntry {
  identity: string;
  platform: string;
  key: string;
  /** The parts that the key was made of: they hash to it. */
  keyParts: JsonObject;
  /** Where it came from, for the lock file of whoever imports it. */
  sources: SourceRecord[];
  /** Keys of the entries that the tree needs to run, sorted. */
  runtime: string[];
  /** Digest of the fingerprint of the tree as it is in the archive. */
  fingerprint: Sha256;
  /** Relative paths of the files in which `ARCHIVED_ASSETS` stands for the assets of the cache, sorted, each once. */
  texts: string[];
  /** Relative path → target, for links into assets: an archive itself has only links that stay inside. */
  links: Record<string, string>;
  /** The one cache root it can be used under. */
  root?: string;
}

export function encodeArchivedEntry(entry: ArchivedEntry): string {
  return `${canonicalJson({ schema: ARCHIVE_SCHEMA, ...entry } as unknown as Json)}\n`;
}

/** Undefined when it is none. */
export function decodeArchivedEntry(text: string): ArchivedEntry | undefined {
  const value = findJson(text);
  if (!isJsonObject(value) || value.schema !== ARCHIVE_SCHEMA || !isAssetName(value)) return undefined;
  const { identity, platform, key, keyParts, sources, runtime, fingerprint, texts, links, root } = value;
  const isWhole =
    isJsonObject(keyParts) &&
    isShallow(keyParts) &&
    Array.isArray(sources) &&
    isTexts(runtime, ENTRY_KEY) &&
    isTexts(texts) &&
    isRising(texts as string[]) &&
    isJsonObject(links) &&
    isTexts(Object.values(links)) &&
    typeof fingerprint === 'string' &&
    parseSha256(fingerprint) === fingerprint &&
    (root === undefined || typeof root === 'string');
  if (!isWhole) return undefined;
  const names = { identity, platform, key, ...(root !== undefined && { root }) };
  return {
    ...names,
    keyParts,
    sources: readSourceRecords(sources),
    runtime,
    fingerprint,
    texts,
    links,
  } as unknown as ArchivedEntry;
}

/** By code units, each once: work is done for every one of them. */
function isRising(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || (texts[index - 1] as string) < text);
}

/** Whoever walks through it must not run out of stack. */
function isShallow(value: Json, levels = 20): boolean {
  if (value === null || typeof value !== 'object') return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

function isTexts(value: Json | undefined, pattern = /^/): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string' && pattern.test(text));
}
