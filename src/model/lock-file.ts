// galley.lock as a value: records that each stand for themselves, on one platform, so that two branches merge line by
// line. The text of the file belongs to recipe/lockfile.
import type { Sha256 } from './digest.ts';
import type { Pin, SourceRecord } from './pin.ts';
import { redactUrl } from './redact.ts';

/** What a source is for: the recipe of a package, a bundle of recipes, or what a recipe fetches. */
export const SOURCE_KINDS = ['recipe', 'bundle', 'file'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Whose sources are meant. */
export interface SourceOwner {
  /** The package's label: its identity, and its options where it has some. Of a bundle, its identity. */
  package: string;
  kind: SourceKind;
}

/** Where a source is and which bytes it has. */
export interface LockedSource extends SourceOwner, Omit<SourceRecord, 'digest'> {
  platform: string;
}

/** What the fetch function of a recipe asks for: nobody has to run it to know. */
export interface LockedFunction {
  package: string;
  kind: 'function';
  platform: string;
  /** Digest of the recipe: another one may ask for something else. */
  recipe: Sha256;
  /** Sorted; each has a record of its own. */
  sources: string[];
}

/** What a weak dependency was settled with. */
export interface LockedChoice {
  package: string;
  kind: 'weak';
  platform: string;
  query: string;
  /** The label of a package. */
  choice: string;
}

/** One line of galley.lock. */
export type LockRecord = LockedSource | LockedFunction | LockedChoice;

/** A line that comes, goes, or says something else. */
export interface LockChange {
  before?: LockRecord;
  after?: LockRecord;
}

/** The records by what they are about: two that say different things about one thing cannot be. */
export type LockFile = ReadonlyMap<string, LockRecord>;

export const EMPTY_LOCK_FILE: LockFile = new Map();

/** What a record is about. Sorting by it keeps a package together. */
export function lockKey(record: LockRecord): string {
  const subject = record.kind === 'weak' ? record.query : record.kind === 'function' ? '' : record.source;
  return [record.package, record.kind, subject, record.platform].join('\n');
}

/** The key of a source, however its credentials are written. */
export function sourceKey(owner: SourceOwner, source: string, platform: string): string {
  return lockKey({ ...owner, source: redactUrl(source), platform });
}

export function isLockedSource(record: LockRecord): record is LockedSource {
  return record.kind !== 'function' && record.kind !== 'weak';
}

/** What fetching needs of a record, for the source as it is asked for. */
export function pinOf({ url, sha256, size }: Omit<SourceRecord, 'digest'>, source: string): Pin {
  return {
    url: url ?? source,
    ...(sha256 !== undefined && { sha256 }),
    ...(size !== undefined && { sizeBytes: size }),
  };
}

/**
 * One record of two that are about the same, undefined when they contradict each other. Bytes decide: the address may be
 * that of another mirror, and the size is known once somebody has fetched it.
 */
export function unite(a: LockRecord, b: LockRecord): LockRecord | undefined {
  if (isLockedSource(a) && isLockedSource(b)) {
    if (a.sha256 !== b.sha256 || (a.sha256 === undefined && a.url !== b.url)) return undefined;
    return a.size === undefined && b.size !== undefined ? { ...a, size: b.size } : a;
  }
  if (a.kind === 'weak' && b.kind === 'weak') return a.choice === b.choice ? a : undefined;
  if (a.kind !== 'function' || b.kind !== 'function') return undefined;
  return a.recipe === b.recipe && a.sources.join('\n') === b.sources.join('\n') ? a : undefined;
}
