// Everything in the cache that can be taken away by itself, with its size and the time of its last use. Nothing is
// judged here, and nothing of an asset is touched.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';
import { isTemporaryName } from '../system/temporary.ts';
import { listEntries } from './inventory.ts';
import type { Layout } from './layout.ts';
import { recipeOfFingerprint } from './recipes.ts';
import type { EntryRecord } from './record.ts';

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
  const lists = [assets(place), downloads(place), parts(place), recipes(place), logs(place), leases];
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
  for (const identity of await files.list(layout.assetsDir))
    found.push(...(await waste(path.join(layout.assetsDir, identity), place)));
  return found;
}

async function downloads(place: Place): Promise<Holding[]> {
  const { files, layout } = place;
  const found: Holding[] = [];
  const dir = path.join(layout.downloadsDir, 'sha256');
  for (const shelf of await files.list(dir)) {
    for (const name of (await files.list(path.join(dir, shelf))).filter((each) => !isTemporaryName(each)))
      found.push({ kind: 'download', ...(await weigh(path.join(dir, shelf, name), place)) });
    found.push(...(await waste(path.join(dir, shelf), place)));
  }
  return found;
}

async function parts(place: Place): Promise<Holding[]> {
  const dir = path.join(place.layout.downloadsDir, 'parts');
  const names = await place.files.list(dir);
  return await Promise.all(
    names.map(async (name) => ({ kind: 'part', ...(await weigh(path.join(dir, name), place)) })),
  );
}

async function recipes(place: Place): Promise<Holding[]> {
  const { files, layout } = place;
  const found: Holding[] = [];
  for (const identity of await files.list(layout.recipesDir)) {
    const dir = path.join(layout.recipesDir, identity);
    const names = (await files.list(dir)).filter((name) => !isTemporaryName(name));
    for (const name of names) {
      const own = recipeOfFingerprint(name);
      if (own !== undefined && names.includes(own)) continue;
      const weight = await weigh(path.join(dir, name), place);
      found.push(own === undefined ? { kind: 'recipe', ...weight } : { kind: 'waste', ...weight });
    }
    found.push(...(await waste(dir, place)));
  }
  return found;
}

async function logs(place: Place): Promise<Holding[]> {
  const { files, layout } = place;
  const found: Holding[] = [];
  for (const identity of await files.list(layout.logsDir)) {
    const dir = path.join(layout.logsDir, identity);
    for (const name of await files.list(dir))
      found.push({ kind: 'log', ...(await weigh(path.join(dir, name), place)) });
  }
  return found;
}

/** Nobody looks for what was moved away; another temporary name may be somebody's who writes at this moment. */
async function waste(dir: string, place: Place): Promise<Holding[]> {
  const names = (await place.files.list(dir)).filter((name) => isTemporaryName(name));
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
