// Everything in the cache that can be taken away by itself, with its size and the time of its last use. Nothing is
// judged here, and nothing of an asset is touched. What has no name of ours is not ours, nor is what a link leads to.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';
import { isTemporaryName } from '../system/temporary.ts';
import { listEntries } from './inventory.ts';
import { type Layout, OUR_NAMES } from './layout.ts';
import { recipeOfFingerprint } from './recipes.ts';
import type { EntryRecord } from './record.ts';
import { listShelf } from './shelf.ts';

export type HoldingKind =
  | 'asset' // a complete entry
  | 'work' // what a failure left, and entries that were begun and not finished
  | 'download' // a verified file
  | 'part' // the beginning of a download
  | 'recipe' // a recipe or bundle from elsewhere
  | 'log' // what commands have printed
  | 'waste'; // what was being removed, or written, by a process that has died

export interface Holding {
  kind: HoldingKind;
  /** Relative to the root of the cache. */
  path: string;
  /** The name by which leases tell it: its own path, or that of the entry it is in. */
  unit: string;
  sizeBytes: number;
  /** Epoch milliseconds. */
  usedAt: number;
  /** Of an asset. */
  record?: EntryRecord;
}

/** What a collector has moved away has this name, with a random part, until it is removed. */
export const GONE = 'gone';

interface Place {
  files: Files;
  layout: Layout;
}

/** In no order. */
export async function listHoldings(place: Place): Promise<Holding[]> {
  const leases = waste(place.layout.projectLeasesDir, place);
  const lists = [assets(place), downloads(place), parts(place), recipes(place), logs(place), leases, schemas(place)];
  return (await Promise.all(lists)).flat();
}

async function assets(place: Place): Promise<Holding[]> {
  const { files, layout } = place;
  const found: Holding[] = [];
  for await (const { ref, entryDir, record } of listEntries(files, layout)) {
    const { failedDir, fingerprintFile, anchorFile, ...left } = layout.entry(ref);
    const { fetchDir, workDir, installDir, replacedDir } = left;
    const unit = path.relative(layout.rootDir, entryDir);
    if (record === undefined) {
      found.push({ kind: 'work', ...(await weigh(entryDir, place)), unit });
      continue;
    }
    // Written with the asset, and touched when the last project that it was for has turned to another.
    const usedAt = Math.max(record.builtAt, (await files.findStat(fingerprintFile))?.mtimeMs ?? 0);
    found.push({ kind: 'asset', path: unit, unit, sizeBytes: record.sizeBytes, usedAt, record });
    if (await files.exists(failedDir)) found.push({ kind: 'work', ...(await weigh(failedDir, place)), unit });
    // The last steps of whoever published it: a dead process leaves them to the sweep, unless its lock was removed too.
    for (const file of [anchorFile, fetchDir, workDir, installDir, replacedDir])
      if (await files.exists(file)) found.push({ kind: 'waste', ...(await weigh(file, place)), unit });
  }
  for (const dir of await namedIn(layout.assetsDir, OUR_NAMES.identity, place))
    found.push(...(await waste(dir, place)));
  return found;
}

async function downloads(place: Place): Promise<Holding[]> {
  const found: Holding[] = [];
  const shelves = path.join(place.layout.downloadsDir, 'sha256');
  for (const dir of await namedIn(shelves, OUR_NAMES.digestStart, place)) {
    found.push(...(await things('download', dir, OUR_NAMES.digest, place)));
    found.push(...(await waste(dir, place)));
  }
  return found;
}

function parts(place: Place): Promise<Holding[]> {
  return things('part', path.join(place.layout.downloadsDir, 'parts'), OUR_NAMES.part, place);
}

async function recipes(place: Place): Promise<Holding[]> {
  const found: Holding[] = [];
  for (const dir of await namedIn(place.layout.recipesDir, OUR_NAMES.identity, place)) {
    const own = await things('recipe', dir, OUR_NAMES.digest, place);
    const there = new Set(own.map((each) => path.basename(each.path)));
    for (const name of await listShelf(place, dir)) {
      const digest = recipeOfFingerprint(name);
      if (digest === undefined || !OUR_NAMES.digest.test(digest) || there.has(digest)) continue;
      found.push({ kind: 'waste', ...(await weigh(path.join(dir, name), place)) });
    }
    found.push(...own, ...(await waste(dir, place)));
  }
  return found;
}

async function logs(place: Place): Promise<Holding[]> {
  const dirs = await namedIn(place.layout.logsDir, OUR_NAMES.identity, place);
  return (await Promise.all(dirs.map((dir) => things('log', dir, OUR_NAMES.log, place)))).flat();
}

/** What has such a name on a shelf, as paths. */
async function namedIn(dir: string, names: RegExp, place: Place): Promise<string[]> {
  return (await listShelf(place, dir)).filter((name) => names.test(name)).map((name) => path.join(dir, name));
}

async function things(kind: HoldingKind, dir: string, names: RegExp, place: Place): Promise<Holding[]> {
  const files = await namedIn(dir, names, place);
  return await Promise.all(files.map(async (file) => ({ kind, ...(await weigh(file, place)) })));
}

/** Of the first file of a cache, by whoever could not finish it. Else the root has no temporaries of ours. */
async function schemas(place: Place): Promise<Holding[]> {
  const { rootDir } = place.layout;
  const names = (await place.files.list(rootDir)).filter((name) => isTemporaryName(name, 'schema'));
  return await Promise.all(
    names.map(async (name) => ({ kind: 'waste', ...(await weigh(path.join(rootDir, name), place)) })),
  );
}

/** Nobody looks for what was moved away; another temporary name may be somebody's who writes at this moment. */
async function waste(dir: string, place: Place): Promise<Holding[]> {
  const names = (await listShelf(place, dir)).filter((name) => isTemporaryName(name));
  return await Promise.all(
    names.map(async (name) => {
      const weight = await weigh(path.join(dir, name), place);
      return { kind: 'waste', ...weight, ...(isTemporaryName(name, GONE) && { usedAt: 0 }) };
    }),
  );
}

/** Trees of others' work may be large: so many files are asked for at once. */
const AT_ONCE = 8;

/** What a file or tree weighs; one that goes meanwhile weighs nothing. */
async function weigh(file: string, { files, layout }: Place): Promise<Omit<Holding, 'kind'>> {
  const stat = await files.findStat(file);
  const name = path.relative(layout.rootDir, file);
  let sizeBytes = stat?.kind === 'file' ? stat.sizeBytes : 0;
  if (stat?.kind === 'dir') {
    const inside = await files.listTree(file).catch(() => []);
    await forEachLimited(inside, AT_ONCE, async (each) => {
      if (each.kind !== 'file') return;
      const found = await files.findStat(path.join(file, each.path));
      // After the wait, and not in one expression with it: others add to the same sum meanwhile.
      sizeBytes += found?.sizeBytes ?? 0;
    });
  }
  return { path: name, unit: name, sizeBytes, usedAt: stat?.mtimeMs ?? 0 };
}
