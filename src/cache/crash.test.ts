import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../system/files.ts';
import { openCache } from './cache.ts';
import { createLayout, type EntryRef } from './layout.ts';
import { findAsset } from './record.ts';
import { CrashDisk, type Fate, type Recorded, recordInto } from './testing/crash-disk.ts';
import { surroundings } from './testing/temporary-cache.ts';
import { verifyAsset } from './verify.ts';

/** Random fates per moment, besides "everything survives" and "nothing does". */
const FATES = process.env.GALLEY_TEST_ROUNDS === 'long' ? 60 : 4;
const REF: EntryRef = { identity: 'acme.tool@r1', platform: 'linux-x86_64', key: '0123abcd' };

let top: string;
let rootDir: string;
beforeEach(() => {
  top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-crash-')));
  rootDir = path.join(top, 'cache');
});
afterEach(async () => createFiles().removeTree(top));

/** Builds the entry so many times, one version over the other, and answers what was done for the last one. */
async function record(builds: number): Promise<{ before: Recorded[]; last: Recorded[] }> {
  let log: Recorded[] = [];
  const before: Recorded[] = [];
  const files = createFiles({ record: (operation) => recordInto(log)(operation) });
  const cache = await openCache({ rootDir, files, ...surroundings() });
  for (let build = 1; build <= builds; build++) {
    before.push(...log);
    log = [];
    const entry = await cache.lock(REF, { signal: new AbortController().signal });
    await entry.prepare();
    const { installDir, assetDir } = entry.dirs;
    await files.ensureDir(`${installDir}/bin`);
    await files.writeAtomic(`${installDir}/bin/tool`, `tool ${build}`, { mode: 0o755, durable: false });
    await files.writeAtomic(`${installDir}/tool.pc`, `prefix=${installDir} ${build}`, { durable: false });
    await files.symlink('bin/tool', `${installDir}/link`);
    const asset = await entry.publish({ keyParts: {}, sources: [], builtAt: build });
    expect(await cache.verify(asset)).toEqual([]);
    expect(fs.readFileSync(`${assetDir}/tool.pc`, 'utf8')).toBe(`prefix=${assetDir} ${build}`);
    await entry.release();
  }
  cache.close();
  return { before, last: log };
}

/** Numbers that look random and are the same in every run. */
function createFate(seed: number): Fate {
  let state = seed * 2654435761;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  return { survives: () => next() < 0.5, share: next };
}

const EVERYTHING: Fate = { survives: () => true, share: () => 1 };
const NOTHING: Fate = { survives: () => false, share: () => 0 };

/**
 * Crashes after each operation, in several ways, and looks at what a next run would find.
 *
 * @returns the first moment whose crash leaves an entry that looks complete and is not
 */
async function findViolation({ before, last }: { before: Recorded[]; last: Recorded[] }): Promise<string | undefined> {
  const disk = new CrashDisk(top);
  for (const operation of before) disk.apply(operation);
  if (before.length > 0) disk.apply({ op: 'sync-fs', path: top });
  for (const [index, operation] of last.entries()) {
    disk.apply(operation);
    const fates = [EVERYTHING, NOTHING, ...Array.from({ length: FATES }, (_, n) => createFate(index * FATES + n + 1))];
    for (const fate of fates) {
      const differences = await lookAfterCrash(disk, fate);
      if (differences?.length) return `${index} ${operation.op} ${operation.path}: ${differences.join(' ')}`;
    }
  }
  return (await lookAfterCrash(disk, NOTHING)) ? undefined : 'the finished asset was not safe';
}

/** Differences of the asset that is found after the crash; undefined when none is found. */
async function lookAfterCrash(disk: CrashDisk, fate: Fate): Promise<string[] | undefined> {
  const files = createFiles();
  const image = path.join(top, 'image');
  disk.materialise(image, fate);
  try {
    const layout = createLayout(path.join(image, 'cache'));
    const paths = layout.entry(REF);
    adoptInode(paths.markerFile, paths.assetDir, disk);
    const asset = await findAsset(files, paths, REF);
    const differences =
      asset && (await verifyAsset({ files, signal: new AbortController().signal }, paths, asset.record));
    return differences?.map(({ path: name, how }) => `${how} ${name}`);
  } finally {
    await files.removeTree(image);
  }
}

/** The copy of the disk has other inodes, and is elsewhere: a marker that names the original of this root shall name the copy. */
function adoptInode(markerFile: string, assetDir: string, disk: CrashDisk): void {
  try {
    const marker = JSON.parse(fs.readFileSync(markerFile, 'utf8'));
    if (marker.root.inode !== disk.inodes.get(assetDir)) return;
    const { ino, ctimeMs } = fs.lstatSync(assetDir);
    const place = marker.boundTo !== undefined && { boundTo: assetDir };
    fs.writeFileSync(markerFile, JSON.stringify({ ...marker, ...place, root: { inode: ino, ctimeMs } }));
  } catch {
    // No marker, or half of one: nothing to adopt.
  }
}

const isMarker = ({ path: file }: Recorded): boolean => path.basename(file).includes('galley-complete');

describe.each([
  ['a first build', 1],
  ['a build over an older asset', 2],
])('a crash at any moment of %s', (_, builds) => {
  // Its own limit: it also runs where tests that hang are ended soon.
  it('leaves a whole asset or none, and the asset once it was published', { timeout: 180_000 }, async () => {
    expect(await findViolation(await record(builds))).toBeUndefined();
  });

  it('would be noticed here if nothing were synced', async () => {
    const { before, last } = await record(builds);
    const careless = last.filter(({ op, path: file }) => !op.includes('sync') || file.includes('galley-complete'));
    expect(await findViolation({ before, last: careless })).toMatch(/^\d+ /);
  });

  it('would be noticed here if the marker came before the rename', async () => {
    const { before, last } = await record(builds);
    const rename = last.findIndex(
      ({ op, path: file }) => ['rename', 'exchange'].includes(op) && file.endsWith('/asset'),
    );
    const unlinked = last.filter((operation) => !(isMarker(operation) && operation.op === 'unlink'));
    const marker = unlinked.filter(isMarker);
    const others = unlinked.filter((operation) => !isMarker(operation));
    const hasty = [...others.slice(0, rename - 1), ...marker, ...others.slice(rename - 1)];
    expect(await findViolation({ before, last: hasty })).toMatch(/^\d+ /);
  });
});

it('a crash while an old asset is replaced would be noticed here if its marker were not safely gone first', async () => {
  const { before, last } = await record(2);
  const unlink = last.findIndex((operation) => operation.op === 'unlink' && isMarker(operation));
  const careless = last.filter((_, index) => index !== unlink + 1);
  expect(last[unlink + 1]?.op).toBe('fsync-dir');
  expect(await findViolation({ before, last: careless })).toMatch(/^\d+ /);
});

it('a crash while an asset is removed leaves all of it or no hit, and would be noticed here if its new name were not safe', async () => {
  const removal = await recordRemoval();
  expect(await findHalf(removal)).toBeUndefined();
  const careless = { ...removal, last: removal.last.filter(({ op }) => op !== 'fsync-dir') };
  expect(await findHalf(careless)).toMatch(/^\d+ /);
});

async function recordRemoval(): Promise<{ before: Recorded[]; last: Recorded[] }> {
  const { before, last } = await record(1);
  const log: Recorded[] = [];
  const files = createFiles({ record: (operation) => recordInto(log)(operation) });
  const care = await (await openCache({ rootDir, files, ...surroundings() })).care();
  const { removed } = await care.remove((await care.survey()).holdings);
  expect(removed).toHaveLength(1);
  return { before: [...before, ...last], last: log };
}

/** The first moment whose crash leaves an asset that is a hit and not whole. */
async function findHalf({ before, last }: { before: Recorded[]; last: Recorded[] }): Promise<string | undefined> {
  const disk = new CrashDisk(top);
  for (const operation of before) disk.apply(operation);
  disk.apply({ op: 'sync-fs', path: top });
  for (const [index, operation] of last.entries()) {
    disk.apply(operation);
    for (let fate = 1; fate <= FATES * 4; fate++) {
      const differences = await lookAfterCrash(disk, createFate(index * FATES + fate));
      if (differences?.length) return `${index} ${operation.op} ${operation.path}: ${differences.join(' ')}`;
    }
  }
  return undefined;
}
