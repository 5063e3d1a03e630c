import * as fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { createFiles } from '../system/files.ts';
import type { FileOperation } from '../system/oplog.ts';
import { openCache } from './cache.ts';
import type { Asset } from './record.ts';
import { DRAFT, makeTemporaryCache, REF, surroundings } from './testing/temporary-cache.ts';

const signal = AbortSignal.timeout(10_000);

it('an asset is replaced in one step: at every moment its path leads to the old one or the new one', async () => {
  const operations: FileOperation['op'][] = [];
  const seen = new Set<string>();
  let tool: string | undefined;
  const record = ({ op }: FileOperation) => {
    operations.push(op);
    if (tool !== undefined) seen.add(fs.readFileSync(tool, 'utf8'));
  };
  await using here = await makeTemporaryCache(createFiles({ record }));
  const old = await here.publish({ tool: 'old' });
  tool = path.join(old.assetDir, 'tool');
  const open = fs.openSync(tool, 'r');
  const fresh = await here.publish({ tool: 'new' });
  expect(fs.readFileSync(open, 'utf8')).toBe('old');
  fs.closeSync(open);
  expect([...seen]).toEqual(['old', 'new']);
  expect(operations).toContain('exchange');
  expect(await here.cache.verify(fresh)).toEqual([]);
  expect(fs.readdirSync(path.dirname(fresh.assetDir))).toEqual(['asset', 'galley-complete', 'galley-fingerprint']);
});

it('an asset is replaced where names cannot change places', async () => {
  await using here = await makeTemporaryCache({ ...createFiles(), exchange: () => false });
  await here.publish({ tool: 'old' });
  const fresh = await here.publish({ tool: 'new' });
  expect(await here.cache.verify(fresh)).toEqual([]);
  expect(fs.readFileSync(path.join(fresh.assetDir, 'tool'), 'utf8')).toBe('new');
  expect(fs.readdirSync(path.dirname(fresh.assetDir))).toEqual(['asset', 'galley-complete', 'galley-fingerprint']);
});

it('an asset that is found to be damaged is no hit any more, and its tree stays for those who use it', async () => {
  await using here = await makeTemporaryCache();
  const asset = await here.publish({ tool: 'old' });
  await here.cache.invalidate(asset, { signal });
  expect(await here.cache.find(REF)).toBeUndefined();
  expect(fs.readFileSync(path.join(asset.assetDir, 'tool'), 'utf8')).toBe('old');
});

it('an asset that was made again meanwhile stays a hit', async () => {
  await using here = await makeTemporaryCache();
  const damaged = await here.publish({ tool: 'old' });
  await here.publish({ tool: 'new' });
  await here.cache.invalidate(damaged, { signal });
  expect(await here.cache.find(REF)).toBeDefined();
});

it('an asset that was made again is told from the one it replaces by either of two numbers', async () => {
  await using here = await makeTemporaryCache();
  const asset = await here.publish({ tool: 'tool' });
  const { root } = asset.record;
  for (const other of [{ inode: root.inode + 1 }, { ctimeMs: root.ctimeMs + 1 }]) {
    const replaced = { ...asset, record: { ...asset.record, root: { ...root, ...other } } };
    expect(await here.cache.verify(replaced)).toEqual([{ path: '.', how: 'replaced' }]);
    await here.cache.invalidate(replaced, { signal });
    expect(await here.cache.find(REF)).toBeDefined();
  }
});

it('a file that appears in an install while it is published makes no asset', async () => {
  const files = createFiles();
  const { syncTree } = files;
  files.syncTree = async (dir) => {
    fs.chmodSync(dir, 0o755);
    fs.writeFileSync(path.join(dir, 'late'), '');
    await syncTree(dir);
  };
  await using here = await makeTemporaryCache(files);
  await expect(here.publish({ tool: 'tool' })).rejects.toThrow('"late" appeared in the install');
  expect(await here.cache.find(REF)).toBeUndefined();
});

it('an asset is published also when the system refuses to clear away the work', async () => {
  const files = createFiles();
  const refusal = new Failure('IO_ERROR', 'Cannot remove "work": operation not permitted');
  const removeTree = (dir: string) => (dir.endsWith('/work') ? Promise.reject(refusal) : files.removeTree(dir));
  await using here = await makeTemporaryCache({ ...files, removeTree });
  const { entryDir } = here.cache.layout.entry(REF);
  const entry = await here.begin();
  fs.writeFileSync(path.join(entry.dirs.installDir, 'tool'), 'tool');
  const asset = await entry.publish(DRAFT);
  await entry.release();
  expect(asset.leftovers).toEqual([refusal]);
  expect(await here.cache.find(REF)).toBeDefined();
  expect(fs.readdirSync(entryDir)).toEqual(['asset', 'galley-complete', 'galley-fingerprint', 'work']);
});

it('a cache that was moved has its assets, but for those that name assets by their old paths', async () => {
  await using here = await makeTemporaryCache();
  const bound = { ...REF, key: 'b0' };
  await here.publish({ tool: 'plain' });
  const entry = await here.begin(bound);
  fs.writeFileSync(path.join(entry.dirs.installDir, 'tool'), `exec ${entry.dirs.installDir}/real`);
  await entry.publish(DRAFT);
  await entry.release();
  fs.renameSync(path.join(here.top, 'cache'), path.join(here.top, 'elsewhere'));
  const moved = await openCache({ rootDir: path.join(here.top, 'elsewhere'), files: here.files, ...surroundings() });
  expect(await moved.find(REF)).toBeDefined();
  expect(await moved.find(bound)).toBeUndefined();
  fs.renameSync(path.join(here.top, 'elsewhere'), path.join(here.top, 'cache'));
  const back = await here.cache.find(bound);
  expect(back).toBeDefined();
  const elsewhere = { ...back, record: { ...back?.record, boundTo: '/elsewhere/asset' } } as Asset;
  expect(await here.cache.verify(elsewhere)).toEqual([{ path: '.', how: 'moved' }]);
  moved.close();
});
