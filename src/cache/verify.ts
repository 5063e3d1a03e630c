// Reading what is in a cache again: is it still what was published, downloaded or fetched?
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import { isFailure } from '../model/failure.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import {
  type Difference,
  decodeFingerprint,
  type FingerprintLine,
  findDifferences,
  fingerprintTree,
} from './fingerprint.ts';
import type { EntryPaths } from './layout.ts';
import { type Asset, type EntryRecord, isInPlace } from './record.ts';

/** Stands for the fingerprint itself among the differences, when that is missing or altered. */
const FINGERPRINT = 'galley-fingerprint';

export interface VerifyParts {
  files: Files;
  signal: AbortSignal;
}

/** Where an asset differs from what was published; empty when all is well. */
export async function verifyAsset(
  { files, signal }: VerifyParts,
  paths: EntryPaths,
  record: EntryRecord,
): Promise<Difference[]> {
  const recorded = await readFingerprint(files, paths, record);
  if (recorded === undefined)
    return [{ path: FINGERPRINT, how: (await files.exists(paths.fingerprintFile)) ? 'content' : 'missing' }];
  const root = await files.findStat(paths.assetDir);
  if (root === undefined) return [{ path: '.', how: 'missing' }];
  const differences = await compareTree({ files, signal }, paths.assetDir, recorded);
  // No hit either way; but whoever has changed something there is told that before.
  if (differences.length > 0) return differences;
  const isReplaced = root.inode !== record.root.inode || root.ctimeMs !== record.root.ctimeMs;
  if (isReplaced) return [{ path: '.', how: 'replaced' }];
  return isInPlace(record, paths) ? [] : [{ path: '.', how: 'moved' }];
}

/** Where a recipe from elsewhere differs from what was fetched; one of an older galley cannot be compared. */
export async function verifyRecipe(parts: VerifyParts, dir: string, fingerprintFile: string): Promise<Difference[]> {
  const text = await parts.files.findText(fingerprintFile);
  return text === undefined ? [] : await compareTree(parts, dir, decodeFingerprint(text));
}

/** Whether a download has the content that it is named by. */
export async function verifyDownload(file: string, signal: AbortSignal): Promise<Difference[]> {
  const differs = (await sha256OfFile(file, signal)) !== path.basename(file);
  return differs ? [{ path: '.', how: 'content' }] : [];
}

async function compareTree(
  { files, signal }: VerifyParts,
  dir: string,
  recorded: readonly FingerprintLine[],
): Promise<Difference[]> {
  try {
    return findDifferences(recorded, await fingerprintTree(files, dir, { signal }));
  } catch (error) {
    if (!isFailure(error, 'IO_ERROR') && !isFailure(error, 'FILE_NAME_INVALID')) throw error;
    return [{ path: path.relative(dir, String(error.facts.path)) || '.', how: 'unreadable' }];
  }
}

/** Digest of one published file; undefined when there is none of that name, or the fingerprint cannot be trusted. */
export async function findPublishedDigest(
  files: Files,
  paths: EntryPaths,
  { record }: Asset,
  name: string,
): Promise<Sha256 | undefined> {
  const line = (await readFingerprint(files, paths, record))?.find(({ path }) => path === name);
  return line?.kind === 'file' ? line.sha256 : undefined;
}

async function readFingerprint(
  files: Files,
  { fingerprintFile }: EntryPaths,
  record: EntryRecord,
): Promise<FingerprintLine[] | undefined> {
  const text = await files.findText(fingerprintFile);
  return text === undefined || sha256OfBytes(text) !== record.fingerprint ? undefined : decodeFingerprint(text);
}
