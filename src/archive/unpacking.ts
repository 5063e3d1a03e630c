// One archive being unpacked: decides for every entry whether and where it lands, the same for all formats. Knows
// nothing of how entries are found in the bytes of an archive.
import path from 'node:path';
import type { Code } from '../model/codes.ts';
import { Failure } from '../model/failure.ts';
import { covers, type Glob, parseGlobs } from '../model/glob.ts';
import type { SyncWriter } from '../system/disk-sync.ts';
import { isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { Landing, type Names } from '../system/landing.ts';
import { stripControl } from '../system/terminal.ts';
import { type Amounts, DEFAULT_LIMITS, findExcess, type Limits } from './limits.ts';
import { findNameProblem, findTargetProblem, isMended, splitName } from './names.ts';
import { Pauses } from './pauses.ts';

export interface UnpackOptions {
  files: Files;
  /** Leading directories to remove from every name; what has no more names is left out. Default: 0. */
  stripComponents?: number;
  /** Patterns of the name an entry gets; one that fits a directory covers all of it. Default: everything. */
  include?: readonly string[];
  exclude?: readonly string[];
  limits?: Partial<Limits>;
  /** Nobody may write to the files. Default: their owner may. */
  readOnly?: boolean;
  /** Learns what the files hold while they are written, by their relative paths. */
  watcher?: Watcher;
  signal: AbortSignal;
}

export interface Watcher {
  open(path: string): SyncWriter;
  /** It has content that did not come by here. */
  forget(path: string): void;
}

export interface Unpacked {
  entries: number;
  /** Of all files together. */
  sizeBytes: number;
}

/** What stands in an archive, whatever its format. */
export interface Entry {
  /** `other`: devices and pipes; `unknown`: what we cannot read, such as sparse files. */
  kind: 'file' | 'dir' | 'link' | 'hardlink' | 'other' | 'unknown';
  /** As it stands there, unchecked. */
  name: string;
  /** Of links. */
  target: string;
  mode: number;
}

/** So much of a foreign name is shown. */
const SHOWN_CHARACTERS = 200;

/** Decoders and parsers throw plain errors, at bytes they cannot make sense of. Errors of other classes are bugs. */
export function isDamage(error: unknown): error is Error {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}

export class Unpacking implements Disposable {
  /** For whoever reads entries. */
  readonly pauses: Pauses;
  readonly #archive: string;
  readonly #options: UnpackOptions;
  readonly #include: readonly Glob[] | undefined;
  readonly #exclude: readonly Glob[];
  readonly #limits: Limits;
  readonly #landing: Landing;
  readonly #unpacked: Unpacked = { entries: 0, sizeBytes: 0 };
  /** The file that is being written. */
  #writer: SyncWriter | undefined;
  #packedBytes = 0;
  #unpackedBytes = 0;

  /** @param archive its file name, for messages */
  constructor(archive: string, destDir: string, options: UnpackOptions) {
    this.#archive = path.basename(archive);
    this.pauses = new Pauses(options.signal);
    this.#options = options;
    this.#include = options.include && parseGlobs(options.include);
    this.#exclude = parseGlobs(options.exclude ?? []);
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#landing = new Landing(destDir, options.files);
  }

  /** What was unpacked. Who was asked to stop meanwhile, and did not hear it, is not done. */
  async finish(): Promise<Unpacked> {
    await this.pauses.takeNow();
    return { ...this.#unpacked };
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Refuses an archive that says it holds too much, before the first of its entries. */
  expect(said: Partial<Amounts>, limits: Partial<Limits> = {}): void {
    const seen = { entries: 0, packedBytes: this.#packedBytes, unpackedBytes: 0, ...said };
    const excess = findExcess(seen, { ...this.#limits, ...limits });
    if (excess !== undefined) throw this.fail('ARCHIVE_UNSAFE', excess);
  }

  /** Notes bytes of the archive as they arrive. */
  countPacked(bytes: number): void {
    this.#packedBytes += bytes;
  }

  /** Notes bytes as they come out of the decoder. */
  countUnpacked(bytes: number): void {
    this.#unpackedBytes += bytes;
    this.#refuseExcess();
  }

  /** Lets an entry land; answers where the content of a file goes, and undefined for all that has none or is left out. */
  add(entry: Entry): SyncWriter | undefined {
    const problem = findNameProblem(entry.name);
    if (problem !== undefined) throw this.refusal(entry, problem);
    return this.#addAs(this.#namesOf(entry.name), entry);
  }

  /** The same for the only file of an archive without names: there are no directories that could be stripped. */
  addWhole(entry: Entry): SyncWriter | undefined {
    const problem = findNameProblem(entry.name);
    if (problem !== undefined) throw this.refusal(entry, problem);
    return this.#addAs(splitName(entry.name), entry);
  }

  fail(code: Code, problem: string, cause?: unknown): Failure {
    const facts = { archive: this.#archive };
    return new Failure(code, `Cannot unpack "${this.#archive}": ${problem}`, { facts, cause });
  }

  [Symbol.dispose](): void {
    this.#closeFile();
    this.#landing[Symbol.dispose]();
  }

  #closeFile(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.close();
  }

  #addAs(names: Names, entry: Entry): SyncWriter | undefined {
    if (names.length === 0 || !this.#isWanted(names)) return undefined;
    this.#unpacked.entries += 1;
    try {
      return this.#along(entry, names, '', () => this.#land(entry, names));
    } finally {
      this.#refuseExcess();
    }
  }

  #isWanted(names: Names): boolean {
    return (this.#include === undefined || covers(this.#include, names)) && !covers(this.#exclude, names);
  }

  #land(entry: Entry, names: Names): SyncWriter | undefined {
    switch (entry.kind) {
      case 'file':
        return this.#landFile(entry, names);
      case 'dir':
        return void this.#landing.makeDir(names);
      case 'link':
        return this.#landLink(entry, names, entry.target);
      case 'hardlink':
        return this.#landHardLink(entry, names);
      case 'other':
        throw this.refusal(entry, 'is a device or a pipe');
      case 'unknown':
        throw this.refusal(entry, 'is of a kind that galley cannot unpack', 'ARCHIVE_INVALID');
    }
  }

  #landFile(entry: Entry, names: Names): SyncWriter {
    // Who may execute is kept; setuid and its like are not, and everybody's files are alike in the rest.
    const mode = (0o644 | (entry.mode & 0o111)) & (this.#options.readOnly ? 0o555 : 0o755);
    const writer = this.#replacing(entry, names, () => this.#landing.openFile(names, mode));
    const watched = this.#options.watcher?.open(names.join('/'));
    this.#writer = writer;
    return {
      write: (bytes) => {
        this.#unpacked.sizeBytes += bytes.length;
        writer.write(bytes);
        watched?.write(bytes);
      },
      close: () => {
        this.#closeFile();
        watched?.close();
      },
    };
  }

  #landLink(entry: Entry, names: Names, target: string): undefined {
    const problem = findTargetProblem(target, names.length - 1);
    if (problem !== undefined) throw this.refusal(entry, problem);
    try {
      this.#landing.makeLink(names, target);
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
      const isSame = this.#landing.stat(names)?.kind === 'link' && this.#landing.readLink(names) === target;
      if (!isSame) throw this.refusal(entry, 'is a link where something else is already');
    }
  }

  #landHardLink(entry: Entry, names: Names): undefined {
    const to = `is a hard link to "${shown(entry.target)}", which`;
    const problem = findNameProblem(entry.target);
    if (problem !== undefined) throw this.refusal(entry, `${to} ${problem}`);
    const existing = this.#namesOf(entry.target);
    const found = this.#along(entry, existing, `${to} `, () => this.#landing.stat(existing));
    if (found === undefined) throw this.refusal(entry, `${to} was not unpacked before`, 'ARCHIVE_INVALID');
    // A second name for a link is made as a link of its own: in another directory it leads to another place.
    if (found.kind === 'link') return this.#landLink(entry, names, this.#landing.readLink(existing) ?? '');
    if (found.kind !== 'file') throw this.refusal(entry, `${to} is no file`);
    if (this.#landing.stat(names)?.inode === found.inode) return;
    this.#replacing(entry, names, () => this.#landing.makeHardLink(names, existing));
    this.#options.watcher?.forget(names.join('/'));
  }

  /**
   * Makes a file; a regular one that is there is removed first. It is never written into: it may have a second name
   * (hard link) elsewhere, whose content would change with it.
   */
  #replacing<T>(entry: Entry, names: Names, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    const kind = this.#landing.stat(names)?.kind;
    if (kind !== 'file')
      throw this.refusal(entry, `is a file where a ${kind === 'dir' ? 'directory' : kind} is already`);
    // Of two archives, or of one that was appended to, the later counts. But these may be two files.
    if (isMended(names)) throw this.refusal(entry, 'has a name that is not UTF-8, like another', 'ARCHIVE_INVALID');
    this.#landing.remove(names);
    return make();
  }

  /** Runs work on names; says what is on their way where a directory should be. */
  #along<T>(entry: Entry, names: Names, role: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      // How long a name may be is for the file system to say: 255 bytes for nearly all, fewer where it encrypts them.
      if (isErrno(error, 'ENAMETOOLONG', 'EILSEQ')) {
        const problem = `${role}has a name or a target that this file system does not take`;
        throw this.refusal(entry, problem, 'ARCHIVE_INVALID');
      }
      if (!isErrno(error, 'ENOTDIR', 'ELOOP')) throw error;
      const ways = names.map((_, index) => names.slice(0, index + 1));
      const way = ways.find((some) => this.#landing.stat(some)?.kind !== 'dir') ?? names;
      const kind = this.#landing.stat(way)?.kind ?? 'link';
      throw this.refusal(entry, `${role}goes through a ${kind} ("${shown(way.join('/'))}")`);
    }
  }

  #namesOf(name: string): string[] {
    return splitName(name).slice(this.#options.stripComponents ?? 0);
  }

  #refuseExcess(): void {
    const seen = {
      entries: Math.max(this.#landing.made, this.#unpacked.entries),
      packedBytes: this.#packedBytes,
      unpackedBytes: this.#unpackedBytes,
    };
    const excess = findExcess(seen, this.#limits);
    if (excess !== undefined) throw this.fail('ARCHIVE_UNSAFE', excess);
  }

  /** Why an entry cannot be unpacked. */
  refusal(entry: { name: string }, problem: string, code: Code = 'ARCHIVE_UNSAFE'): Failure {
    return this.fail(code, `entry "${shown(entry.name)}" ${problem}`);
  }
}

function shown(name: string): string {
  return stripControl(name).slice(0, SHOWN_CHARACTERS);
}
