// Getting what a recipe fetches: declared items all together or not at all, and fetch functions with what they return.
import path from 'node:path';
import type { Writable } from 'node:stream';
import type { Download } from '../fetch/source.ts';
import { Failure, isFailure } from '../model/failure.ts';
import { demandValue } from '../model/problems.ts';
import { isAssetAsFetched } from '../model/recipe.ts';
import { type FetchItem, type FunctionRef, ownDigest } from '../model/verb.ts';
import { parseFetchItems } from '../recipe/answer.ts';
import { type Call, type FetchedFile, withCall } from './call.ts';
import { inLane } from './lane.ts';
import { blameLock } from './lock/blame.ts';
import { loadedOf, type Package } from './package.ts';
import { filesOf } from './pins.ts';
import { atItem, demandAll, pinItem, recordPin, sourceDir } from './sources.ts';
import { callVerb } from './verbs.ts';
import type { Run } from './world.ts';

/** Something that gets a file's bytes while they come. */
export interface Reader {
  stream: Writable;
  /** Over when nothing is done with the bytes any more. */
  done: Promise<unknown>;
}

/** Undefined: nobody wants the bytes of this file. */
export type OpenReader = (name: string) => Promise<Reader | undefined>;

/** Brings all items into a directory; when one fails, what the others downloaded stays in the store for the next try. */
export async function fetchItems(
  items: readonly FetchItem[],
  dir: string,
  call: Call,
  openReader?: OpenReader,
): Promise<FetchedFile[]> {
  refuseClash(items, call);
  const results = await Promise.allSettled(
    items.map((item, index) => atItem(index, call.pkg, call.run, () => bringItem(item, dir, call, openReader))),
  );
  return demandAll(results);
}

/** Brings one item into a directory, verified against its pin. */
export async function bringItem(
  item: FetchItem,
  dir: string,
  call: Call,
  openReader?: OpenReader,
): Promise<FetchedFile> {
  const { pkg, run } = call;
  const name = nameOf(item, call);
  const { digest } = await pinItem(item, pkg, run);
  if (item.form === 'path') {
    await run.trees.copy(sourceDir(item, pkg), await freshPath(dir, name, run), item);
    return { source: item.path, name, digest };
  }
  const get = () => download(item, path.join(dir, name), call, openReader);
  try {
    return await get();
  } catch (error) {
    // A stored file whose content has changed is gone now, so the second try downloads it. One of which the reader got a
    // wrong beginning lies in the store, whole, and a new reader gets it from there.
    if (!isFailure(error, 'DIGEST_MISMATCH') || !error.transient) throw error;
    return get();
  }
}

async function download(
  item: FetchItem & { form: 'url' },
  file: string,
  call: Call,
  openReader?: OpenReader,
): Promise<FetchedFile> {
  const { pkg, run, signal } = call;
  const { cache, fetcher } = run.world;
  const pin = run.pins.findSame(filesOf(pkg), item.url, item.sha256);
  const done = await inLane('network', pkg, run, async () => {
    const reader = await openReader?.(path.basename(file));
    try {
      return await blameLock(filesOf(pkg), item, { pkg, run }, () =>
        fetcher.download(item, { signal, package: pkg.label, pin, tee: reader?.stream, isCheckedOut: true }),
      );
    } finally {
      // Whoever goes on from here, to another try or to the next phase, must not meet a reader at work.
      await reader?.done.catch(() => {});
    }
  });
  const name = path.basename(file);
  const copy = await freshPath(path.dirname(file), name, run);
  if (!isSpent(done, name, pkg)) await cache.downloads.checkout(done.sha256, copy, signal);
  recordPin(done, filesOf(pkg), { pkg, run, own: ownDigest(item) });
  return { source: item.url, name: path.basename(file), digest: ownDigest(item) ?? done.sha256, download: done };
}

/** Its bytes were verified as they came, they are unpacked, and no verb will look for them in fetch_dir. */
function isSpent({ from }: Download, name: string, pkg: Package): boolean {
  return from !== 'store' && pkg.stagedEarly === name && isAssetAsFetched(loadedOf(pkg).recipe);
}

/** Where a fetched file goes; what a failed try before left there gives way. */
export async function freshPath(dir: string, name: string, { world }: Run): Promise<string> {
  const file = path.join(dir, name);
  await world.files.removeTree(file);
  return file;
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
  const items = demandValue(parseFetchItems(answer ?? null, loadedOf(call.pkg).recipe.file));
  const declared = await fetchItems(items, call.dirs.fetchDir as string, call);
  return [...call.fetched, ...declared];
}

/** A tree keeps its own name, a download the one of its source. */
function nameOf(item: FetchItem, { pkg, run }: Call): string {
  if (item.form === 'path') return path.basename(sourceDir(item, pkg));
  return item.dest ?? run.world.fetcher.fileName(item.url);
}

/** Fetched files lie side by side, so two with one name would be one. */
function refuseClash(items: readonly FetchItem[], call: Call): void {
  const names = new Map<string, FetchItem>();
  for (const item of items) {
    const name = nameOf(item, call);
    const other = names.get(name);
    names.set(name, item);
    if (!other) continue;
    const source = (of: FetchItem): string => (of.form === 'path' ? of.path : of.url);
    throw new Failure(
      'INVALID_VALUE',
      `${call.pkg.label} fetches "${source(other)}" and "${source(item)}" as one file "${name}"`,
      {
        hint: 'Give one of them another name with "dest"',
        package: call.pkg.label,
      },
    );
  }
}
