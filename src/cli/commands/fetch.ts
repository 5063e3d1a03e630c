// `galley fetch <source> [dest]`: one download over any transport, verified and put in its place in one step. Needs no
// project; what was downloaded before comes out of the cache.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import type { Download, FetchSource } from '../../fetch/source.ts';
import { Failure, isFailure } from '../../model/failure.ts';
import { formatGitUrl, isGitUrl } from '../../model/git.ts';
import { redactUrl } from '../../model/redact.ts';
import type { Settings } from '../../model/settings.ts';
import { ownDigest } from '../../model/verb.ts';
import { isUrl } from '../../recipe/address.ts';
import { sha256OfFile } from '../../system/digest.ts';
import { unlessMissing } from '../../system/errno.ts';
import { temporaryName } from '../../system/temporary.ts';
import type { Options, Run } from '../answer.ts';

export const run: Run = async (services, options, signal) => {
  const { settings } = options;
  const source = sourceOf(options, services);
  const fetcher = await services.fetcher(settings);
  const file = await targetOf(options.args[1], fetcher.fileName(source.url), services);
  if (settings.dryRun) {
    const text = `Would fetch ${redactUrl(source.url)} to ${file}`;
    services.emit({ type: 'log.message', level: 'info', text });
    return { status: 0, stdout: file, json: { path: file } };
  }
  const { sha256, sizeBytes, url } = await bring(source, file, { services, settings, signal });
  return { status: 0, stdout: file, json: { path: file, sha256, size_bytes: sizeBytes, url } };
};

/** Flags that say which part of a repository is meant. */
const GIT_FLAGS = ['ref', 'subdir', 'submodules'];

function sourceOf({ settings, args: [source = ''], flags }: Options, { cwd }: Services): FetchSource {
  const { sha256, ref, subdir, submodules } = flags;
  const misplaced = isGitUrl(source) ? undefined : GIT_FLAGS.find((name) => flags[name] !== undefined);
  if (misplaced !== undefined)
    throw new Failure('USAGE', `Cannot use --${misplaced} with "${redactUrl(source)}": it is no git repository`);
  const address = isUrl(source) ? source : path.resolve(cwd, source);
  const part = { ref: textOf(ref), subdir: textOf(subdir), ...(submodules && { submodules: true }) };
  const wanted = {
    url: isGitUrl(source) ? formatGitUrl(address, part) : address,
    ...(typeof sha256 === 'string' && { sha256 }),
  };
  if (settings.strict && ownDigest(wanted) === undefined) {
    const hint = 'Add --sha256 or a commit, or leave out --strict';
    throw new Failure('UNPINNED_SOURCE', `"${redactUrl(source)}" has no sha256, and --strict forbids it`, { hint });
  }
  return wanted;
}

const textOf = (flag: string | true | undefined): string | undefined => (flag === true ? undefined : flag);

/** A directory gets the file under its own name; anything else is the name. */
async function targetOf(dest = '.', name: string, { cwd, files }: Services): Promise<string> {
  const target = path.resolve(cwd, dest);
  const isDir = dest.endsWith('/') || (await unlessMissing(files.statTarget(target)))?.kind === 'dir';
  return isDir ? path.join(target, name) : target;
}

interface Work {
  services: Services;
  settings: Settings;
  signal: AbortSignal;
}

async function bring(source: FetchSource, file: string, work: Work): Promise<Download> {
  const { services, settings, signal } = work;
  const fetcher = await services.fetcher(settings);
  const get = async (): Promise<Download> => {
    const download = await fetcher.download(source, { signal, isCheckedOut: true });
    if (!(await isThere(file, download, work))) await place(download, file, work);
    return download;
  };
  try {
    return await get();
  } catch (error) {
    // A stored file whose content has changed is gone now, so the second try downloads it.
    if (!isFailure(error, 'DIGEST_MISMATCH') || !error.transient) throw error;
    return await get();
  }
}

/** Nothing that somebody else has put there is lost without a word. */
async function isThere(file: string, { sha256 }: Download, { services, settings, signal }: Work): Promise<boolean> {
  const { files } = services;
  if (!(await files.exists(file))) return false;
  const { kind } = await files.stat(file);
  if (kind === 'file' && (await sha256OfFile(file, signal)) === sha256) return true;
  if (settings.yes && kind !== 'dir') return false;
  const hint = 'Name another destination, or add --yes to replace it';
  throw new Failure('USAGE', `Cannot write "${file}": it is there already, with another content`, { hint });
}

/** The name appears when all bytes are there, and are those that were verified. */
async function place({ sha256 }: Download, file: string, { services, settings, signal }: Work): Promise<void> {
  const { files } = services;
  const { downloads } = await services.cache(settings);
  const temporary = path.join(path.dirname(file), temporaryName(path.basename(file)));
  await files.ensureDir(path.dirname(file));
  try {
    await downloads.checkout(sha256, temporary, signal);
    await files.fsync(temporary);
    signal.throwIfAborted();
    // A file that appeared meanwhile stays, unless it may be replaced.
    await (settings.yes ? files.rename(temporary, file) : files.moveTree(temporary, file, signal));
  } finally {
    await files.removeTree(temporary);
  }
}
