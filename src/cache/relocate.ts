// Makes an installed tree right for its final path, and learns everything about it in one reading: digests, references
// to other assets, and files that would stop working where they are going.
//
//                      text                      program or data         link
//   install_dir        rewritten to asset_dir    refused                 rewritten
//   work and fetch     #! line refused,          loader paths refused,   refused
//                      else a warning            else a warning
//   another asset      a runtime reference, everywhere
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { createSha256 } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';
import type { TreeEntry } from '../system/tree.ts';
import type { EntryPaths } from './layout.ts';
import { loaderText } from './loader.ts';
import { ownFiles } from './own-files.ts';
import { replaceBytes } from './replace.ts';
import { type Names, type ScanTarget, scanFile, scanText } from './scan.ts';
import type { ScannedFiles } from './scanned.ts';

/** What is about to become an asset. */
export interface Install {
  paths: EntryPaths;
  target: ScanTarget;
  scanned: ScannedFiles;
  signal: AbortSignal | undefined;
}

export interface RelocatedTree {
  /** Of every file as it is now, by relative path. */
  digests: Map<string, Sha256>;
  sizeBytes: number;
  /** Keys of the entries that the tree needs to run, sorted. */
  runtime: string[];
  /** It names assets, its own or others: below another root it would lead elsewhere. */
  isBound: boolean;
  /** Relative paths of files that mention the work directory where it does no harm, sorted. */
  warnings: string[];
}

const AT_ONCE = 4;

/** @throws Failure ASSET_NAMES_WORK_DIR with all the files that name it */
export async function relocateTree(files: Files, install: Install): Promise<RelocatedTree> {
  const relocation = new Relocation(files, install);
  const entries = await files.listTree(install.paths.installDir, install.signal);
  await ownFiles(files, install.paths.installDir, entries, install.signal);
  await forEachLimited(entries, AT_ONCE, (entry) => relocation.visit(entry));
  return relocation.result();
}

class Relocation {
  readonly #files: Files;
  readonly #paths: EntryPaths;
  readonly #target: ScanTarget;
  readonly #scanned: ScannedFiles;
  readonly #digests = new Map<string, Sha256>();
  readonly #runtime = new Set<string>();
  readonly #warnings: string[] = [];
  readonly #broken: string[] = [];
  readonly #signal: AbortSignal | undefined;
  #sizeBytes = 0;
  #isBound = false;

  constructor(files: Files, { paths, target, scanned, signal }: Install) {
    this.#files = files;
    this.#paths = paths;
    this.#target = target;
    this.#scanned = scanned;
    this.#signal = signal;
  }

  async visit({ path: name, kind }: TreeEntry): Promise<void> {
    this.#signal?.throwIfAborted();
    if (kind === 'file') await this.#visitFile(name);
    if (kind === 'link') await this.#visitLink(name);
    if (kind === 'other') {
      const message = `Cannot publish "${this.#paths.installDir}/${name}": it is a device, a pipe or a socket`;
      throw new Failure('INVALID_RESULT', message, { hint: 'Remove it in the install verb' });
    }
  }

  result(): RelocatedTree {
    if (this.#broken.length > 0) throw namesWorkDir(this.#paths, this.#broken.sort());
    return {
      digests: this.#digests,
      sizeBytes: this.#sizeBytes,
      runtime: [...this.#runtime].sort(),
      isBound: this.#isBound,
      warnings: this.#warnings.sort(),
    };
  }

  async #visitFile(name: string): Promise<void> {
    const file = `${this.#paths.installDir}/${name}`;
    const scan = this.#scanned.find(name) ?? (await scanFile(this.#files, file, this.#target, this.#signal));
    this.#note(scan);
    if (scan.namesWork && (await this.#loaderNamesWork(file))) this.#broken.push(name);
    else if (scan.namesInstall && !scan.isText) this.#broken.push(name);
    else if (scan.namesWork) this.#warnings.push(name);
    const { sha256, sizeBytes } = scan.namesInstall && scan.isText ? await this.#rewrite(file) : scan;
    this.#digests.set(name, sha256);
    this.#sizeBytes += sizeBytes;
  }

  async #visitLink(name: string): Promise<void> {
    const link = `${this.#paths.installDir}/${name}`;
    const target = await this.#files.readLink(link);
    const scan = scanText(target, this.#target);
    this.#note(scan);
    if (scan.namesWork) this.#broken.push(name);
    if (!scan.namesInstall) return;
    await this.#files.unlink(link);
    await this.#files.symlink(target.replaceAll(this.#paths.installDir, this.#paths.assetDir), link);
  }

  #note({ runtime, namesAsset, namesInstall }: Names): void {
    for (const key of runtime) this.#runtime.add(key);
    this.#isBound ||= namesAsset || namesInstall;
  }

  async #loaderNamesWork(file: string): Promise<boolean> {
    return scanText(await loaderText(this.#files, file), this.#target).namesWork;
  }

  /** Byte for byte, so that text in any encoding survives; and a piece at a time, however long it is. */
  async #rewrite(file: string): Promise<{ sha256: Sha256; sizeBytes: number }> {
    const { mode, mtimeMs } = await this.#files.stat(file);
    const { installDir, assetDir } = this.#paths;
    const digest = createSha256();
    let sizeBytes = 0;
    const before = this.#files.readChunks(file);
    const after = async function* (signal: AbortSignal | undefined) {
      for await (const bytes of replaceBytes(before, installDir, assetDir)) {
        signal?.throwIfAborted();
        digest.update(bytes);
        sizeBytes += bytes.length;
        yield bytes;
      }
    };
    await this.#files.writeAtomic(file, after(this.#signal), { mode, durable: false });
    // Make and Python compare times of files that belong together.
    await this.#files.setModified(file, mtimeMs);
    return { sha256: digest.finish(), sizeBytes };
  }
}

function namesWorkDir({ installDir }: EntryPaths, broken: string[]): Failure {
  const shown = broken.slice(0, 5).map((name) => `"${name}"`);
  const more = broken.length > shown.length ? ` and ${broken.length - shown.length} more` : '';
  const message = `Cannot move the install to its final path: ${shown.join(', ')}${more} would still name the work directory`;
  return new Failure('ASSET_NAMES_WORK_DIR', message, {
    hint: 'Configure for ctx.asset_dir and install into ctx.install_dir, with DESTDIR or its equivalent',
    facts: { directory: installDir, files: broken },
  });
}
