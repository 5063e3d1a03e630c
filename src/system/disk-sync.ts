// The few changes an unpacker makes tens of thousands of times, and an entry dozens of times, without a promise each: a
// small write through the thread pool costs five times the write itself.
import * as fs from 'node:fs';
import type { Disk } from './disk.ts';
import { guardSync } from './errno.ts';

/** A file being written, without a promise for each chunk. */
export interface SyncWriter {
  write(bytes: Uint8Array): void;
  close(): void;
}

export function createSyncDisk({ log }: Disk) {
  return {
    /**
     * Opens a file that must not exist; a link in its place is not followed.
     *
     * @param mode permission bits, exactly; without them 0o666 less the umask
     */
    openNewSync(path: string, mode?: number): SyncWriter {
      const fd = guardSync('write', path, () => fs.openSync(path, 'wx', mode));
      const write = (bytes: Uint8Array) => {
        // One write may take only a part, for example when the disk is nearly full: writeFileSync goes on to the end.
        guardSync('write', path, () => fs.writeFileSync(fd, bytes));
        log({ op: 'write', path });
      };
      log({ op: 'write', path });
      if (mode !== undefined) guardSync('change the mode of', path, () => fs.fchmodSync(fd, mode));
      return { write, close: () => guardSync('close', path, () => fs.closeSync(fd)) };
    },
    unlinkSync(path: string): void {
      guardSync('remove', path, () => fs.unlinkSync(path));
      log({ op: 'unlink', path });
    },
    mkdirSync(path: string): void {
      guardSync('create directory', path, () => fs.mkdirSync(path));
      log({ op: 'mkdir', path });
    },
    symlinkSync(target: string, path: string): void {
      guardSync('create link', path, () => fs.symlinkSync(target, path));
      log({ op: 'symlink', target, path });
    },
    linkSync(from: string, path: string): void {
      guardSync('create hard link', path, () => fs.linkSync(from, path));
      log({ op: 'link', from, path });
    },
    /** Follows links: give it only paths that are known not to be one. */
    chmodSync(path: string, mode: number): void {
      guardSync('change the mode of', path, () => fs.chmodSync(path, mode));
      log({ op: 'chmod', mode, path });
    },
  };
}
