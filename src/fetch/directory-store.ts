// A directory as a store of objects: for a depot on this machine, or on a file system that several machines share.
import path from 'node:path';
import { sha256OfBytes } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { isTemporaryName, temporaryName } from '../system/temporary.ts';
import { localPath } from './local.ts';
import type { ObjectContent, ObjectStore, StoredObject } from './object-store.ts';
import type { TransportTools } from './transport.ts';

export function createDirectoryStore(
  url: string,
  { files, lock }: Pick<TransportTools, 'files' | 'lock'>,
): ObjectStore {
  const dir = localPath(url);
  const fileOf = (name: string): string => path.join(dir, name);

  const read = async (name: string): Promise<StoredObject | undefined> => {
    const bytes = await unlessMissing(files.readBytes(fileOf(name)));
    return bytes && { bytes, version: sha256OfBytes(bytes) };
  };

  /** Whole or not at all, and safe when it is there. */
  const place = async (name: string, content: ObjectContent): Promise<void> => {
    const file = fileOf(name);
    await files.ensureSafeDir(path.dirname(file));
    if (content instanceof Uint8Array) await files.writeAtomic(file, content);
    else await placeFile(content.file, file, files);
    await removeAbandoned(file, files);
  };

  return {
    sourceOf: (name) => ({ url: fileOf(name) }),

    async read(name, _, known) {
      const found = await read(name);
      return found !== undefined && found.version === known ? 'unchanged' : found;
    },

    async write(name, content, { onlyIf, signal }) {
      if (onlyIf === undefined) {
        await place(name, content);
        return true;
      }
      await files.ensureSafeDir(path.dirname(fileOf(name)));
      await using _ = await lock(`${fileOf(name)}.lock`, signal);
      const version = (await read(name))?.version;
      if (version !== (onlyIf === 'absent' ? undefined : onlyIf.version)) return false;
      await place(name, content);
      return true;
    },
  };
}

async function placeFile(from: string, file: string, files: Files): Promise<void> {
  const temporary = path.join(path.dirname(file), temporaryName(path.basename(file)));
  try {
    await files.copyFile(from, temporary);
    await files.fsync(temporary);
    await files.rename(temporary, file);
  } catch (error) {
    await unlessMissing(files.unlink(temporary)).catch(() => {});
    throw error;
  }
  await files.fsyncDir(path.dirname(file));
}

/** Longer than anybody writes one file, on however slow a network. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** A writer that was killed has left a temporary; how old it is, the clock tells by which the new file was written. */
async function removeAbandoned(placed: string, files: Files): Promise<void> {
  const dir = path.dirname(placed);
  const { mtimeMs: nowMs } = await files.stat(placed);
  for (const name of await files.list(dir)) {
    if (!isTemporaryName(name)) continue;
    const stat = await files.findStat(path.join(dir, name));
    if (stat && nowMs - stat.mtimeMs > ABANDONED_MS) await unlessMissing(files.unlink(path.join(dir, name)));
  }
}
