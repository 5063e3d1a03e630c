// Whole trees, walked through open directories: a link that is swapped in meanwhile is an error, never a way out.
// Knows nothing of what the trees hold.
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { Failure } from '../model/failure.ts';
import { type DirHandle, NO_FOLLOW, openSubdir, type Place, pathOf, pathOfOpen } from './directory.ts';
import type { Disk } from './disk.ts';
import { guard, isErrno, plainPath, unlessExists, unlessMissing } from './errno.ts';
import { readLinkText, refuseForeign, renameForeign } from './foreign-name.ts';
import { forEachLimited } from './parallel.ts';
import { type FileKind, type FileStat, kindOf, statNow } from './stat.ts';
import { temporaryName } from './temporary.ts';

/** Files of one directory at a time: twice the thread pool, so that it never waits for us. Directories go one by one. */
const AT_ONCE = 8;

export interface TreeEntry {
  /** Relative to the root of the tree, with `/`. */
  path: string;
  kind: FileKind;
}

export async function statAt(place: Place): Promise<FileStat> {
  return statNow(pathOf(place));
}

/** Everything below a directory, sorted, a directory before what is in it. */
export async function listTree(dir: DirHandle, signal?: AbortSignal, prefix = ''): Promise<TreeEntry[]> {
  signal?.throwIfAborted();
  const entries: TreeEntry[] = [];
  for (const { name, kind } of await entriesOf(dir)) {
    entries.push({ path: prefix + name, kind });
    if (kind !== 'dir') continue;
    using subdir = openSubdir({ dir, name });
    entries.push(...(await listTree(subdir, signal, `${prefix}${name}/`)));
  }
  return entries;
}

interface Entry {
  name: string;
  kind: FileKind;
}

/** @throws Failure FILE_NAME_INVALID when no text can say a name */
export async function entriesOf(dir: DirHandle): Promise<Entry[]> {
  const entries = await readEntries(dir);
  refuseForeign(dir.self, namesOf(entries));
  return entries;
}

const namesOf = (entries: readonly Entry[]): string[] => entries.map(({ name }) => name);

/** Sorted by code units so that no locale changes the order. */
async function readEntries(dir: DirHandle): Promise<Entry[]> {
  const entries = await guard('list', dir.self, () => readdir(dir.self, { withFileTypes: true }));
  const named = entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What most removals are about, in one call instead of a walk: true when nothing is there any more. */
export async function removeAtOnce(disk: Disk, file: string): Promise<boolean> {
  try {
    await disk.rmdir(file);
    return true;
  } catch (error) {
    return isErrno(error, 'ENOENT');
  }
}

/** Removes a file or tree, also one that is read-only, whatever the names in it; what is already gone is fine. */
export async function removeTree(disk: Disk, place: Place): Promise<void> {
  const stat = await unlessMissing(statAt(place));
  if (stat === undefined) return;
  if (stat.kind !== 'dir') return void (await unlessMissing(disk.unlink(pathOf(place))));
  {
    using dir = openSubdir(place);
    // Names can only be removed from a directory that its owner may write.
    if ((stat.mode & 0o700) !== 0o700) await disk.chmod(dir.self, 0o700);
    await forEachOf(await removableEntries(disk, dir), async (name, kind) => {
      const file = dir.path(name);
      if (kind !== 'dir') await unlessMissing(disk.unlink(file));
      else if (!(await removeAtOnce(disk, file))) await removeTree(disk, { dir, name });
    });
  }
  await unlessMissing(disk.rmdir(pathOf(place)));
}

/** What is in a directory, under names that can be said. */
async function removableEntries(disk: Disk, dir: DirHandle): Promise<Entry[]> {
  const entries = await readEntries(dir);
  return (await renameForeign(disk, dir, namesOf(entries))) ? await readEntries(dir) : entries;
}

/** Takes away every permission to write. The owner can read what is left, or it could never be checked again. */
export async function makeReadOnly(disk: Disk, place: Place): Promise<void> {
  const { kind, mode } = await statAt(place);
  if (kind === 'file') return await makeUnwritable(disk, pathOf(place), mode, 0o400);
  if (kind !== 'dir') return;
  using dir = openSubdir(place);
  await forEachEntry(dir, (name) => makeReadOnly(disk, { dir, name }));
  await makeUnwritable(disk, dir.self, mode, 0o500);
}

async function makeUnwritable(disk: Disk, file: string, mode: number, least: number): Promise<void> {
  const wanted = (mode & ~0o222) | least;
  if (mode !== wanted) await disk.chmod(file, wanted);
}

export interface CopyOptions {
  /** Ends it at the next file, or in the middle of a large one. */
  signal?: AbortSignal | undefined;
  /** The root of the copy, once it is there. */
  root?: FileStat;
}

/**
 * Copies a file or tree with modes and times, links as links. Existing directories are merged into, existing files
 * replaced and not written through. Devices, pipes and sockets are refused.
 */
export async function copyTree(
  disk: Disk,
  from: Place,
  to: Place,
  { signal, root: target }: CopyOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const stat = await statAt(from);
  if (stat.kind === 'other') throw cannot('copy', from, 'it is a device, a pipe or a socket');
  if (stat.kind === 'file') {
    await replacing(disk, to, () => copyFile(disk, from, to, signal));
    return await disk.setModified(pathOf(to), stat.mtimeMs);
  }
  if (stat.kind === 'link') return await copyLink(disk, from, to);
  if (stat.inode === target?.inode && stat.device === target.device)
    throw cannot('copy', from, 'the copy would be inside it');
  using source = openSubdir(from);
  await unlessExists(disk.mkdir(pathOf(to)));
  using copy = openSubdir(to);
  // The root of the copy is remembered: a tree copied into itself would never end.
  const root = target ?? (await statAt(to));
  await forEachEntry(source, (name) => copyTree(disk, { dir: source, name }, { dir: copy, name }, { signal, root }));
  await disk.setModified(copy.path('.'), stat.mtimeMs);
  await disk.chmod(copy.self, stat.mode);
}

/** Moves a file or tree, across file systems too, to a path that must not exist. */
export async function moveTree(disk: Disk, from: Place, to: Place, signal?: AbortSignal): Promise<void> {
  const { kind } = await statAt(from);
  // rename(2) replaces files and empty directories, so the name is taken first, by something that only we replace.
  if (kind === 'dir') await disk.mkdir(pathOf(to));
  else await (await disk.openWriter(pathOf(to))).close();
  const isCopied = await renameOrCopy(disk, from, to, signal).catch(async (error: unknown) => {
    // Only what is empty goes: others may have begun to use a directory of that name.
    await (kind === 'dir' ? disk.rmdir(pathOf(to)) : disk.unlink(pathOf(to))).catch(() => {});
    throw error;
  });
  if (isCopied) await removeTree(disk, from);
}

/** True when it is on another file system, so that the original is still there. */
async function renameOrCopy(disk: Disk, from: Place, to: Place, signal?: AbortSignal): Promise<boolean> {
  try {
    await disk.rename(pathOf(from), pathOf(to));
    return false;
  } catch (error) {
    if (isErrno(error, 'EINVAL')) throw cannot('move', from, 'its new place would be inside it');
    if (!isErrno(error, 'EXDEV')) throw error;
  }
  const temporary = { dir: to.dir, name: temporaryName(to.name) };
  try {
    await copyTree(disk, from, temporary, { signal });
    await disk.rename(pathOf(temporary), pathOf(to));
    return true;
  } catch (error) {
    await removeTree(disk, temporary);
    throw error;
  }
}

async function copyLink(disk: Disk, from: Place, to: Place): Promise<void> {
  const target = readLinkText(pathOf(from));
  await replacing(disk, to, () => disk.symlink(target, pathOf(to)));
}

async function copyFile(disk: Disk, from: Place, to: Place, signal: AbortSignal | undefined): Promise<void> {
  // Opened without following and copied through the descriptor: a link swapped in here cannot be read. A pipe swapped
  // in cannot block the open.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | NO_FOLLOW;
  const source = await guard('read', pathOf(from), () => open(pathOf(from), flags));
  try {
    await disk.copyFile(pathOfOpen(source, pathOf(from)), pathOf(to), signal);
  } finally {
    await source.close();
  }
}

/** Creates something at a place; a file or link that is there already gives way. */
async function replacing(disk: Disk, place: Place, create: () => Promise<void>): Promise<void> {
  if (await unlessExists(create())) return;
  await disk.unlink(pathOf(place));
  await create();
}

type Work = (name: string, kind: FileKind) => Promise<void>;

async function forEachEntry(dir: DirHandle, work: Work): Promise<void> {
  await forEachOf(await entriesOf(dir), work);
}

/** Files in parallel, then directories one by one, so that open directories are never more than the tree is deep. */
async function forEachOf(entries: readonly Entry[], work: Work): Promise<void> {
  const [dirs, others] = [true, false].map((wanted) => entries.filter(({ kind }) => (kind === 'dir') === wanted));
  await forEachLimited(others ?? [], AT_ONCE, ({ name, kind }) => work(name, kind));
  await forEachLimited(dirs ?? [], 1, ({ name, kind }) => work(name, kind));
}

function cannot(verb: 'copy' | 'move', from: Place, reason: string): Failure {
  const file = plainPath(pathOf(from));
  return new Failure('INVALID_ARGUMENT', `Cannot ${verb} "${file}": ${reason}`, { facts: { path: file } });
}
