// What a source turned out to be: its address and its bytes. Markers and depots carry these records along with an asset,
// galley.lock keeps them for the project, and fetching takes a pin from them. What a lock file is made of is lock-file.
import { parseSha256, type Sha256 } from './digest.ts';
import { commitOf } from './git.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { redactUrl } from './redact.ts';

/** A source of a package, as far as it was resolved. */
export interface SourceRecord {
  /** As the recipe writes it, without credentials: a URL of any transport, or the path of a local file or tree. */
  source: string;
  /** What the key knows it by: a sha256, or the commit that the source names. */
  digest: string;
  /** Where its bytes were found; of git, with the commit. Absent: the source is the address. */
  url?: string;
  /** Of the bytes behind a URL. */
  sha256?: Sha256;
  /** In bytes. Absent: nobody has fetched it yet. */
  size?: number;
}

/** Which bytes a source has to be, and where they were when it was pinned. */
export interface Pin {
  /** Without credentials. */
  url: string;
  /** Absent: the commit in the address says it all. */
  sha256?: Sha256;
  sizeBytes?: number;
}

/** What was found out about a source. */
export interface FoundSource {
  /** As it is asked for; may hold credentials. */
  source: string;
  /** Where it is. */
  url: string;
  sha256?: Sha256 | undefined;
  sizeBytes?: number | undefined;
}

/** What is kept of an address and its bytes: no credentials, and nothing that means something on one machine only. */
export function recordOf({ source, url, sha256, sizeBytes }: FoundSource): Omit<SourceRecord, 'digest'> {
  return {
    source: redactUrl(source),
    ...(url !== source && isLastingAddress(url) && { url }),
    ...(sha256 !== undefined && { sha256 }),
    ...(sizeBytes !== undefined && { size: sizeBytes }),
  };
}

/** True for what may stand in a file that others read: an address of the web or of git, in which nothing is secret. */
export function isLastingAddress(url: string): boolean {
  if (redactUrl(url) !== url) return false;
  return commitOf(url) !== undefined || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

/** True for an address that means the same everywhere, false for a path of this machine. */
export function isRemote(source: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(source) && !/^file:/i.test(source);
}

/** The records of a marker or depot. Anybody may have written them: what is no record is left out. */
export function readSourceRecords(value: Json | undefined): SourceRecord[] {
  return Array.isArray(value) ? value.filter(isJsonObject).flatMap(readSourceRecord) : [];
}

function readSourceRecord({ source, digest, url, sha256, size }: JsonObject): SourceRecord[] {
  if (typeof source !== 'string' || typeof digest !== 'string') return [];
  const parsed = typeof sha256 === 'string' ? parseSha256(sha256) : undefined;
  return [
    {
      ...{ source, digest },
      ...(typeof url === 'string' && isLastingAddress(url) && { url }),
      ...(parsed !== undefined && { sha256: parsed }),
      ...(isSize(size) && { size }),
    },
  ];
}

export function isSize(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
