// Getting what a recipe fetches: declared items all together or not at all, and fetch functions with what they return.
import path from 'node:path';
import { Failure, isFailure } from '../model/failure.ts';
import type { FetchItem, FunctionRef } from '../model/verb.ts';
import { parseFetchItems } from '../recipe/answer.ts';
import { type Call, type FetchedFile, withCall } from './call.ts';
import { loadedOf, type Package } from './package.ts';
import { valueOf } from './load.ts';
import { pinItem, recordPin, sourceDir } from './sources.ts';
import { callVerb } from './verbs.ts';
import type { Run } from './world.ts';

/** Brings all items into a directory; when one fails, what the others downloaded stays in the store for the next try. */
export async function fetchItems(items: readonly FetchItem[], dir: string, call: Call): Promise<FetchedFile[]> {
  const results = await Promise.allSettled(items.map((item) => downloadItem(item, dir, call)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  const fetched = results.map((result) => (result as PromiseFulfilledResult<FetchedFile>).value);
  const names = new Map<string, FetchedFile>();
  for (const file of fetched) {
    const other = names.get(file.name);
    if (other) throw sameName(other, file, call.pkg);
    names.set(file.name, file);
  }
  return fetched;
}

/** Brings one item into a directory, verified against its pin. */
export async function downloadItem(item: FetchItem, dir: string, call: Call): Promise<FetchedFile> {
  if (item.form === 'path') return copyLocal(item, dir, call);
  const { pkg, run, signal } = call;
  const { cache, fetcher, lanes } = run.world;
  const pin = await pinItem(item, pkg, run);
  const source = { ...item, sha256: pin.sha256 };
  const get = async (): Promise<FetchedFile> => {
    const download = await lanes.use('network', () => fetcher.download(source, { signal, package: pkg.label }), signal);
    if (item.sha256 === undefined) recordPin(download, pkg, run);
    const name = item.dest ?? download.fileName;
    await cache.downloads.checkout(download.sha256, await freshPath(dir, name, run));
    return { source: item.url, name, sha256: download.sha256, download };
  };
  try {
    return await get();
  } catch (error) {
    // A stored file whose content has changed is gone now, so the second try downloads it.
    if (!isFailure(error, 'DIGEST_MISMATCH') || !error.transient) throw error;
    return get();
  }
}

/** Where a fetched file goes; what a failed try before left there gives way. */
export async function freshPath(dir: string, name: string, { world }: Run): Promise<string> {
  const file = path.join(dir, name);
  await world.files.removeTree(file);
  return file;
}

async function copyLocal(item: FetchItem & { form: 'path' }, dir: string, { pkg, run }: Call): Promise<FetchedFile> {
  const local = sourceDir(item, pkg);
  const name = path.basename(local);
  return { source: item.path, name, sha256: await run.trees.copy(local, await freshPath(dir, name, run), item) };
}

/**
 * Runs a fetch function: in `resolve` to learn what it fetches, in `fetch` to have it.
 *
 * @returns every source it used, with the digests the key is made of
 */
export async function runFetchVerb(pkg: Package, run: Run, phase: 'resolve' | 'fetch'): Promise<FetchedFile[]> {
  const { fetch } = loadedOf(pkg).recipe;
  if (fetch?.form !== 'function') throw new Error(`${pkg.label} has no fetch function`);
  return withCall(pkg, run, phase, (call) => fetchByFunction(fetch, 'fetch', call));
}

/** Calls a function that fetches by itself, or returns what is to be fetched, or both. */
export async function fetchByFunction(fetch: FunctionRef, name: string, call: Call): Promise<FetchedFile[]> {
  const answer = await callVerb(fetch, name, call);
  const items = valueOf(parseFetchItems(answer ?? null, loadedOf(call.pkg).recipe.file));
  const declared = await fetchItems(items, call.dirs.fetchDir as string, call);
  return [...call.fetched, ...declared];
}

function sameName(first: FetchedFile, second: FetchedFile, pkg: Package): Failure {
  return new Failure('INVALID_VALUE', `${pkg.label} fetches "${first.source}" and "${second.source}" as one file "${first.name}"`, {
    hint: 'Give one of them another name with "dest"',
    package: pkg.label,
  });
}
