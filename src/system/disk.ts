// Every single change of the file system, one function each: done, recorded, and a refusal named. Knows no trees and
// no atomicity; those are built on top. What only changes a name is done at once, for it costs less than a promise through
// the thread pool; what grows with a file or a tree never holds the others up.
import {
  closeSync,
  constants,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs';
import * as fs from 'node:fs/promises';
import { promisify } from 'node:util';
import { copyFile } from './copy.ts';
import { guard, guardSync, plainPath } from './errno.ts';
import { createLog, type Recorder } from './oplog.ts';
import { createWriter, type WriterOptions } from './writer.ts';

export type Disk = ReturnType<typeof createDisk>;

export function createDisk(record?: Recorder) {
  const log = createLog(record);
  return {
    async mkdir(dir: string): Promise<void> {
      guardSync('create directory', dir, () => mkdirSync(dir));
      log({ op: 'mkdir', path: dir });
    },
    /** Replaces a file, a link or an empty directory at the new path, as rename(2) does. */
    async rename(from: string, path: string): Promise<void> {
      guardSync('rename', from, () => renameSync(from, path));
      log({ op: 'rename', from, path });
    },
    async unlink(path: string): Promise<void> {
      await guard('remove', path, () => fs.unlink(path));
      log({ op: 'unlink', path });
    },
    async rmdir(path: string): Promise<void> {
      guardSync('remove directory', path, () => rmdirSync(path));
      log({ op: 'rmdir', path });
    },
    async symlink(target: string, path: string): Promise<void> {
      guardSync('create link', path, () => symlinkSync(target, path));
      log({ op: 'symlink', target, path });
    },
    async link(from: string, path: string): Promise<void> {
      guardSync('create hard link', path, () => linkSync(from, path));
      log({ op: 'link', from, path });
    },
    /** Follows links: give it only paths that are known not to be one. */
    async chmod(path: string, mode: number): Promise<void> {
      await guard('change the mode of', path, () => fs.chmod(path, mode));
      log({ op: 'chmod', mode, path });
    },
    /** Does not follow a link in the last place. */
    async setModified(path: string, mtimeMs: number): Promise<void> {
      await guard('change the time of', path, () => fs.lutimes(path, mtimeMs / 1000, mtimeMs / 1000));
      log({ op: 'utimes', path });
    },
    /** Copies a file with its mode to a path that must not exist, sharing blocks where it can; `signal` ends it midway. */
    async copyFile(from: string, path: string, signal?: AbortSignal): Promise<void> {
      await guard(`copy "${plainPath(from)}" to`, path, () => copyFile(from, path, signal));
      log({ op: 'write', path });
    },
    /** Makes the bytes of a file safe. */
    async fsync(path: string): Promise<void> {
      await guard('sync', path, () => sync(path, constants.O_NOFOLLOW ?? 0));
      log({ op: 'fsync', path });
    },
    /** Makes the names in a directory safe. */
    async fsyncDir(path: string): Promise<void> {
      await guard('sync', path, () => sync(path, constants.O_DIRECTORY ?? 0));
      log({ op: 'fsync-dir', path });
    },
    /** Opens a file for writing from its start or its end, chunk by chunk. */
    openWriter: (file: string, options: WriterOptions = {}) => createWriter(file, options, log),
    log,
  };
}

const fsyncFd = promisify(fsync);

/** Only the sync itself may take long. */
async function sync(path: string, flag: number): Promise<void> {
  const fd = openSync(path, constants.O_RDONLY | flag);
  try {
    await fsyncFd(fd);
  } finally {
    closeSync(fd);
  }
}
