// Outputs: products that are placed in directories of somebody's choice, and where their bytes may come from.
import type { Sha256 } from './digest.ts';
import type { StrategyName } from './settings.ts';

/** In `.galley`: what was placed from this checkout. */
export const OUTPUT_RECORD = 'outputs.json';

/** An output that a manifest asks for. */
export interface OutputWish {
  product: string;
  /** Of the file; the name of the product when absent. */
  name?: string;
  /** Absolute. */
  dir: string;
  /** The platform that the file is for: `windows`, `linux-arm64`; absent: whichever is built for. */
  platform?: string;
  /** Where it is asked for, for messages. */
  file: string;
  index: number;
}

/** Where the bytes of an output may come from. */
export type OutputSource =
  /** A file of an asset; without a digest the cache no longer knows what it was. */
  | { kind: 'cache'; file: string; sha256: Sha256 | undefined }
  /** A file outside the cache: of a build tree, or what a user-managed package names. */
  | { kind: 'project'; file: string }
  /** An open file, which can be read though its name is gone, or bytes that were made. */
  | { kind: 'memory'; name: string; content: number | Uint8Array; sha256?: Sha256 };

/** A product of a package that was made, ready to be placed. */
export interface Offer {
  product: string;
  /** Label of the package. */
  package: string;
  /** Permission bits of the original. */
  mode: number;
  sources: OutputSource[];
  /** Why it cannot be placed: what it is instead of a file. */
  unfit?: string;
}

/** What became of one output. Its fields are those of `galley build --json`. */
export interface OutputResult {
  product: string;
  package: string;
  /** Absolute. */
  outputPath: string;
  /** 0 when it was up to date. */
  bytesCopied: number;
  /** Milliseconds, all attempts of the strategy that placed it. */
  copyDuration: number;
  /** The bytes there were read again, and are those of the source. */
  sourceVerified: boolean;
  /** The strategy that placed it. */
  effectiveSource: StrategyName;
  /** sha256, where it is known. */
  checksum?: Sha256;
}
