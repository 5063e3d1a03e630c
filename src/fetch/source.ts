// The words of fetching: what is asked for, where it was found, and what came of it.
import type { Sha256 } from '../model/digest.ts';
import type { Connection } from '../system/agents.ts';
import type { HttpResponse } from '../system/http.ts';

/** Bytes behind a URL of any transport, or behind an absolute path. */
export interface FetchSource {
  url: string;
  sha256?: string;
  /** Where the caller will put it in fetch_dir; fetching does not look at it. */
  dest?: string;
  /** Secrets: they are shown nowhere. */
  headers?: Readonly<Record<string, string>>;
}

/** What a checksum published for the bytes says. */
export interface Expectation {
  sha256?: Sha256;
  /** Subresource Integrity: `sha512-…`. */
  integrity?: string;
  sizeBytes?: number;
}

/** Where the bytes of a source are. */
export interface Resolved extends Expectation {
  /** Without credentials. */
  url: string;
  /** A name for the file, from the source alone. */
  fileName: string;
}

/** What a transport finds out about a source. The address may carry credentials. */
export interface Located extends Expectation {
  url: string;
  /** Secrets. */
  headers?: Readonly<Record<string, string>>;
  /** What the registry says that a person should know. */
  warning?: string | undefined;
  /** A registry that publishes checksums has none for this. */
  isUnverified?: boolean;
  /** Where the client of a registry is configured to reach it in a way of its own. */
  connection?: Connection | undefined;
  /** Asks for the bytes, or with `range` for some of them, where each request wants a signature or token of its own. */
  request?(range: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpResponse>;
  /** Makes the bytes, where they are not simply downloaded from the address. */
  read?(how: { signal: AbortSignal; onProgress(receivedBytes: number): void }): AsyncIterable<Uint8Array>;
}

/** A verified file in the download store. */
export interface Download {
  /** As the recipe writes it. */
  source: string;
  /** Where it was found, without credentials; the source itself when it was not looked for. */
  url: string;
  fileName: string;
  sha256: Sha256;
  sizeBytes: number;
  /** Absolute path in the store: not to be changed. */
  file: string;
  from: 'network' | 'store' | 'file';
}

/** The download store, as far as fetching needs it. */
export interface Store {
  find(sha256: Sha256): Promise<{ file: string; sizeBytes: number } | undefined>;
  /** The same, after its content was read: a file that has changed is gone, and not found. */
  findIntact(sha256: Sha256, signal: AbortSignal): Promise<{ file: string; sizeBytes: number } | undefined>;
  /** Where an unfinished file of this name belongs; on the same file system as the store. */
  partFile(name: string): string;
  /** Takes a finished file in. */
  adopt(partFile: string, sha256: Sha256): Promise<{ file: string; sizeBytes: number }>;
}
