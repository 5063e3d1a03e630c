// The tree of an archive becomes one that can be published here: it is compared with what the archive says of it, and its
// texts and links get the paths of this cache. Everything that is read here comes from somebody else.
import path from 'node:path';
import { ARCHIVED_ASSETS, type ArchivedEntry } from '../model/archived-entry.ts';
import { turn } from '../system/clock.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { encodeFingerprint, fingerprintTree } from './fingerprint.ts';
import { asArchived, MOST_TEXT_BYTES, moveAssets, moveLink } from './portable.ts';
import type { ScannedFiles } from './scanned.ts';

export interface Adoption {
  files: Files;
  assetsDir: string;
  /** What was learned of the files while they were unpacked. */
  scanned?: ScannedFiles | undefined;
  signal?: AbortSignal;
  /** Says what is wrong. */
  refuse(problem: string): Error;
}

/** @param dir the tree as it was unpacked: nobody else writes to it */
export async function adoptTree(
  dir: string,
  entry: ArchivedEntry,
  { files, assetsDir, scanned, signal, refuse }: Adoption,
): Promise<void> {
  const digestOf = async (name: string) =>
    scanned?.find(name)?.sha256 ?? (await sha256OfFile(`${dir}/${name}`, signal));
  const lines = (await fingerprintTree(files, dir, { digestOf, signal })).map((line) => asArchived(line));
  if (sha256OfBytes(encodeFingerprint(lines)) !== entry.fingerprint)
    throw refuse('its tree is not the one that it describes');
  const kinds = new Map(lines.map((line) => [line.path, line.kind]));
  for (const name of entry.texts) {
    signal?.throwIfAborted();
    if (kinds.get(name) !== 'file') throw refuse(`its text "${name}" is no file`);
    const { sizeBytes } = await files.stat(`${dir}/${name}`);
    if (sizeBytes > MOST_TEXT_BYTES) throw refuse(`its text "${name}" is too long to be one`);
    await rewrite(`${dir}/${name}`, (bytes) => moveAssets(bytes, ARCHIVED_ASSETS, assetsDir), files);
    scanned?.forget(name);
  }
  const reachable = new Set([entry.key, ...entry.runtime]);
  for (const [index, [name, target]] of Object.entries(entry.links).entries()) {
    if (index % LINKS_A_TURN === 0) await turn(signal);
    // The fingerprint lists real directories alone, by their plain names: no link and no `..` is on the way.
    const isPlain = path.normalize(name) === name && !/\0|\/$/.test(name);
    if (!isPlain || kinds.has(name) || kinds.get(path.dirname(name)) !== 'dir')
      throw refuse(`its link "${name}" has no place`);
    if (!leadsIntoAsset(target, reachable)) throw refuse(`its link "${name}" leads to "${target}"`);
    await files.symlink(moveLink(target, ARCHIVED_ASSETS, assetsDir), `${dir}/${name}`);
  }
}

/** Links are made without a pause, and there may be as many as a description has room for. */
const LINKS_A_TURN = 500;

async function rewrite(file: string, change: (bytes: Uint8Array) => Uint8Array, files: Files): Promise<void> {
  const { mode, mtimeMs } = await files.stat(file);
  await files.writeAtomic(file, change(await files.readBytes(file)), { mode, durable: false });
  await files.setModified(file, mtimeMs);
}

/** Of its own entry, or of one that it says it needs; and nowhere out of that. */
function leadsIntoAsset(target: string, reachable: ReadonlySet<string>): boolean {
  if (!target.startsWith(`${ARCHIVED_ASSETS}/`) || target.includes('\0') || target.split('/').includes('..'))
    return false;
  const [, entry] =
    /^\/[^/]+\/[a-z0-9]+-[a-z0-9_]+-([0-9a-z]+)\/asset(?:\/|$)/.exec(target.slice(ARCHIVED_ASSETS.length)) ?? [];
  return entry !== undefined && reachable.has(entry);
}
