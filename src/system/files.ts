// The one module that owns files: reading them, and changing them so that a reader, a crash or a full disk never meets a
// half-made one. Everybody above goes through it, and everything it changes can be recorded (oplog).
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readChunks } from './chunks.ts';
import { openDir, openPlace } from './directory.ts';
import { createDisk } from './disk.ts';
import { createSyncDisk } from './disk-sync.ts';
import { syncTree } from './durable.ts';
import { ensureDir, ensureSafeDir } from './ensure-dir.ts';
import { guard, guardSync, unlessMissing } from './errno.ts';
import { createExchange } from './exchange.ts';
import { readLinkText, refuseForeign } from './foreign-name.ts';
import type { Recorder } from './oplog.ts';
import { FILES_AT_ONCE, narrow } from './parallel.ts';
import { type FileStat, statNow, statOf } from './stat.ts';
import { temporaryName } from './temporary.ts';
import { copyTree, listTree, makeReadOnly, moveTree, removeAtOnce, removeTree, type TreeEntry } from './tree.ts';

export type Files = ReturnType<typeof createFiles>;

export interface AtomicOptions {
  /** Permission bits, exactly. Default: 0o666 less the umask. */
  mode?: number;
  /** False for a file in a tree that is synced as a whole before it counts. Default: true. */
  durable?: boolean;
}

/**
 * Files of this machine. All paths are absolute, and refusals are `IO_ERROR` or `NO_SPACE` with `errno` in the facts.
 *
 * @param options.record hears every change, in order
 */
export function createFiles(options: { record?: Recorder } = {}) {
  const disk = createDisk(options.record);
  const syncDisk = createSyncDisk(disk);
  return {
    ...disk,
    ...syncDisk,
    ...createExchange(disk),
    ...reading,
    ...createAtomic({ ...disk, ...syncDisk }),
    ...createTrees(disk),
  };
}

const atOnce = narrow(FILES_AT_ONCE);

/*
 * What is answered from memory, mostly, is asked at once: through the thread pool it costs ten times as much. What may take
 * long – contents of any size, waiting for the disk – never holds the others up.
 */
const reading = {
  readText: async (file: string): Promise<string> => guardSync('read', file, () => readFileSync(file, 'utf8')),
  readBytes: (file: string): Promise<Uint8Array> => guard('read', file, () => atOnce(() => readFile(file))),
  /** Undefined when there is no such file. */
  findText: (file: string): Promise<string | undefined> => unlessMissing(reading.readText(file)),
  /** What is at the path itself: links are not followed. Undefined when nothing is. */
  findStat: (file: string): Promise<FileStat | undefined> => unlessMissing(reading.stat(file)),
  stat: async (file: string): Promise<FileStat> => statNow(file),
  /** What a path leads to: links are followed. */
  statTarget: async (file: string): Promise<FileStat> => statOf(guardSync('look at', file, () => statSync(file))),
  exists: async (file: string): Promise<boolean> => (await reading.findStat(file)) !== undefined,
  readLink: async (file: string): Promise<string> => readLinkText(file),
  realPath: async (file: string): Promise<string> => guardSync('look at', file, () => realpathSync.native(file)),
  /** The bytes of a file, a piece at a time; each is good until the next. */
  readChunks,
  /** Opens for reading at any position; the caller closes. */
  openRead: (file: string) => guard('read', file, () => open(file, 'r')),
  /** The names in a directory, sorted; empty when there is no such directory. */
  async list(dir: string): Promise<string[]> {
    const names = await unlessMissing(Promise.try(() => guardSync('list', dir, () => readdirSync(dir))));
    // By code units, so that no locale changes the order.
    return names?.sort() ?? [];
  },
  /** `list` for whoever has to say all that is there: a name that no text can say is FILE_NAME_INVALID. */
  async listAll(dir: string): Promise<string[]> {
    const names = await reading.list(dir);
    refuseForeign(dir, names);
    return names;
  },
  /** Everything below a directory, sorted, a directory before what is in it; links are listed, not followed. */
  async listTree(dir: string, signal?: AbortSignal): Promise<TreeEntry[]> {
    using handle = openDir(dir);
    return await listTree(handle, signal);
  },
};

function createAtomic(disk: ReturnType<typeof createDisk> & ReturnType<typeof createSyncDisk>) {
  /** The file has either its old content or the new one, also after a crash; answers when the new one is safe. */
  async function writeAtomic(
    file: string,
    data: string | Uint8Array | AsyncIterable<Uint8Array>,
    { mode, durable = true }: AtomicOptions = {},
  ): Promise<void> {
    const temporary = path.join(path.dirname(file), temporaryName(path.basename(file)));
    try {
      const writer = disk.openNewSync(temporary, mode);
      try {
        if (typeof data === 'string') writer.write(Buffer.from(data));
        else if (data instanceof Uint8Array) writer.write(data);
        else for await (const bytes of data) writer.write(bytes);
      } finally {
        writer.close();
      }
      // Without this the new name can be safe before the bytes are: an empty file after a crash.
      if (durable) await disk.fsync(temporary);
      await disk.rename(temporary, file);
    } catch (error) {
      await unlessMissing(disk.unlink(temporary)).catch(() => {});
      throw error;
    }
    if (durable) await disk.fsyncDir(path.dirname(file));
  }

  return {
    writeAtomic,
    ensureDir: (dir: string): Promise<void> => ensureDir(disk, dir),
    ensureSafeDir: (dir: string): Promise<void> => ensureSafeDir(disk, dir),
    /** Leaves a file alone that has this content already. True when it was written. */
    async writeIfChanged(file: string, text: string, options: AtomicOptions = {}): Promise<boolean> {
      if ((await reading.findText(file)) === text) return false;
      await writeAtomic(file, text, options);
      return true;
    },
  };
}

/** What works on whole trees, by path. */
function createTrees(disk: ReturnType<typeof createDisk>) {
  return {
    /** Removes a file or tree, also one that is read-only; links are removed, not followed. */
    async removeTree(file: string): Promise<void> {
      if (await removeAtOnce(disk, file)) return;
      const place = await unlessMissing(Promise.try(openPlace, file));
      if (place === undefined) return;
      using _ = place.dir;
      await removeTree(disk, place);
    },
    /** Copies a file or tree: modes and times kept, links as links, devices refused, existing files replaced. */
    async copyTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
      const [source, target] = [openPlace(from), openPlace(to)];
      using _ = source.dir;
      using __ = target.dir;
      await copyTree(disk, source, target, { signal });
    },
    /** Moves a file or tree, across file systems too; never overwrites. */
    async moveTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
      const [source, target] = [openPlace(from), openPlace(to)];
      using _ = source.dir;
      using __ = target.dir;
      await moveTree(disk, source, target, signal);
    },
    /** Takes away every permission to write, from the leaves up. */
    async makeReadOnly(file: string): Promise<void> {
      const place = openPlace(file);
      using _ = place.dir;
      await makeReadOnly(disk, place);
    },
    /** Makes a file or tree safe against a crash; the directory it is in is up to the caller. */
    async syncTree(file: string): Promise<void> {
      const place = openPlace(file);
      using _ = place.dir;
      await syncTree(disk, place);
    },
  };
}
