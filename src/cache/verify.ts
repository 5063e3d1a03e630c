// Reading an asset again: is it still what was published?
import type { Sha256 } from '../model/digest.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { decodeFingerprint, type FingerprintLine, findDifferences, fingerprintTree } from './fingerprint.ts';
import type { EntryPaths } from './layout.ts';
import type { Asset } from './record.ts';

/** Stands for the fingerprint itself among the differences, when that is missing or altered. */
const FINGERPRINT = 'galley-fingerprint';

/** Relative paths that differ from what was published, sorted; empty when all is well. */
export async function verifyAsset(files: Files, paths: EntryPaths, asset: Asset): Promise<string[]> {
  const recorded = await readFingerprint(files, paths, asset);
  if (recorded === undefined) return [FINGERPRINT];
  return findDifferences(recorded, await fingerprintTree(files, asset.assetDir));
}

/** Digest of one published file; undefined when there is none of that name, or the fingerprint cannot be trusted. */
export async function findPublishedDigest(
  files: Files,
  paths: EntryPaths,
  asset: Asset,
  name: string,
): Promise<Sha256 | undefined> {
  const line = (await readFingerprint(files, paths, asset))?.find(({ path }) => path === name);
  return line?.kind === 'file' ? line.sha256 : undefined;
}

async function readFingerprint(
  files: Files,
  { fingerprintFile }: EntryPaths,
  { record }: Asset,
): Promise<FingerprintLine[] | undefined> {
  const text = await files.findText(fingerprintFile);
  return text === undefined || sha256OfBytes(text) !== record.fingerprint ? undefined : decodeFingerprint(text);
}
