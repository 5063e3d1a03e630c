// How an install becomes an asset: in an order in which a crash at any moment leaves an entry that is complete or one
// that the next run makes again, never one that only looks complete.
//
//   relocate, read-only, sync ─► old marker gone ─► old asset aside, install → asset, fingerprint ─► marker
//                             safe               safe                                          safe        safe
import path from 'node:path';
import { sha256OfBytes } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { encodeFingerprint, fingerprintTree } from './fingerprint.ts';
import type { EntryPaths, EntryRef, Layout } from './layout.ts';
import { type Asset, type EntryDraft, type EntryRecord, encodeRecord } from './record.ts';
import { type RelocatedTree, relocateTree } from './relocate.ts';

export interface Publication {
  files: Files;
  layout: Layout;
  paths: EntryPaths;
  ref: EntryRef;
  draft: EntryDraft;
}

/** An asset that was just made. */
export interface PublishedAsset extends Asset {
  /** Relative paths of files that mention the work directory where it does no harm. */
  warnings: string[];
}

/** @throws Failure ASSET_NAMES_WORK_DIR, and nothing has changed but texts in the install */
export async function publishInstall(publication: Publication): Promise<PublishedAsset> {
  const { files, layout, paths, ref } = publication;
  const tree = await relocateTree(files, layout, paths);
  await files.makeReadOnly(paths.installDir);
  await files.syncTree(paths.installDir);
  const fingerprint = await writeFingerprint(publication, tree);
  await replaceAsset(publication);
  const { inode, ctimeMs } = await files.stat(paths.assetDir);
  const { runtime, sizeBytes, warnings } = tree;
  const about = { key: ref.key, runtime, sizeBytes, root: { inode, ctimeMs } };
  const record: EntryRecord = { ...publication.draft, ...fingerprint, ...about };
  await files.writeAtomic(paths.markerFile, encodeRecord(record));
  for (const dir of [paths.replacedDir, paths.workDir, paths.fetchDir]) await files.removeTree(dir);
  return { assetDir: paths.assetDir, key: ref.key, record, warnings };
}

/** In the work directory for now: until the old marker is gone, the fingerprint in place belongs to the old asset. */
async function writeFingerprint({ files, paths }: Publication, { digests }: RelocatedTree) {
  const lines = await fingerprintTree(files, paths.installDir, async (name) => {
    const sha256 = digests.get(name);
    if (sha256 === undefined) throw new Error(`"${name}" appeared in the install while it was published`);
    return sha256;
  });
  const text = encodeFingerprint(lines);
  await files.ensureDir(paths.workDir);
  await files.writeAtomic(path.join(paths.workDir, 'fingerprint'), text);
  return { fingerprint: sha256OfBytes(text), files: digests.size };
}

async function replaceAsset({ files, layout, paths }: Publication): Promise<void> {
  await unlessMissing(files.unlink(paths.markerFile));
  // Safe before anything else moves: an old marker that came back would vouch for a new fingerprint.
  await files.fsyncDir(paths.entryDir);
  await files.removeTree(paths.replacedDir);
  // Beside it, not into the work directory: only root may move a read-only directory to another parent.
  await unlessMissing(files.rename(paths.assetDir, paths.replacedDir));
  await files.rename(paths.installDir, paths.assetDir);
  await files.rename(path.join(paths.workDir, 'fingerprint'), paths.fingerprintFile);
  // The asset itself too: its time of change moves with the rename, and the marker will name it.
  const { assetDir, workDir, entryDir } = paths;
  for (const dir of [assetDir, workDir, entryDir, path.dirname(entryDir), layout.assetsDir, layout.rootDir]) {
    await files.fsyncDir(dir);
  }
}
