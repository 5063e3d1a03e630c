// An entry of the cache while its lock is held: the one process that may change it makes it ready, publishes what was
// built, or clears away what was not.
import path from 'node:path';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import type { HeldLock } from '../system/lock.ts';
import type { Command } from '../system/orphans.ts';
import { isTemporaryName } from '../system/temporary.ts';
import type { EntryPaths, EntryRef, Layout } from './layout.ts';
import { dropMarker, type PublishedAsset, publishInstall } from './publish.ts';
import { type Asset, type EntryDraft, findAsset } from './record.ts';
import { targetOf } from './scan.ts';
import { ScannedFiles } from './scanned.ts';

/** Why an entry is left without having been published. */
export type Leaving =
  | 'user-managed' // what was made is not in the entry: everything goes
  | 'unfinished' // there is no asset to keep
  | 'failed' // the work stays to be looked at
  | 'cancelled'; // as if it had never begun, but for downloads

export interface Entry {
  readonly dirs: EntryPaths;
  /** What is known of the files of the install before they are read: relative path → scan. */
  readonly scanned: ScannedFiles;
  /** Looks again: while we waited for the lock, its owner may have made the asset. */
  find(): Promise<Asset | undefined>;
  /** Empty directories to build in, whatever a crashed predecessor left; what it had fetched stays. */
  prepare(): Promise<void>;
  /** Puts the work of the last try that failed back to where it was done; false when none was kept. */
  reopen(): Promise<boolean>;
  /** Makes the content of installDir the asset. */
  publish(draft: EntryDraft): Promise<PublishedAsset>;
  /** Clears away; answers the names of what was kept. A finished asset from before stays in any case. */
  purge(leaving: Leaving): Promise<string[]>;
  /** The asset is no hit any more; its tree stays for those who use it, until it is made again. */
  invalidate(): Promise<void>;
  /** Until disposed, this command ends with us, at the latest when somebody else gets the lock. */
  holdCommand(command: Command): Disposable;
  release(): Promise<void>;
}

export interface EntryParts {
  files: Files;
  layout: Layout;
  ref: EntryRef;
  lock: HeldLock;
  /** Ends what reads the install; what was begun after that is finished. */
  signal?: AbortSignal;
}

export function createEntry({ files, layout, ref, lock, signal }: EntryParts): Entry {
  const dirs = layout.entry(ref);
  const scanned = new ScannedFiles(targetOf(layout, dirs));
  return {
    dirs,
    scanned,
    find: () => findAsset(files, dirs, ref),
    async prepare() {
      scanned.forgetAll();
      await files.ensureDir(dirs.entryDir);
      lock.anchor();
      await prepare(files, dirs);
    },
    async reopen() {
      if (!(await files.exists(dirs.failedDir))) return false;
      lock.anchor();
      await reopen(files, dirs);
      return true;
    },
    async publish(draft) {
      lock.assertHeld();
      return await publishInstall({ files, layout, paths: dirs, ref, draft, scanned, signal });
    },
    purge: (leaving) => purge(files, dirs, leaving),
    invalidate: () => dropMarker(files, dirs),
    holdCommand: (command) => lock.holdCommand(command),
    release: () => lock.release(),
  };
}

async function prepare(files: Files, dirs: EntryPaths): Promise<void> {
  const { entryDir, fetchDir, installDir, workDir, stageDir, tmpDir, failedDir, replacedDir } = dirs;
  const left = await files.list(entryDir);
  for (const dir of [installDir, workDir, failedDir, replacedDir]) {
    if (left.includes(path.basename(dir))) await files.removeTree(dir);
  }
  for (const name of left.filter((file) => isTemporaryName(file))) await files.removeTree(path.join(entryDir, name));
  for (const dir of [fetchDir, installDir, workDir, stageDir, tmpDir]) await files.ensureDir(dir);
}

async function reopen(files: Files, { failedDir, workDir, fetchDir, installDir }: EntryPaths): Promise<void> {
  await files.rename(failedDir, workDir);
  for (const dir of [fetchDir, installDir]) await files.ensureDir(dir);
}

async function purge(files: Files, dirs: EntryPaths, leaving: Leaving): Promise<string[]> {
  if (leaving !== 'user-managed') {
    await files.removeTree(dirs.installDir);
    if (leaving === 'failed') await keepWork(files, dirs);
    await files.removeTree(dirs.workDir);
    if ((await files.list(dirs.fetchDir)).length === 0) await files.removeTree(dirs.fetchDir);
    // Without downloads, work to look at or an older asset there is nothing that anybody could want.
    const kept = (await files.list(dirs.entryDir)).filter((name) => name !== path.basename(dirs.anchorFile));
    const worthKeeping = [dirs.fetchDir, dirs.failedDir, dirs.markerFile].map((file) => path.basename(file));
    if (kept.some((name) => worthKeeping.includes(name))) return kept;
  }
  await files.removeTree(dirs.entryDir);
  return [];
}

/** For `galley shell --in`; the last failure is the only one that is kept. */
async function keepWork(files: Files, dirs: EntryPaths): Promise<void> {
  await files.removeTree(dirs.failedDir);
  await unlessMissing(files.rename(dirs.workDir, dirs.failedDir));
}
