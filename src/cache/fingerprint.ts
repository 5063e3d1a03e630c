// What exactly is in a tree: one line of canonical JSON for everything in it, sorted by path. Two trees with the same
// lines are the same to every program, save for their times.

import type { Sha256 } from '../model/digest.ts';
import { canonicalJson, type Json } from '../model/json.ts';
import { sha256OfFile } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';

/** A file or directory by its mode, a file by its content, a link by what it says. The root is `.`; `other` is foul. */
export type FingerprintLine =
  | { path: string; kind: 'dir'; mode: string }
  | { path: string; kind: 'file'; mode: string; sha256: Sha256 }
  | { path: string; kind: 'link'; target: string }
  | { path: string; kind: 'other' };

/** Reads and hashes at once: enough to keep the disk busy, few enough to leave threads for others. */
const AT_ONCE = 4;

export interface Reading {
  /** Digest of a file, by its relative path; from a reading that was done already, where there was one. */
  digestOf?(path: string): Promise<Sha256>;
  /** Ends it at the next file, or in the middle of a large one. */
  signal?: AbortSignal | undefined;
}

export async function fingerprintTree(
  files: Files,
  dir: string,
  { signal, digestOf = (name) => sha256OfFile(`${dir}/${name}`, signal) }: Reading = {},
): Promise<FingerprintLine[]> {
  const entries = await files.listTree(dir, signal);
  const lines: FingerprintLine[] = [{ path: '.', kind: 'dir', mode: octal((await files.stat(dir)).mode) }];
  await forEachLimited(entries, AT_ONCE, async ({ path }) => {
    signal?.throwIfAborted();
    const { kind, mode } = await files.stat(`${dir}/${path}`);
    if (kind === 'link') lines.push({ path, kind, target: await files.readLink(`${dir}/${path}`) });
    else if (kind === 'dir') lines.push({ path, kind, mode: octal(mode) });
    else if (kind === 'file') lines.push({ path, kind, mode: octal(mode), sha256: await digestOf(path) });
    else lines.push({ path, kind });
  });
  return lines.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function encodeFingerprint(lines: readonly FingerprintLine[]): string {
  return lines.map((line) => `${canonicalJson(line as Json)}\n`).join('');
}

export function decodeFingerprint(text: string): FingerprintLine[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FingerprintLine);
}

/** A place where a tree is not what it was, and in what. */
export interface Difference {
  /** Relative. */
  path: string;
  how:
    | 'content' // other bytes
    | 'mode' // other permissions: what is read-only became writable, or a program no longer is one
    | 'link' // leads elsewhere
    | 'kind' // a file became a link, a directory a file…
    | 'missing'
    | 'extra'
    | 'unreadable'
    | 'replaced' // the root of an asset is another directory, or names in it were changed
    | 'moved'; // the whole cache was, and files of the asset name its old place
}

/** Where two trees differ, sorted by path. */
export function findDifferences(recorded: readonly FingerprintLine[], found: readonly FingerprintLine[]): Difference[] {
  const byPath = (lines: readonly FingerprintLine[]) => new Map(lines.map((line) => [line.path, line]));
  const [before, after] = [byPath(recorded), byPath(found)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const how = compare(before.get(path), after.get(path));
    return how === undefined ? [] : [{ path, how }];
  });
}

function compare(
  before: FingerprintLine | undefined,
  after: FingerprintLine | undefined,
): Difference['how'] | undefined {
  if (!before || !after) return before ? 'missing' : 'extra';
  if (before.kind !== after.kind) return 'kind';
  if (before.kind === 'link' && after.kind === 'link' && before.target !== after.target) return 'link';
  if (before.kind === 'file' && after.kind === 'file' && before.sha256 !== after.sha256) return 'content';
  return canonicalJson(before as Json) === canonicalJson(after as Json) ? undefined : 'mode';
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
