// Finds the paths of cache entries in a file, in the same pass that hashes it: those of the entry being built, which
// will be gone, and those of other assets, which will be needed. Knows nothing of what is done about them.
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import { createSha256 } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import type { EntryPaths, Layout } from './layout.ts';

/** What is searched for. */
export interface ScanTarget {
  /** Every path of an entry begins with it: one search finds all. */
  assetsDir: string;
  /** `<identity>/<os>-<arch>-<key>` of the entry being built. */
  entryPath: string;
}

export interface FileScan {
  sha256: Sha256;
  sizeBytes: number;
  /** There is no zero byte in it, so its lengths are nobody's business and it may be rewritten. */
  isText: boolean;
  /** It names a directory of some entry. */
  namesEntry: boolean;
  /** It names an asset, its own or another. */
  namesAsset: boolean;
  /** It names the own install directory. */
  namesInstall: boolean;
  /** It names the own fetch or work directory. */
  namesWork: boolean;
  /** Keys of the entries whose assets it names. */
  runtime: Set<string>;
}

export function targetOf({ assetsDir }: Layout, { entryDir }: EntryPaths): ScanTarget {
  return { assetsDir, entryPath: path.relative(assetsDir, entryDir) };
}

/** Longest rest of a path, behind the assets directory, that tells what it is: an identity, an entry, a directory. */
const TAIL_BYTES = 600;

/** What a piece of text or of a program names. */
export type Names = Omit<FileScan, 'sha256' | 'sizeBytes' | 'isText'>;

/** @param signal ends it between two pieces */
export async function scanFile(
  files: Files,
  file: string,
  target: ScanTarget,
  signal?: AbortSignal,
): Promise<FileScan> {
  const scan = createScan(target);
  for await (const chunk of files.readChunks(file)) {
    signal?.throwIfAborted();
    scan.update(chunk);
  }
  return scan.finish();
}

/** A scan that grows chunk by chunk. */
export function createScan(target: ScanTarget): { update(chunk: Buffer): void; finish(): FileScan } {
  const digest = createSha256();
  const needle = Buffer.from(`${target.assetsDir}/`);
  const overlap = needle.length + TAIL_BYTES;
  const scan = { sizeBytes: 0, isText: true, ...noNames() };
  /** A path that is cut by the end of a chunk is looked at again together with the next one. */
  let kept: Buffer = Buffer.alloc(0);
  const judge = (bytes: Buffer, end: number): void => {
    for (const rest of pathsIn(bytes, needle, end)) judgePath(rest, target, scan);
  };
  return {
    update(chunk) {
      digest.update(chunk);
      scan.sizeBytes += chunk.length;
      scan.isText &&= !chunk.includes(0);
      // Only the seam is copied: what begins before the chunk, with as much of the chunk as may belong to it.
      const seam = Buffer.concat([kept, chunk.subarray(0, overlap)]);
      if (chunk.length < overlap) {
        const end = Math.max(0, seam.length - overlap);
        judge(seam, end);
        kept = seam.subarray(end);
      } else {
        judge(seam, kept.length);
        const end = chunk.length - overlap;
        judge(chunk, end);
        kept = Buffer.from(chunk.subarray(end));
      }
    },
    finish() {
      judge(kept, kept.length);
      return { ...scan, sha256: digest.finish() };
    },
  };
}

/** What a link says, judged like a file that holds nothing but that. */
export function scanText(text: string, target: ScanTarget): Names {
  const scan = noNames();
  const [bytes, needle] = [Buffer.from(text), Buffer.from(`${target.assetsDir}/`)];
  for (const rest of pathsIn(bytes, needle, bytes.length)) judgePath(rest, target, scan);
  return scan;
}

const noNames = (): Names => ({
  ...{ namesEntry: false, namesAsset: false, namesInstall: false, namesWork: false },
  runtime: new Set<string>(),
});

/** What follows each occurrence that begins before `end`. */
function* pathsIn(bytes: Buffer, needle: Buffer, end: number): Generator<string> {
  for (let at = bytes.indexOf(needle); at >= 0 && at < end; at = bytes.indexOf(needle, at + 1)) {
    const from = at + needle.length;
    yield bytes.toString('latin1', from, Math.min(from + TAIL_BYTES, bytes.length));
  }
}

/** `acme.zlib@r1/linux-x86_64-0123abcd/asset`, and then no further letter of that name. */
const ENTRY_PATH = /^([a-z0-9][a-z0-9._@-]*\/[a-z0-9]+-[a-z0-9_]+-([0-9a-z]+))\/(asset|install|work|fetch)(?![\w-])/;

function judgePath(rest: string, { entryPath }: ScanTarget, scan: Names): void {
  const [, entry, key = '', dir] = ENTRY_PATH.exec(rest) ?? [];
  scan.namesEntry ||= entry !== undefined;
  scan.namesAsset ||= dir === 'asset';
  if (entry === entryPath) {
    scan.namesInstall ||= dir === 'install';
    scan.namesWork ||= dir === 'work' || dir === 'fetch';
  } else if (entry !== undefined && dir === 'asset') {
    scan.runtime.add(key);
  }
}
