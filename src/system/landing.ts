// A directory that foreign files are put into, by the names that lead to them. Every step is taken from an open
// directory and never along a link, so nothing can land outside, whatever is in the directory or swapped in meanwhile.
// Knows nothing of archives. Refusals are `IO_ERROR`: ENOTDIR or ELOOP for a link or file on the way, EEXIST for what
// is there already.
import { lstatSync, readlinkSync } from 'node:fs';
import { type DirHandle, openDir, openSubdir } from './directory.ts';
import type { SyncWriter } from './disk-sync.ts';
import { guardSync, isErrno } from './errno.ts';
import type { Files } from './files.ts';
import { type FileStat, statOf } from './stat.ts';

/** The names from the directory down to a file; none of them is `.` or `..` or has a slash. */
export type Names = readonly string[];

const DIR_MODE = 0o755;

export class Landing implements Disposable {
  /** How many files, directories and links were made. */
  made = 0;
  readonly #files: Files;
  /** The directory that was worked in last, with those above it: archives list the files of a directory together. */
  readonly #open: { name: string; handle: DirHandle }[];

  constructor(dir: string, files: Files) {
    this.#files = files;
    this.#open = [{ name: '', handle: openDir(dir) }];
  }

  /** Makes a directory and those above it; what is there stays. */
  makeDir(names: Names): void {
    this.#enter(names);
  }

  openFile(names: Names, mode: number): SyncWriter {
    return this.#make(this.#files.openNewSync(this.#placeOf(names), mode));
  }

  makeLink(names: Names, target: string): void {
    this.#make(this.#files.symlinkSync(target, this.#placeOf(names)));
  }

  /** A second name for a file that is in this directory. */
  makeHardLink(names: Names, existing: Names): void {
    const path = this.#placeOf(names);
    this.#find(existing, (from) => this.#make(this.#files.linkSync(from, path)));
  }

  remove(names: Names): void {
    this.#files.unlinkSync(this.#placeOf(names));
  }

  /** What is there, or undefined; no names mean the directory itself. */
  stat(names: Names): FileStat | undefined {
    return this.#find(names, (path) => guardSync('look at', path, () => statOf(lstatSync(path))));
  }

  readLink(names: Names): string | undefined {
    return this.#find(names, (path) => guardSync('read link', path, () => readlinkSync(path)));
  }

  [Symbol.dispose](): void {
    for (const { handle } of this.#open.splice(0)) handle.close();
  }

  #make<T>(result: T): T {
    this.made += 1;
    return result;
  }

  /** A path for one call of the system; the directories on the way are made. */
  #placeOf(names: Names): string {
    return this.#enter(names.slice(0, -1)).path(names.at(-1) as string);
  }

  #enter(names: Names): DirHandle {
    const open = this.#open;
    let shared = 0;
    while (shared < names.length && open[shared + 1]?.name === names[shared]) shared += 1;
    for (const { handle } of open.splice(shared + 1)) handle.close();
    for (const name of names.slice(shared)) open.push({ name, handle: this.#openOrMake(this.#innermost(), name) });
    return this.#innermost();
  }

  #innermost(): DirHandle {
    return (this.#open.at(-1) as { handle: DirHandle }).handle;
  }

  #openOrMake(dir: DirHandle, name: string): DirHandle {
    try {
      return openSubdir({ dir, name });
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    this.#make(this.#files.mkdirSync(dir.path(name)));
    const made = openSubdir({ dir, name });
    // Exactly this mode, whatever the umask of the user. The path is that of the open directory, so it is no link.
    this.#files.chmodSync(made.self, DIR_MODE);
    return made;
  }

  /** Works on something that exists, without making or leaving open what is on the way. Undefined when it does not. */
  #find<T>(names: Names, work: (path: string) => T): T | undefined {
    const opened: DirHandle[] = [];
    let dir = (this.#open[0] as { handle: DirHandle }).handle;
    try {
      for (const name of names.slice(0, -1)) {
        dir = openSubdir({ dir, name });
        opened.push(dir);
      }
      return work(dir.path(names.at(-1) ?? '.'));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    } finally {
      for (const handle of opened) handle.close();
    }
  }
}
