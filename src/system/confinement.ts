// What a recipe may do to files: each operation finds its place inside the allowed directories (confine) and works on
// that place, never on the path again. Knows nothing of recipes.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { findRoot, openDirInside, openInside, outside, withPlace } from './confine.ts';
import { sha256OfStream } from './digest.ts';
import { type Place, pathOf, pathOfOpen } from './directory.ts';
import { guard, isErrno, unlessMissing } from './errno.ts';
import type { Files } from './files.ts';
import { type FileStat, statOf } from './stat.ts';
import { copyTree, entriesOf, listTree, moveTree, removeTree, statAt } from './tree.ts';

export interface ConfinementOptions {
  files: Files;
  /** Real paths of directories whose content may be read; those of `write` are readable too. */
  read: readonly string[];
  write: readonly string[];
  /** Ends what may take long. */
  signal?: AbortSignal;
}

/** A pipe in the place of a file must not stop us, so nothing blocks at the open. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export type Confinement = ReturnType<typeof createConfinement>;

/** All paths are absolute. A path that leads outside is PATH_OUTSIDE, whatever happens to links meanwhile. */
export function createConfinement({ files, read, write, signal }: ConfinementOptions) {
  const readable = [...new Set([...read, ...write])];
  return { ...createReading(readable, signal), ...createWriting({ files, write, readable, signal }) };
}

function createReading(readable: readonly string[], signal: AbortSignal | undefined) {
  return {
    /** Opens a file, and nothing else that has a name, for reading; the caller closes. */
    openRead: (file: string) => openFile(readable, file, 'read'),

    /** The sha256 of a file. */
    async hash(file: string): Promise<Sha256> {
      await using handle = await openFile(readable, file, 'hash');
      return await guard('read', file, () => sha256OfStream(handle.createReadStream({ autoClose: false }), signal));
    },

    /** Text of a file that is at most this long. */
    async readText(file: string, limitBytes: number): Promise<string> {
      await using handle = await openFile(readable, file, 'read');
      const { sizeBytes } = statOf(await guard('look at', file, () => handle.stat()));
      if (sizeBytes > limitBytes)
        throw refused('read', file, `it has ${sizeBytes} bytes, and ${limitBytes} are allowed`);
      return await guard('read', file, () => handle.readFile('utf8'));
    },

    /** What a path leads to, or undefined when nothing is there. */
    findStat: (file: string): Promise<FileStat | undefined> =>
      unlessMissing(withPlace(readable, file, {}, (place) => statAt(place))),

    /** Relative paths below a directory, sorted; all of them, or only the first level. */
    async list(dir: string, { recursive = false } = {}): Promise<string[]> {
      using handle = await openDirInside(readable, dir);
      if (recursive) return (await listTree(handle, signal)).map((entry) => entry.path).sort();
      return (await entriesOf(handle)).map(({ name }) => name);
    },
  };
}

/** A directory can be opened too, and fails only when it is read; a pipe has no end. */
async function openFile(readable: readonly string[], file: string, verb: string): Promise<FileHandle> {
  const handle = await openInside(readable, file, READ);
  if (statOf(await guard('look at', file, () => handle.stat())).kind === 'file') return handle;
  await handle.close();
  throw refused(verb, file, 'it is not a file');
}

interface WritingParts {
  files: Files;
  write: readonly string[];
  readable: readonly string[];
  signal: AbortSignal | undefined;
}

function createWriting({ files, write: writable, readable, signal }: WritingParts) {
  const at = <T>(file: string, work: (place: Place) => Promise<T>) => withPlace(writable, file, {}, work);
  const atName = <T>(file: string, work: (place: Place) => Promise<T>) =>
    withPlace(writable, file, { follow: false }, work);
  return {
    /** Replaces the file in one step; an existing one keeps its mode. */
    write: (file: string, text: string) =>
      at(file, async (place) => {
        refuseOwn('write', file, place);
        await replaceFile(files, place, text);
      }),

    /** Makes a directory and those above it. */
    async mkdir(dir: string): Promise<void> {
      (await openDirInside(writable, dir, { create: files })).close();
    },

    /** Removes a file or tree, or the link itself; what is not there is fine. */
    remove: (file: string) =>
      unlessMissing(
        atName(file, async (place) => {
          refuseOwn('remove', file, place);
          await removeTree(files, place);
        }),
      ),

    async chmod(file: string, mode: number): Promise<void> {
      await using handle = await openInside(writable, file, READ);
      await files.chmod(pathOfOpen(handle, file), mode);
    },

    /** Makes a link whose target is inside, also when the target does not exist yet. */
    async symlink(target: string, file: string): Promise<void> {
      await expectInside(readable, path.isAbsolute(target) ? target : `${path.dirname(file)}/${target}`);
      await atName(file, (place) => files.symlink(target, pathOf(place)));
    },

    /** Copies a file or tree; links inside the tree stay links. */
    copy: (from: string, to: string) =>
      withPlace(readable, from, {}, (source) => at(to, (target) => copyTree(files, source, target, { signal }))),

    /** Moves a file, link or tree to a path that must not exist. */
    move: (from: string, to: string) =>
      atName(from, async (source) => {
        refuseOwn('move', from, source);
        await atName(to, (target) => moveTree(files, source, target, signal));
      }),
  };
}

/** An existing file keeps its mode; a crash loses it with the work directory it is in. */
async function replaceFile(files: Files, place: Place, text: string): Promise<void> {
  const existing = await unlessMissing(statAt(place));
  await files.writeAtomic(pathOf(place), text, { ...(existing && { mode: existing.mode }), durable: false });
}

/** The target of a link may be missing; then its names decide, as they will again whenever the link is followed. */
async function expectInside(roots: readonly string[], file: string): Promise<void> {
  try {
    await withPlace(roots, file, {}, async () => {});
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    if (findRoot(roots, path.resolve(file)) === undefined) throw outside(file, roots);
  }
}

/** A directory that the call was given, and no name in one. */
function refuseOwn(verb: string, file: string, { name }: Place): void {
  if (name === '.') throw refused(verb, file, 'it is a directory that galley made');
}

function refused(verb: string, file: string, reason: string): Failure {
  return new Failure('INVALID_ARGUMENT', `Cannot ${verb} "${file}": ${reason}`, { facts: { path: file } });
}
