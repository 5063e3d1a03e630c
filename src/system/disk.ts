// Every single change of the file system, one function each: done, recorded, and a refusal named. Knows no trees and
// no atomicity; those are built on top.
import { closeSync, constants, fsync, openSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { promisify } from 'node:util';
import { guard, plainPath } from './errno.ts';
import { createLog, type Recorder } from './oplog.ts';
import { createWriter, type WriterOptions } from './writer.ts';

export type Disk = ReturnType<typeof createDisk>;

export function createDisk(record?: Recorder) {
  const log = createLog(record);
  return {
    async mkdir(dir: string): Promise<void> {
      await guard('create directory', dir, () => fs.mkdir(dir));
      log({ op: 'mkdir', path: dir });
    },
    /** Replaces a file, a link or an empty directory at the new path, as rename(2) does. */
    async rename(from: string, path: string): Promise<void> {
      await guard('rename', from, () => fs.rename(from, path));
      log({ op: 'rename', from, path });
    },
    async unlink(path: string): Promise<void> {
      await guard('remove', path, () => fs.unlink(path));
      log({ op: 'unlink', path });
    },
    async rmdir(path: string): Promise<void> {
      await guard('remove directory', path, () => fs.rmdir(path));
      log({ op: 'rmdir', path });
    },
    async symlink(target: string, path: string): Promise<void> {
      await guard('create link', path, () => fs.symlink(target, path));
      log({ op: 'symlink', target, path });
    },
    async link(from: string, path: string): Promise<void> {
      await guard('create hard link', path, () => fs.link(from, path));
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
    /** Copies a file with its mode to a path that must not exist; shares its blocks where the file system can. */
    async copyFile(from: string, path: string): Promise<void> {
      const how = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
      await guard(`copy "${plainPath(from)}" to`, path, () => fs.copyFile(from, path, how));
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
