// How an install becomes an asset: in an order in which a crash at any moment leaves an entry that is complete or one
// that the next run makes again, never one that only looks complete.
//
//   relocate, read-only, sync ─► old marker gone ─► install becomes asset, fingerprint ─► marker ─► old asset removed
//                             safe               safe                             safe        safe
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import { type Failure, isFailure } from '../model/failure.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { encodeFingerprint, fingerprintTree } from './fingerprint.ts';
import type { EntryPaths, EntryRef, Layout } from './layout.ts';
import { type Asset, type EntryDraft, type EntryRecord, encodeRecord } from './record.ts';
import { type RelocatedTree, relocateTree } from './relocate.ts';
import { targetOf } from './scan.ts';
import type { ScannedFiles } from './scanned.ts';

export interface Publication {
  files: Files;
  layout: Layout;
  paths: EntryPaths;
  ref: EntryRef;
  draft: EntryDraft;
  scanned: ScannedFiles;
  /** Ends it for as long as nothing has changed but the install. */
  signal: AbortSignal | undefined;
}

/** An asset that was just made. */
export interface PublishedAsset extends Asset {
  /** Relative paths of files that mention the work directory where it does no harm. */
  warnings: string[];
  /** What is of no use any more and could not be removed. */
  leftovers: Failure[];
}

/** @throws Failure ASSET_NAMES_WORK_DIR, and nothing has changed but texts in the install */
export async function publishInstall(publication: Publication): Promise<PublishedAsset> {
  const { files, layout, paths, ref, scanned, signal } = publication;
  const tree = await relocateTree(files, { paths, target: targetOf(layout, paths), scanned, signal });
  await files.makeReadOnly(paths.installDir);
  await files.syncTree(paths.installDir);
  const lines = await fingerprintTree(files, paths.installDir, {
    digestOf: async (name) => digestIn(tree, name),
    signal,
  });
  const fingerprint = encodeFingerprint(lines);
  await replaceAsset(publication, fingerprint);
  const { inode, ctimeMs } = await files.stat(paths.assetDir);
  const { runtime, sizeBytes, warnings, isBound } = tree;
  const content = {
    ...{ fingerprint: sha256OfBytes(fingerprint), files: tree.digests.size, sizeBytes, runtime },
    ...(isBound && { boundTo: paths.assetDir }),
  };
  const record: EntryRecord = { ...publication.draft, ...content, key: ref.key, root: { inode, ctimeMs } };
  await files.writeAtomic(paths.markerFile, encodeRecord(record));
  return { assetDir: paths.assetDir, key: ref.key, record, warnings, leftovers: await clearAway(paths, files) };
}

/** The asset is there, whatever the system refuses now. */
async function clearAway({ installDir, replacedDir, workDir, fetchDir }: EntryPaths, files: Files): Promise<Failure[]> {
  const leftovers: Failure[] = [];
  for (const dir of [installDir, replacedDir, workDir, fetchDir]) {
    try {
      await files.removeTree(dir);
    } catch (error) {
      if (!isFailure(error, 'IO_ERROR')) throw error;
      leftovers.push(error);
    }
  }
  return leftovers;
}

function digestIn({ digests }: RelocatedTree, name: string): Sha256 {
  const sha256 = digests.get(name);
  if (sha256 === undefined) throw new Error(`"${name}" appeared in the install while it was published`);
  return sha256;
}

async function replaceAsset({ files, layout, paths }: Publication, fingerprint: string): Promise<void> {
  const { assetDir, entryDir, fingerprintFile } = paths;
  const there = await files.list(entryDir);
  const [isOlder, isMarked] = [paths.assetDir, paths.markerFile].map((file) => there.includes(path.basename(file)));
  if (isOlder || isMarked) await dropMarker(files, paths);
  await installAsset(files, paths, isOlder === true);
  {
    await using writer = await files.openWriter(fingerprintFile, { start: 'replace' });
    await writer.write(Buffer.from(fingerprint));
    await writer.sync();
  }
  // In any order, and at once: the marker comes after all of them. The asset itself is among them, as its time of
  // change moves with the rename, and the marker will name it.
  const dirs = [assetDir, entryDir, path.dirname(entryDir), layout.assetsDir, layout.rootDir];
  await Promise.all(dirs.map((dir) => files.fsyncDir(dir)));
}

/** From now on, and after any crash, there is no hit. */
export async function dropMarker(files: Files, { entryDir, markerFile }: EntryPaths): Promise<void> {
  await unlessMissing(files.unlink(markerFile));
  // Safe before anything else moves: an old marker that came back would vouch for a new fingerprint.
  await files.fsyncDir(entryDir);
}

/** Whoever is using an older asset goes on: what is open stays open, and a path leads to the old file or the new one. */
async function installAsset(files: Files, { assetDir, installDir, replacedDir }: EntryPaths, isOlder: boolean) {
  if (isOlder && files.exchange(installDir, assetDir)) return;
  // Where names cannot change places, the path of the asset leads nowhere for a moment.
  await files.removeTree(replacedDir);
  // Beside it, not into the work directory: only root may move a read-only directory to another parent.
  if (isOlder) await files.rename(assetDir, replacedDir);
  await files.rename(installDir, assetDir);
}
