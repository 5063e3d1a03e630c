// A directory held open, so that what is reached through it stays where it is whatever happens to the path meanwhile:
// the ground that confinement and all work on trees stand on.
import { closeSync, constants, openSync, realpathSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { guardSync } from './errno.ts';

/** A directory that is held open. */
export interface DirHandle {
  /** A path for one name in the directory; never for several names, never for `..`. */
  path(name: string): string;
  /** A path for the directory itself, for one call of the system. */
  readonly self: string;
  close(): void;
  [Symbol.dispose](): void;
}

/** One name in a directory that is held open. */
export interface Place {
  dir: DirHandle;
  name: string;
}

/*
 * Node has no `openat`. Linux gives the same guarantee through /proc/self/fd/N, a door into the open directory that
 * no rename can redirect. macOS has no such door, but refuses links anywhere in a path (O_NOFOLLOW_ANY): what is
 * opened is safe there, while a rename or unlink has a window of microseconds.
 */
const HAS_PROC = process.platform === 'linux';
const O_PATH = 0x200000;
const O_NOFOLLOW_ANY = 0x20000000;

/** Flag for the last step of an open: a link in that place is an error (ELOOP). Zero where there is none. */
export const NO_FOLLOW = process.platform === 'darwin' ? O_NOFOLLOW_ANY : (constants.O_NOFOLLOW ?? 0);

/** O_PATH: a directory without permission to read it can still be passed through. */
const OPEN_DIR = (constants.O_DIRECTORY ?? 0) | (HAS_PROC ? O_PATH : constants.O_RDONLY);

/*
 * Opening blocks: it reads nothing but names, which takes microseconds, and through the thread pool ten times as long.
 */

/** Opens a directory by a path that we made ourselves; links in it are followed. */
export function openDir(dir: string): DirHandle {
  return guardSync('open directory', dir, () => {
    const base = HAS_PROC ? dir : realpathSync(dir);
    return hold(openSync(base, OPEN_DIR), base);
  });
}

/** Opens a directory below an open one. A link in that place is an error (ENOTDIR or ELOOP). */
export function openSubdir({ dir, name }: Place): DirHandle {
  const child = dir.path(name);
  return guardSync('open directory', child, () => hold(openSync(child, OPEN_DIR | NO_FOLLOW), child));
}

/** A directory some names below one that we made ourselves. A link among the names is an error (ENOTDIR or ELOOP). */
export function openInside(dir: string, names: readonly string[]): DirHandle {
  let handle = openDir(dir);
  for (const name of names) {
    using outer = handle;
    handle = openSubdir({ dir: outer, name });
  }
  return handle;
}

/** The parent of a path that we made ourselves, held open, and the name in it. */
export function openPlace(file: string): Place {
  const absolute = path.resolve(file);
  return { dir: openDir(path.dirname(absolute)), name: path.basename(absolute) };
}

/** Where a place is, as a path for one call of the system. */
export function pathOf({ dir, name }: Place): string {
  return dir.path(name);
}

function hold(fd: number, dir: string): DirHandle {
  const base = HAS_PROC ? `/proc/self/fd/${fd}` : dir;
  const close = () => closeSync(fd);
  return { self: base, path: (name) => `${base}/${name}`, close, [Symbol.dispose]: close };
}

/** A path for an open file, which no swapped name can redirect; `fallback` where the system has none. */
export function pathOfOpen(handle: FileHandle, fallback: string): string {
  return HAS_PROC ? `/proc/self/fd/${handle.fd}` : fallback;
}
