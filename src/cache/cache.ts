// The cache as others see it: hits, entries under their locks, downloads, recipes and scratch directories.
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import type { LockOwner } from '../model/event.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import type { HeldLock, LockRequest, Locks } from '../system/lock.ts';
import type { Care } from './care.ts';
import { type Downloads, openDownloads } from './downloads.ts';
import { createEntry, type Entry } from './entry.ts';
import type { Difference } from './fingerprint.ts';
import { type EntryState, listEntries } from './inventory.ts';
import { createLayout, type EntryRef, type Layout } from './layout.ts';
import { findKept, keepFor } from './projects.ts';
import { ensureRecipe } from './recipes.ts';
import { type Asset, findAsset, isSameAsset } from './record.ts';
import { openRoot } from './root.ts';
import { makeScratch, type Scratch } from './scratch.ts';
import { sweep } from './sweep.ts';
import { createUse, shutGate } from './use.ts';
import { findPublishedDigest, verifyAsset } from './verify.ts';

export interface CacheOptions {
  /** Is made when it is missing; has to be empty or a cache. */
  rootDir: string;
  /** Of the user: it is never a cache itself. */
  homeDir?: string;
  files: Files;
  locks: Locks;
  clock: Clock;
  /** The command line, for those who wait for us. */
  command: string;
  /** Ends what reads trees, and short waits that are nobody's in particular. */
  signal: AbortSignal;
}

export interface LockWish {
  signal: AbortSignal;
  onWaiting?: (owner: LockOwner | undefined) => void;
}

export interface Cache {
  readonly layout: Layout;
  readonly downloads: Downloads;
  /** What most commands never need. */
  care(): Promise<Care>;
  /** A complete entry, or undefined: no lock, no walk. From now on it stays as long as this process lives. */
  find(ref: EntryRef): Promise<Asset | undefined>;
  /** The same for whoever only tells it: it may be gone a moment later. */
  peek(ref: EntryRef): Promise<Asset | undefined>;
  /** Waits for the lock of an entry. */
  lock(ref: EntryRef, wish: LockWish): Promise<Entry>;
  /** Waits for a lock that has no entry: a setup pair, a file that several processes write. */
  lockName(name: string, wish: LockWish): Promise<HeldLock>;
  /** The directory of a remote recipe; `fill` makes its content when it is not there. */
  ensureRecipe(identity: string, digest: string, fill: (freshDir: string) => Promise<void>): Promise<string>;
  /** Where a new log belongs; its directory is there. */
  newLog(identity: string, name: string): Promise<string>;
  /** A directory for a step that has no entry; gone when disposed. */
  scratch(signal: AbortSignal): Promise<Scratch>;
  /** Clears away what killed processes have left behind. */
  sweep(): Promise<void>;
  /** Where an asset is no longer what was published, sorted by path. Reads everything. */
  verify(asset: Asset): Promise<Difference[]>;
  /** Digest of one published file, by its relative path. */
  findDigest(asset: Asset, name: string): Promise<Sha256 | undefined>;
  /** Of one recipe, or of all. */
  entries(identity?: string): AsyncIterable<EntryState>;
  /**
   * Notes what a project wants kept for as long as its manifest exists: these entries, and the recipes that this process
   * has looked at. Answers the file of the note.
   *
   * @param project.isWhole false: it is a part of the project, and what was noted before stays
   */
  keepFor(project: { manifest: string; entries: readonly EntryRef[]; isWhole: boolean }): Promise<string>;
  /** The names that were noted for a project last. */
  keptFor(manifest: string): Promise<ReadonlySet<string>>;
  /** Nothing that was found is used any more; the end of the process does the same. */
  close(): void;
  /** Makes an asset a miss that was found to be damaged; one that has taken its place meanwhile stays a hit. */
  invalidate(asset: Asset, wish: LockWish): Promise<void>;
}

export async function openCache(options: CacheOptions): Promise<Cache> {
  const { rootDir, homeDir, files, locks, clock, command, signal } = options;
  const layout = createLayout(await openRoot(files, rootDir, homeDir));
  const use = createUse({ layout, locks, clock, command, signal });
  const downloads = await openDownloads(files, layout, use.announce);
  const refOf = ({ assetDir }: Asset) => layout.refOf(path.dirname(assetDir));
  const pathsOf = (asset: Asset) => layout.entry(refOf(asset));
  const take = (file: string, wish: Omit<LockRequest, 'command'>) => locks.acquire(file, { ...wish, command });

  async function lock(ref: EntryRef, wish: LockWish): Promise<Entry> {
    await use.announce(layout.entry(ref).entryDir);
    const held = await take(layout.lockFile(ref), { ...wish, anchorFile: layout.entry(ref).anchorFile });
    return createEntry({ files, layout, ref, lock: held, signal });
  }

  const peek = (ref: EntryRef) => findAsset(files, layout.entry(ref), ref);
  const sweepCache = () => sweep({ files, layout, locks, command });

  return {
    layout,
    downloads,
    async care() {
      const { createCare } = await import('./care.ts');
      const gate = () => shutGate({ layout, locks, command, signal });
      return createCare({ files, layout, clock, signal, use, sweep: sweepCache, shutGate: gate });
    },
    async find(ref) {
      await use.announce(layout.entry(ref).entryDir);
      return await peek(ref);
    },
    peek,
    lock,
    lockName: (name, wish) => take(layout.namedLockFile(name), wish),
    ensureRecipe: (identity, digest, fill) =>
      ensureRecipe({ files, layout, announce: use.announce, signal }, identity, digest, fill),
    async newLog(identity, name) {
      const file = path.join(layout.logsDir, identity, name);
      await use.announce(file);
      await files.ensureDir(path.dirname(file));
      return file;
    },
    scratch: (signal) => makeScratch(files, layout, (file, anchorFile) => take(file, { signal, anchorFile })),
    sweep: sweepCache,
    verify: (asset) => verifyAsset({ files, signal }, pathsOf(asset), asset.record),
    findDigest: (asset, name) => findPublishedDigest(files, pathsOf(asset), asset, name),
    entries: (identity) => listEntries(files, layout, identity),
    keptFor: (manifest) => findKept(manifest, { files, layout }),
    keepFor: (project) => keepFor(project, { files, layout, use, now: clock.now() }),
    close: () => use.end(),
    async invalidate(asset, wish) {
      const entry = await lock(refOf(asset), wish);
      try {
        const found = await entry.find();
        if (found && isSameAsset(found, asset)) await entry.invalidate();
      } finally {
        await entry.release();
      }
    },
  };
}
