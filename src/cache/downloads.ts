// Verified files, shared by all packages and named by their content. They are handed out as copies and read again then:
// what a disk has done to them since is noticed before anybody uses it.
import path from 'node:path';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { sha256OfFile } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import type { Layout } from './layout.ts';
import type { Use } from './use.ts';

export interface StoredFile {
  file: string;
  sizeBytes: number;
}

export interface Downloads {
  /** Undefined when the store does not have it. The content is not read here. */
  find(sha256: Sha256): Promise<StoredFile | undefined>;
  /** The same, after its content was read: a file that has changed is gone, and not found. */
  findIntact(sha256: Sha256, signal: AbortSignal): Promise<StoredFile | undefined>;
  /** Where an unfinished file of this name belongs; the directory is there. */
  partFile(name: string): string;
  /** Takes in a finished file that was verified, by renaming it. */
  adopt(partFile: string, sha256: Sha256): Promise<StoredFile>;
  /**
   * Copies a file out to a path that does not exist.
   *
   * @throws Failure DIGEST_MISMATCH, transient: the stored file was corrupt and is gone, so a new download helps
   */
  checkout(sha256: Sha256, file: string, signal: AbortSignal): Promise<void>;
}

/** @param announce called before a file of the store is looked at or taken in */
export async function openDownloads(
  files: Files,
  { downloadsDir }: Layout,
  announce: Use['announce'],
): Promise<Downloads> {
  const partsDir = path.join(downloadsDir, 'parts');
  await files.ensureSafeDir(partsDir);
  // 256 directories, because some file systems are slow with very many names in one.
  const dirOf = (sha256: Sha256) => path.join(downloadsDir, 'sha256', sha256.slice(0, 2));
  const fileOf = (sha256: Sha256) => path.join(dirOf(sha256), sha256);

  async function find(sha256: Sha256): Promise<StoredFile | undefined> {
    await announce(fileOf(sha256));
    const stat = await files.findStat(fileOf(sha256));
    return stat?.kind === 'file' ? { file: fileOf(sha256), sizeBytes: stat.sizeBytes } : undefined;
  }

  return {
    find,

    async findIntact(sha256, signal) {
      const stored = await find(sha256);
      if (stored === undefined || (await sha256OfFile(stored.file, signal)) === sha256) return stored;
      await files.removeTree(stored.file);
      return undefined;
    },

    partFile: (name) => path.join(partsDir, name),

    async adopt(partFile, sha256) {
      await announce(fileOf(sha256));
      await files.fsync(partFile);
      await files.ensureSafeDir(dirOf(sha256));
      await files.rename(partFile, fileOf(sha256));
      await files.fsyncDir(dirOf(sha256));
      const { sizeBytes } = await files.stat(fileOf(sha256));
      return { file: fileOf(sha256), sizeBytes };
    },

    async checkout(sha256, file, signal) {
      await announce(fileOf(sha256));
      await files.copyFile(fileOf(sha256), file, signal);
      const actual = await sha256OfFile(file, signal);
      if (actual === sha256) return;
      await files.unlink(file);
      await files.removeTree(fileOf(sha256));
      throw corrupt(fileOf(sha256), sha256, actual);
    },
  };
}

function corrupt(file: string, expected: Sha256, actual: Sha256): Failure {
  return new Failure('DIGEST_MISMATCH', `Cannot use "${file}" from the download store: its content has changed`, {
    hint: 'It was removed from the store; run the command again to download it anew, and check the disk',
    transient: true,
    facts: { path: file, expected, actual },
  });
}
