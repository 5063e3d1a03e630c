// What a file is, in the words of this house. Links are never followed here.
import { lstatSync, type Stats } from 'node:fs';
import { guardSync } from './errno.ts';

/** `other` is a device, a pipe or a socket: nothing that may be in a package. */
export type FileKind = 'file' | 'dir' | 'link' | 'other';

export interface FileStat {
  kind: FileKind;
  sizeBytes: number;
  /** How many names it has. */
  links: number;
  /** The permission bits, 0o7777. */
  mode: number;
  inode: number;
  device: number;
  mtimeMs: number;
  ctimeMs: number;
}

export function statOf(stats: Stats): FileStat {
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    links: stats.nlink,
    mode: stats.mode & 0o7777,
    inode: stats.ino,
    device: stats.dev,
    mtimeMs: stats.mtimeMs,
    ctimeMs: stats.ctimeMs,
  };
}

/** Blocks: what is known of a file is in memory, mostly, and through the thread pool it costs ten times as much. */
export function statNow(file: string): FileStat {
  return statOf(guardSync('look at', file, () => lstatSync(file)));
}

/** For what `lstat` or a directory listing answers. */
export function kindOf(entry: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'dir';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
