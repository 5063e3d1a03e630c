// The seam to places that keep named objects for others – a depot's index and its archives: which store serves which
// address. It knows nothing of what the objects are. Big ones are downloaded by the fetcher, from where the store says.

import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';
import { createDirectoryStore } from './directory-store.ts';
import { createOciStore } from './oci/store.ts';
import { createS3Store } from './s3/store.ts';
import type { FetchSource } from './source.ts';
import { schemeOf, type TransportTools } from './transport.ts';
import { createWebStore } from './web-store.ts';

export interface ObjectStore {
  /**
   * Where the server knows no conditions: so long after a write, another one that did not see it may still come. Absent:
   * of two writers on one version, one is told that it lost.
   */
  readonly settleMs?: number;
  /**
   * A small object whole; undefined when it is not there.
   *
   * @param known the version that the caller has: `unchanged` says that it is still that one
   */
  read(name: string, signal: AbortSignal, known?: string): Promise<StoredObject | 'unchanged' | undefined>;
  /** What the fetcher downloads the object from. */
  sourceOf(name: string): FetchSource;
  /**
   * False: the object is not as `onlyIf` says, since somebody else was first.
   *
   * @throws Failure SOURCE_UNSUPPORTED for a store that only reads
   */
  write(name: string, content: ObjectContent, options: WriteOptions): Promise<boolean>;
}

export interface StoredObject {
  bytes: Uint8Array;
  /** Opaque: another one after every change. */
  version: string;
}

/** Bytes, or a file that does not change meanwhile. */
export type ObjectContent = Uint8Array | { file: string; sizeBytes: number; sha256: Sha256 };

export interface WriteOptions {
  /** Write only over this version, or only where nothing is. Without it, whatever is there is replaced. */
  onlyIf?: { version: string } | 'absent';
  signal: AbortSignal;
}

/** A small object is read into memory; beyond this somebody is filling it. */
export const MOST_OBJECT_BYTES = 64 * 1024 * 1024;

/** By scheme of the address. A new store is a new file and a line here. */
const STORES: Record<string, (url: string, tools: TransportTools) => ObjectStore> = {
  file: createDirectoryStore,
  http: createWebStore,
  https: createWebStore,
  s3: createS3Store,
  oci: createOciStore,
};

/**
 * The store at an address such as `s3://bucket/prefix`, `oci://registry/repository`, an absolute path.
 *
 * @throws Failure SOURCE_UNSUPPORTED, INVALID_VALUE
 */
export function openObjectStore(url: string, tools: TransportTools): ObjectStore {
  const scheme = schemeOf(url);
  const open = Object.hasOwn(STORES, scheme) ? STORES[scheme] : undefined;
  if (open !== undefined) return open(url, tools);
  const known = Object.keys(STORES);
  const hint = `Stores of objects are ${known.join(', ')} and directories`;
  const message = `Cannot use "${redactUrl(url)}" as a store: there is none for "${scheme}"`;
  throw new Failure('SOURCE_UNSUPPORTED', message, { hint, facts: { url: redactUrl(url), known } });
}
