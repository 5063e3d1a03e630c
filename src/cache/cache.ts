// The cache as others see it: hits, entries under their locks, downloads, recipes and scratch directories.
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import type { LockOwner } from '../model/event.ts';
import type { Files } from '../system/files.ts';
import type { HeldLock, Locks } from '../system/lock.ts';
import { randomName } from '../system/temporary.ts';
import { type Downloads, openDownloads } from './downloads.ts';
import { createEntry, type Entry } from './entry.ts';
import { type CacheUse, type EntryState, listEntries, measure } from './inventory.ts';
import { createLayout, type EntryRef, type Layout } from './layout.ts';
import { ensureRecipe } from './recipes.ts';
import { type Asset, findAsset, isSameAsset } from './record.ts';
import { openRoot } from './root.ts';
import { sweep } from './sweep.ts';
import { findPublishedDigest, verifyAsset } from './verify.ts';

export interface CacheOptions {
  /** Is made when it is missing; has to be empty or a cache. */
  rootDir: string;
  files: Files;
  locks: Locks;
  /** The command line, for those who wait for us. */
  command: string;
}

export interface LockWish {
  signal: AbortSignal;
  onWaiting?: (owner: LockOwner | undefined) => void;
}

export interface Scratch extends AsyncDisposable {
  dir: string;
  /** Until disposed, this command ends with us, at the latest at the next sweep. */
  holdCommand(target: number): Disposable;
}

export interface Cache {
  readonly layout: Layout;
  readonly downloads: Downloads;
  /** A complete entry, or undefined: no lock, no walk. */
  find(ref: EntryRef): Promise<Asset | undefined>;
  /** Waits for the lock of an entry. */
  lock(ref: EntryRef, wish: LockWish): Promise<Entry>;
  /** Waits for a lock that has no entry: a setup pair, a file that several processes write. */
  lockName(name: string, wish: LockWish): Promise<HeldLock>;
  /** The directory of a remote recipe; `fill` makes its content when it is not there. */
  ensureRecipe(identity: string, digest: string, fill: (freshDir: string) => Promise<void>): Promise<string>;
  /** A directory for a step that has no entry; gone when disposed. */
  scratch(signal: AbortSignal): Promise<Scratch>;
  /** Clears away what killed processes have left behind. */
  sweep(): Promise<void>;
  /** Relative paths where an asset is no longer what was published, sorted. Reads everything. */
  verify(asset: Asset): Promise<string[]>;
  /** Digest of one published file, by its relative path. */
  findDigest(asset: Asset, name: string): Promise<Sha256 | undefined>;
  entries(): AsyncIterable<EntryState>;
  info(): Promise<CacheUse>;
  /** Makes an asset a miss that was found to be damaged; one that has taken its place meanwhile stays a hit. */
  invalidate(asset: Asset, wish: LockWish): Promise<void>;
  /** Removes an entry, after waiting for its lock. */
  remove(ref: EntryRef, wish: LockWish): Promise<void>;
}

export async function openCache({ rootDir, files, locks, command }: CacheOptions): Promise<Cache> {
  const layout = createLayout(await openRoot(files, rootDir));
  const downloads = await openDownloads(files, layout);
  const refOf = ({ assetDir }: Asset) => layout.refOf(path.dirname(assetDir));
  const pathsOf = (asset: Asset) => layout.entry(refOf(asset));
  const lockFile = (file: string, wish: LockWish) => locks.acquire(file, { ...wish, command });

  async function lock(ref: EntryRef, wish: LockWish): Promise<Entry> {
    return createEntry({ files, layout, ref, lock: await lockFile(layout.lockFile(ref), wish) });
  }

  async function underLock(ref: EntryRef, wish: LockWish, work: (entry: Entry) => Promise<void>): Promise<void> {
    const entry = await lock(ref, wish);
    try {
      await work(entry);
    } finally {
      await entry.release();
    }
  }

  return {
    layout,
    downloads,
    find: (ref) => findAsset(files, layout.entry(ref), ref),
    lock,
    lockName: (name, wish) => lockFile(layout.namedLockFile(name), wish),
    ensureRecipe: (identity, digest, fill) => ensureRecipe({ files, layout }, identity, digest, fill),
    scratch: (signal) => makeScratch(files, layout, (file) => lockFile(file, { signal })),
    sweep: () => sweep({ files, layout, take: (file) => locks.tryAcquire(file, command) }),
    verify: (asset) => verifyAsset(files, pathsOf(asset), asset),
    findDigest: (asset, name) => findPublishedDigest(files, pathsOf(asset), asset, name),
    entries: () => listEntries(files, layout),
    info: () => measure(files, layout),

    invalidate: (asset, wish) =>
      underLock(refOf(asset), wish, async (entry) => {
        const found = await entry.find();
        if (found && isSameAsset(found, asset)) await entry.invalidate();
      }),
    remove: (ref, wish) => underLock(ref, wish, (entry) => entry.remove()),
  };
}

/** Nobody else wants its lock; it tells who works there, for the day on which that process is killed. */
async function makeScratch(files: Files, layout: Layout, lock: (file: string) => Promise<HeldLock>): Promise<Scratch> {
  const name = randomName();
  const held = await lock(layout.scratchLockFile(name));
  const dir = path.join(layout.scratchDir, name);
  const leave = async () => {
    try {
      await files.removeTree(dir);
    } finally {
      await held.release();
    }
  };
  try {
    await files.ensureDir(dir);
  } catch (error) {
    await held.release();
    throw error;
  }
  return { dir, holdCommand: (target) => held.holdCommand(target), [Symbol.asyncDispose]: leave };
}
