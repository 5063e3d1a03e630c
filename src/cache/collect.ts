// Takes holdings out of the cache beside processes that use it. Moving them away and giving their room back are two
// steps: the first is short and decides, behind the gate; the second may take long and concerns nobody.
import path from 'node:path';
import { type Failure, isFailure } from '../model/failure.ts';
import { isErrno, unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { readLeases } from '../system/lease.ts';
import type { HeldLock } from '../system/lock.ts';
import { findRunning } from '../system/running.ts';
import { findStamp } from '../system/stamp.ts';
import { temporaryName } from '../system/temporary.ts';
import { GONE, type Holding } from './holdings.ts';
import { type Layout, MARKER, parseEntryName } from './layout.ts';
import { openShelf } from './shelf.ts';

export interface Removal {
  removed: Holding[];
  /** What stays, and why: somebody who uses it, or the refusal of the system. */
  kept: { holding: Holding; why: string; refusal?: Failure }[];
}

export interface CollectorParts {
  files: Files;
  layout: Layout;
  shutGate(): Promise<HeldLock>;
  signal: AbortSignal;
  /** Names that are wanted by now, asked for behind the gate after the leases of runs. */
  needed(): Promise<ReadonlySet<string>>;
}

/** Removes what nobody uses of these holdings, in their order. Stops between two of them when the signal says so. */
export async function removeUnused(holdings: readonly Holding[], parts: CollectorParts): Promise<Removal> {
  const { files, signal } = parts;
  const { moved, kept } = await moveAway(holdings, parts);
  // A crash must not bring back a name of which a part is gone already.
  const dirs = new Set(moved.map(({ aside }) => path.dirname(aside)));
  await Promise.all([...dirs].map((dir) => files.fsyncDir(dir)));
  const removed: Holding[] = [];
  for (const { holding, aside } of moved) {
    signal.throwIfAborted();
    await removeAside(aside, parts);
    removed.push(holding);
  }
  for (const dir of dirs) await removeIfEmpty(dir, parts);
  return { removed, kept };
}

/** Another collector may have found it lying there. */
async function removeAside(aside: string, { files, layout }: CollectorParts): Promise<void> {
  try {
    using shelf = openShelf(layout, path.dirname(aside));
    await files.removeTree(shelf.path(path.basename(aside)));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

interface Moved {
  holding: Holding;
  aside: string;
}

/**
 * Whoever uses a thing has said so in its lease before it looked, unless it comes to the gate after us. So what no lease
 * names now will be looked for in vain. A run that ends hands what it used on to its project before its own lease goes:
 * the leases of runs are read first.
 */
async function moveAway(
  holdings: readonly Holding[],
  { files, layout, shutGate, needed }: CollectorParts,
): Promise<{ moved: Moved[]; kept: Removal['kept'] }> {
  const moved: Moved[] = [];
  const kept: Removal['kept'] = [];
  await using _ = await shutGate();
  const whoUses = findUsers(layout);
  const wanted = await needed();
  for (const holding of holdings) {
    const why = whoUses(holding) ?? (wanted.has(holding.unit) && !isRefuse(holding) ? 'a project uses it' : undefined);
    if (why !== undefined) {
      kept.push({ holding, why });
      continue;
    }
    try {
      moved.push({ holding, aside: await move(holding, { files, layout }) });
    } catch (error) {
      if (isErrno(error, 'ENOENT')) continue;
      if (!isFailure(error, 'IO_ERROR')) throw error;
      kept.push({ holding, why: error.message, refusal: error });
    }
  }
  return { moved, kept };
}

/** Nobody wants it kept, whatever it is part of. */
function isRefuse({ kind }: Holding): boolean {
  return kind === 'work' || kind === 'waste';
}

/** To a name beside it that nobody looks for. Where there is no room even for that it goes at once. */
async function move({ kind, path: name }: Holding, { files, layout }: Pick<CollectorParts, 'files' | 'layout'>) {
  const dir = path.join(layout.rootDir, path.dirname(name));
  const aside = temporaryName(GONE);
  // Held open: since it was listed, somebody may have put a link in the place of a directory on the way.
  using shelf = openShelf(layout, dir);
  const file = shelf.path(path.basename(name));
  try {
    await files.rename(file, shelf.path(aside));
  } catch (error) {
    if (!isFailure(error, 'NO_SPACE')) throw error;
    if (kind === 'asset') await unlessMissing(files.unlink(`${file}/${MARKER}`));
    await files.removeTree(file);
  }
  return path.join(dir, aside);
}

/** Answers who uses a holding at this moment, in words. */
function findUsers(layout: Layout): (holding: Holding) => string | undefined {
  const leases = readLeases(layout.runLeasesDir);
  const running = new Map(
    [...findRunning(layout.rootDir)].map(([file, program]) => [unitOf(path.relative(layout.rootDir, file)), program]),
  );
  return ({ unit, path: name }) => {
    const lease = leases.find(({ names, isListed }) => !isListed || names.has(unit) || names.has(name));
    const program = running.get(unit);
    if (lease)
      return `process ${lease.owner?.pid ?? 'unknown'} uses it${lease.owner ? ` (${lease.owner.command})` : ''}`;
    if (program) return `process ${program.pid} runs from it (${program.command})`;
    return isLocked(unit, layout) ? 'it is being built' : undefined;
  };
}

/** Of a path in the cache, that by which leases tell it: `assets/acme.zlib@r2/linux-x86_64-0123`. */
function unitOf(name: string): string {
  const depth = name.startsWith('downloads/') ? 4 : 3;
  return name.split('/').slice(0, depth).join('/');
}

/** Who holds the lock of an entry has a lease as well, unless it could not write one. */
function isLocked(unit: string, layout: Layout): boolean {
  const [, identity = '', name = ''] = unit.split('/');
  const ref = unit.startsWith('assets/') ? parseEntryName(identity, name) : undefined;
  return ref !== undefined && findStamp(layout.lockFile(ref)) !== undefined;
}

/** The directory of an identity without entries; whoever needs it makes it again. */
async function removeIfEmpty(dir: string, { files, layout }: CollectorParts): Promise<void> {
  const isOfIdentity = [layout.assetsDir, layout.recipesDir].includes(path.dirname(dir));
  if (!isOfIdentity) return;
  try {
    await files.rmdir(dir);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')) throw error;
  }
}
