// Every source of a package gets its digest before the key is made: from the recipe, from galley.lock, from the files of
// the project, or by downloading what has no pin yet.
import path from 'node:path';
import type { Download } from '../fetch/source.ts';
import type { ValuePath } from '../model/diagnostic.ts';
import { Failure } from '../model/failure.ts';
import type { SourceOwner } from '../model/lock-file.ts';
import { type Pin, recordOf, type SourceRecord } from '../model/pin.ts';
import { redactUrl } from '../model/redact.ts';
import { type FetchItem, ownDigest } from '../model/verb.ts';
import { pointAt } from '../recipe/locate.ts';
import type { FetchedFile } from './call.ts';
import { runFetchVerb } from './fetching.ts';
import { inLane } from './lane.ts';
import { loadedOf, type Package } from './package.ts';
import { filesOf } from './pins.ts';
import { joinFailures } from './refused-sources.ts';
import type { Run } from './world.ts';

/** @throws Failure FROZEN, UNPINNED_SOURCE, and whatever a download throws */
export async function pinSources(pkg: Package, run: Run): Promise<SourceRecord[]> {
  const { fetch } = loadedOf(pkg).recipe;
  if (fetch === undefined) return [];
  if (fetch.form === 'function') return pinFunction(pkg, run);
  const pinning = fetch.items.map((item, index) => atItem(index, pkg, run, () => pinItem(item, pkg, run)));
  return demandAll(await Promise.allSettled(pinning));
}

/** What became of all items, or what their failures come to. */
export function demandAll<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length > 0) throw joinFailures(reasons);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Does the work of one item; what goes wrong is told at its place in the recipe. */
export function atItem<T>(index: number, pkg: Package, run: Run, work: () => Promise<T>): Promise<T> {
  const { fetch, file } = loadedOf(pkg).recipe;
  // What a function asks for is told at its own line.
  if (fetch?.form !== 'items') return work();
  return pointAt({ file, path: itemPath(index, fetch.items) }, run.world.files, work);
}

/** Where an item stands in its recipe: a single one need not be in a list. */
export function itemPath(index: number, items: readonly FetchItem[]): ValuePath {
  return items.length > 1 ? ['fetch', index] : ['fetch'];
}

export async function pinItem(item: FetchItem, pkg: Package, run: Run): Promise<SourceRecord> {
  if (item.form === 'path')
    return { source: item.path, digest: (await run.trees.digest(sourceDir(item, pkg), item)).sha256 };
  const { url: source, sha256 } = item;
  const pin = run.pins.findSame(filesOf(pkg), source, sha256);
  const own = ownDigest(item);
  const refusal = pin === undefined && own !== undefined ? run.pins.refusal(pkg, source, true) : undefined;
  if (refusal) throw refusal;
  const digest = own ?? pin?.sha256;
  if (digest !== undefined) return { digest, ...recordOf({ url: source, ...pin, source }) };
  const download = await pinDownload(item, pkg, run);
  return { digest: download.sha256, ...recordOf(download) };
}

/** Trust on first use: what comes now is what the project gets from now on. */
async function pinDownload(item: FetchItem & { form: 'url' }, pkg: Package, run: Run): Promise<Download> {
  const refusal = run.pins.refusal(pkg, item.url);
  if (refusal) throw refusal;
  const { fetcher, signal } = run.world;
  // Where a person has left only the commit, that is the one to take.
  const pin = run.pins.find(filesOf(pkg), item.url);
  const download = await inLane('network', pkg, run, () => fetcher.download(item, { signal, package: pkg.label, pin }));
  recordPin(download, filesOf(pkg), { pkg, run });
  return download;
}

/** Remembers which bytes a source was, and says so where it is we who decide that they are the right ones. */
export function recordPin(download: Download, owner: SourceOwner, { pkg, run, own }: Recording): void {
  const { source, sha256 } = download;
  // An update tells what has moved itself.
  const isFirst = run.pins.find(owner, source) === undefined && !run.pins.knew(owner, source) && own === undefined;
  run.pins.add(owner, download);
  if (isFirst) run.world.emit({ type: 'source.pinned', package: pkg.label, url: redactUrl(source), sha256 });
}

interface Recording {
  pkg: Package;
  run: Run;
  /** What the recipe itself says of the bytes. */
  own?: string | undefined;
}

/**
 * A fetch function tells what it fetches only by running: once, into the download store, until the recipe changes. One
 * that could fetch something else meanwhile – it sees variables, other packages or files of this machine – runs always.
 */
async function pinFunction(pkg: Package, run: Run): Promise<SourceRecord[]> {
  const known = dependsOnMore(pkg) ? undefined : run.pins.findFunction(pkg);
  if (known)
    return known.map(({ source, pin }) => ({ digest: digestOf(source, pin), ...recordOf({ ...pin, source }) }));
  if (run.world.policy.onlyLooks) throw notPinned(pkg);
  const fetched = await runFetchVerb(pkg, run, 'resolve');
  const downloads = fetched.flatMap(({ download }) => download ?? []);
  if (!dependsOnMore(pkg) && downloads.length === fetched.length)
    run.pins.addFunction(
      pkg,
      downloads.map(({ source }) => source),
    );
  return fetched.map(sourceRecordOf);
}

/** As it was when the function ran: a commit that it named itself is what the key knows. */
function digestOf(url: string, { sha256 }: Pin): string {
  return ownDigest({ url }) ?? `${sha256}`;
}

function sourceRecordOf({ source, digest, download }: FetchedFile): SourceRecord {
  return { digest, ...(download ? recordOf(download) : { source }) };
}

/** Whether a fetch function sees what the recipe alone does not tell. */
export function dependsOnMore({ loaded, wires }: Package): boolean {
  const early = wires.some(({ dependency }) => dependency.neededBy === 'fetch' || dependency.neededBy === 'check');
  return early || (loaded?.recipe.env.length ?? 0) > 0;
}

/** @throws Failure INVALID_RESULT when a fetch function fetched what it did not when the key was made */
export function demandSame(fetched: readonly FetchedFile[], pkg: Package): void {
  const idOf = ({ source, digest }: SourceRecord): string => `${source} ${digest}`;
  const known = new Set(pkg.sources.map(idOf));
  const other = fetched.map(sourceRecordOf).find((record) => !known.has(idOf(record)));
  if (!other) return;
  throw new Failure(
    'INVALID_RESULT',
    `The fetch of ${pkg.label} took "${other.source}", which it did not when the key was made`,
    {
      hint: 'Make what it fetches depend on options, platform and declared "env" only',
      package: pkg.label,
    },
  );
}

function notPinned(pkg: Package): Failure {
  return new Failure('FROZEN', `What the fetch function of ${pkg.label} downloads is not in galley.lock yet`, {
    hint: 'Run galley sync once',
    package: pkg.label,
  });
}

/** The absolute path of a local source. */
export function sourceDir(item: FetchItem & { form: 'path' }, pkg: Package): string {
  return path.resolve(loadedOf(pkg).baseDir, item.path);
}

/** What the key was made of, with what fetching it has told since. */
export function completeSources(pkg: Package, { pins }: Run): SourceRecord[] {
  return pkg.sources.map(({ source, digest, ...record }) => ({
    digest,
    ...recordOf({ url: source, ...pins.find(filesOf(pkg), source), source }),
    ...record,
  }));
}
