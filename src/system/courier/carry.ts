// One copy, from the look at its place to its name: room, temporary, bytes, mode, disk, rename. A reader of the place
// meets the old file or the new one and nothing between. Refusals name the file they are about, so that whoever sent us
// can tell the source's from the place's.
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { lstat, readdir, realpath, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../model/digest.ts';
import { Failure, isFailure } from '../../model/failure.ts';
import { sha256OfFile } from '../digest.ts';
import type { Disk } from '../disk.ts';
import { ensureSafeDir } from '../ensure-dir.ts';
import { guard, guardSync, isErrno, unlessMissing } from '../errno.ts';
import { findStamp } from '../stamp.ts';
import { isTemporaryName, temporaryName } from '../temporary.ts';
import { type Carrying, type Delivery, STDIN } from './errand.ts';
import { keepOutOf } from './keep-out.ts';
import { pour } from './pour.ts';

export interface CarryParts {
  disk: Disk;
  /** Holds the temporary until it has its name: whoever ends this process in between removes it. */
  unfinished: Set<string>;
}

/** The source, held open. */
interface Source {
  fd: number;
  name: string;
  /** Absent for a pipe. */
  sizeBytes?: number;
}

/** @throws Failure IO_ERROR, INCOMPATIBLE_SOURCE, INSUFFICIENT_SPACE, VERIFICATION_FAILED; `path` in the facts says where */
export async function carry(errand: Carrying, { disk, unfinished }: CarryParts): Promise<Delivery> {
  const { to, unless } = errand;
  if (unless !== undefined && findStamp(to) === unless) return { ...(await sizeAt(to)), copiedBytes: 0, stamp: unless };
  const source = openSource(errand);
  const temporary = path.join(path.dirname(to), temporaryName(path.basename(to)));
  try {
    await openDir(errand, disk);
    await refuseDirectory(to);
    await removeLeftovers(to, disk);
    await expectRoom(to, source.sizeBytes ?? 0);
    unfinished.add(temporary);
    const read = await fill(temporary, source, errand, disk);
    const sha256 = errand.verify ? await check(temporary, read, errand) : undefined;
    await disk.rename(temporary, to);
    await disk.fsyncDir(path.dirname(to));
    const { sizeBytes } = await sizeAt(to);
    return { sizeBytes, copiedBytes: sizeBytes, stamp: findStamp(to) ?? '', ...(sha256 && { sha256 }) };
  } catch (error) {
    if (unfinished.has(temporary)) await unlessMissing(disk.unlink(temporary)).catch(() => {});
    if (isErrno(error, 'ENOENT') && pathOf(error) === temporary) throw lost(error as Failure);
    throw await withRoom(error, to, source.sizeBytes ?? 0);
  } finally {
    unfinished.delete(temporary);
    if (source.fd !== 0) closeSync(source.fd);
  }
}

/** A process with another cache, and so with other locks, took our temporary for one that was left behind. */
function lost({ code, message, facts }: Failure): Failure {
  return new Failure(code, message, { facts, transient: true });
}

function pathOf(error: unknown): unknown {
  return error instanceof Failure ? error.facts.path : undefined;
}

async function sizeAt(file: string): Promise<{ sizeBytes: number }> {
  return { sizeBytes: (await guard('look at', file, () => lstat(file))).size };
}

/** A pipe in the place of the file must not stop us here, so it is not waited for. */
function openSource({ from }: Carrying): Source {
  if (from === undefined) return describe(0, STDIN);
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const fd = guardSync('read', from, () => openSync(from, flags));
  if (fstatSync(fd).isFile()) return describe(fd, from);
  closeSync(fd);
  throw new Failure('INCOMPATIBLE_SOURCE', `Cannot place "${from}": it is not a file`, { facts: { path: from } });
}

function describe(fd: number, name: string): Source {
  const stats = fstatSync(fd);
  return stats.isFile() ? { fd, name, sizeBytes: stats.size } : { fd, name };
}

/** Links in the path are followed, but not into a directory that is ours. */
async function openDir({ to, keepOut }: Carrying, disk: Disk): Promise<void> {
  const dir = path.dirname(to);
  keepOutOf(keepOut, dir, await realPlaceOf(dir));
  await ensureSafeDir(disk, dir);
}

/** The rename would refuse it only when all was copied, and say nothing of use. */
async function refuseDirectory(to: string): Promise<void> {
  if (!(await unlessMissing(lstat(to)))?.isDirectory()) return;
  throw new Failure('IO_ERROR', 'a directory has that name', {
    hint: 'Remove the directory, or give the output another name or place',
    facts: { path: to, errno: 'EISDIR' },
  });
}

/** Where a directory will really be: the last one that is there decides. */
async function realPlaceOf(dir: string): Promise<string> {
  const real = await guard('look at', dir, () => unlessMissing(realpath(dir)));
  return real ?? path.join(await realPlaceOf(path.dirname(dir)), path.basename(dir));
}

/** Whoever places this name holds its lock, so a temporary of it is of a process that has died. */
async function removeLeftovers(to: string, disk: Disk): Promise<void> {
  const [dir, name] = [path.dirname(to), path.basename(to)];
  const left = (await guard('list', dir, () => readdir(dir))).filter((other) => isTemporaryName(other, name));
  for (const other of left) await unlessMissing(disk.unlink(path.join(dir, other)));
}

async function expectRoom(to: string, neededBytes: number): Promise<void> {
  const availableBytes = await roomAt(to);
  if (availableBytes < neededBytes) throw noRoom(to, neededBytes, availableBytes);
}

async function roomAt(to: string): Promise<number> {
  const dir = path.dirname(to);
  const { bavail, bsize } = await guard('look at', dir, () => statfs(dir));
  return bavail * bsize;
}

/** Somebody else may have filled the disk since we looked, and quotas are not told beforehand. */
async function withRoom(error: unknown, to: string, neededBytes: number): Promise<unknown> {
  return isFailure(error, 'NO_SPACE') ? noRoom(to, neededBytes, await roomAt(to)) : error;
}

function noRoom(to: string, neededBytes: number, availableBytes: number): Failure {
  return new Failure('INSUFFICIENT_SPACE', `${neededBytes} bytes are needed, ${availableBytes} are available`, {
    facts: { path: to, needed: neededBytes, available: availableBytes },
  });
}

/** Gives the temporary its bytes and its mode, and makes both safe. Answers the digest of what had no name. */
async function fill(
  temporary: string,
  { name, ...open }: Source,
  errand: Carrying,
  disk: Disk,
): Promise<Sha256 | undefined> {
  let read: Sha256 | undefined;
  if (errand.from === undefined) {
    await using to = await disk.openWriter(temporary);
    read = await pour({ name, ...open }, to);
  } else {
    await disk.copyFile(name, temporary).catch((error) => blame(error, name));
  }
  await disk.chmod(temporary, errand.mode);
  await disk.fsync(temporary);
  return read;
}

/** The kernel does not say on which side a copy has failed: the source is read for itself to see. */
async function blame(error: unknown, source: string): Promise<never> {
  await sha256OfFile(source);
  throw error;
}

/** Whatever differs, the side that is to blame is named: the source that is not what it was, or the copy. */
async function check(temporary: string, read: Sha256 | undefined, { from, to, sha256 }: Carrying): Promise<Sha256> {
  const back = await sha256OfFile(temporary);
  const expected = sha256 ?? read ?? (await sha256OfFile(from as string));
  if (back === expected) return back;
  const actual = read ?? (await sha256OfFile(from as string));
  const [name, found] = actual === expected ? [to, back] : [from ?? STDIN, actual];
  const facts = { path: name, expected, actual: found };
  throw new Failure('VERIFICATION_FAILED', `"${name}" has sha256 ${found}, expected ${expected}`, { facts });
}
