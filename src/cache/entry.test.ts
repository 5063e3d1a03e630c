import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Leaving } from './entry.ts';
import { DRAFT, makeTemporaryCache, REF, type TemporaryCache } from './testing/temporary-cache.ts';

let here: TemporaryCache;
beforeEach(async () => {
  here = await makeTemporaryCache();
});
afterEach(() => here[Symbol.asyncDispose]());

const MAKING = {
  ...{ startedAt: 1, version: '1.0.0', builder: 'b', invocation: 'i' },
  ...{ recipe: { uri: 'a.js', sha256: '0'.repeat(64) }, assets: { '00bb': '1'.repeat(64) } },
};

const dirs = () => here.cache.layout.entry(REF);
const find = () => here.cache.find(REF);

describe('a published entry', () => {
  it('is found, read-only, with nothing beside it but the marker and the fingerprint', async () => {
    const { record } = await here.publish({ 'bin/tool': 'tool' });
    expect(await find()).toEqual({ assetDir: dirs().assetDir, key: REF.key, record });
    expect(fs.readdirSync(dirs().entryDir)).toEqual(['asset', 'galley-complete', 'galley-fingerprint']);
    expect(fs.statSync(path.join(dirs().assetDir, 'bin')).mode & 0o222).toBe(0);
    expect(record).toMatchObject({ files: 1, sizeBytes: 4, builtAt: 1 });
    expect(fs.readdirSync(path.join(here.cache.layout.rootDir, 'locks'))).toEqual([]);
  });

  it.each([
    ['its marker is removed', () => fs.unlinkSync(dirs().markerFile)],
    ['its marker is cut', () => fs.truncateSync(dirs().markerFile, 20)],
    ['its marker is empty', () => fs.truncateSync(dirs().markerFile)],
    ['its marker is no record', () => fs.writeFileSync(dirs().markerFile, 'null')],
    ['its marker names no root', () => fs.writeFileSync(dirs().markerFile, `{"key":"${REF.key}"}`)],
    ['its marker is of another key', () => edit(dirs().markerFile, REF.key, '99999999')],
    ['its asset is removed', () => fs.renameSync(dirs().assetDir, `${dirs().assetDir}.away`)],
    ['its asset is replaced by a copy', replaceByCopy],
    ['a file is added to its root', () => addFile(dirs().assetDir)],
  ])('is not found when %s, and can be published again', async (_, harm) => {
    await here.publish({ tool: 'old' });
    harm();
    expect(await find()).toBeUndefined();
    const asset = await here.publish({ tool: 'new' });
    expect(fs.readFileSync(path.join(asset.assetDir, 'tool'), 'utf8')).toBe('new');
    expect(await find()).toMatchObject({ key: REF.key });
    expect(await here.cache.verify(asset)).toEqual([]);
  });

  it.each([
    ['runtime', 5],
    ['runtime', [5]],
    ['keyParts', 5],
    ['fingerprint', 5],
    ['sizeBytes', '4'],
    ['files', -1],
    ['builtAt', 9e15],
    ['builtAt', '1'],
    ['provenance', 5],
    ['boundTo', {}],
    ['root', { inode: 1 }],
    ['making', 5],
    ['making', {}],
    ['making', { ...MAKING, startedAt: 'then' }],
    ['making', { ...MAKING, builder: 5 }],
    ['making', { ...MAKING, recipe: { uri: 'a.js', sha256: '00' } }],
    ['making', { ...MAKING, assets: { '00bb': 5 } }],
  ])('is a miss when its marker says odd things of its %s: %j', async (member, value) => {
    await here.publish({ tool: 'tool' });
    const { markerFile } = dirs();
    const record = JSON.parse(fs.readFileSync(markerFile, 'utf8'));
    fs.writeFileSync(markerFile, JSON.stringify({ ...record, making: MAKING }));
    expect(await find()).toBeDefined();
    fs.writeFileSync(markerFile, JSON.stringify({ ...record, [member]: value }));
    expect(await find()).toBeUndefined();
    expect((await (await here.cache.care()).survey()).holdings).toMatchObject([{ kind: 'work' }]);
  });

  it('stays until a new one takes its place, also when that fails', async () => {
    await here.publish({ tool: 'old' });
    const entry = await here.begin();
    expect(await entry.find()).toMatchObject({ key: REF.key });
    expect(await entry.purge('failed')).toEqual(['asset', 'failed', 'galley-complete', 'galley-fingerprint']);
    await entry.release();
    expect(await find()).toBeDefined();
  });

  it('is gone when it is removed', async () => {
    await here.publish({ 'bin/tool': 'tool' });
    here.cache.close();
    const care = await here.cache.care();
    await care.remove((await care.survey()).holdings);
    expect(fs.existsSync(dirs().entryDir)).toBe(false);
  });
});

function edit(file: string, from: string, to: string): void {
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(from, to));
}

function replaceByCopy(): void {
  const { assetDir } = dirs();
  fs.renameSync(assetDir, `${assetDir}.away`);
  fs.cpSync(`${assetDir}.away`, assetDir, { recursive: true });
}

function addFile(dir: string): void {
  fs.chmodSync(dir, 0o755);
  fs.writeFileSync(path.join(dir, 'added'), '');
}

describe('the fingerprint', () => {
  it.each([
    ['content', 'content', (dir: string) => fs.writeFileSync(`${dir}/sub/a`, 'B')],
    ['mode', 'mode', (dir: string) => fs.chmodSync(`${dir}/sub/a`, 0o555)],
    ['link for a file', 'kind', (dir: string) => swapLink(`${dir}/sub/a`, 'elsewhere')],
    ['kind of file', 'kind', (dir: string) => execFileSync('sh', ['-c', 'rm -f "$0" && mkfifo "$0"', `${dir}/sub/a`])],
    ['missing file', 'missing', (dir: string) => fs.unlinkSync(`${dir}/sub/a`)],
  ])('shows a changed %s', async (_, how, harm) => {
    const asset = await here.publish({ 'sub/a': 'A', b: 'B' });
    execFileSync('chmod', ['-R', 'u+w', asset.assetDir]);
    execFileSync('chmod', ['u-w', asset.assetDir, `${asset.assetDir}/b`]);
    expect(await here.cache.verify(asset)).toEqual([
      { path: 'sub', how: 'mode' },
      { path: 'sub/a', how: 'mode' },
    ]);
    fs.chmodSync(`${asset.assetDir}/sub/a`, 0o444);
    harm(`${asset.assetDir}`);
    fs.chmodSync(`${asset.assetDir}/sub`, 0o555);
    expect(await here.cache.verify(asset)).toEqual([{ path: 'sub/a', how }]);
  });

  it.skipIf(process.platform !== 'linux')('shows a file that got a name in no UTF-8', async () => {
    const asset = await here.publish({ a: 'A' });
    fs.chmodSync(asset.assetDir, 0o755);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${asset.assetDir}/`), Buffer.from([0xe9])]), '');
    expect(await here.cache.verify(asset)).toEqual([{ path: '\\xe9', how: 'unreadable' }]);
  });

  it('is itself protected, and answers the digest of a file', async () => {
    const asset = await here.publish({ 'sub/a': 'A' });
    const sha256 = '559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd';
    expect(await here.cache.findDigest(asset, 'sub/a')).toBe(sha256);
    expect(await here.cache.findDigest(asset, 'sub')).toBeUndefined();
    edit(dirs().fingerprintFile, sha256, sha256.replace('5', '6'));
    expect(await here.cache.verify(asset)).toEqual([{ path: 'galley-fingerprint', how: 'content' }]);
    expect(await here.cache.findDigest(asset, 'sub/a')).toBeUndefined();
  });
});

function swapLink(file: string, target: string): void {
  fs.unlinkSync(file);
  fs.symlinkSync(target, file);
}

describe('an entry that is left', () => {
  it.each<[Leaving, boolean, string[]]>([
    ['user-managed', true, []],
    ['unfinished', true, ['fetch']],
    ['unfinished', false, []],
    ['cancelled', true, ['fetch']],
    ['cancelled', false, []],
    ['failed', true, ['failed', 'fetch']],
    ['failed', false, ['failed']],
  ])('%s (with downloads: %s) keeps %j', async (leaving, withDownloads, kept) => {
    const entry = await here.begin();
    const { fetchDir, installDir, stageDir, failedDir, entryDir } = entry.dirs;
    if (withDownloads) fs.writeFileSync(path.join(fetchDir, 'a.tar'), '');
    fs.writeFileSync(path.join(installDir, 'half'), '');
    fs.writeFileSync(path.join(stageDir, 'a.c'), '');
    expect(await entry.purge(leaving)).toEqual(kept);
    await entry.release();
    expect(fs.existsSync(entryDir) ? fs.readdirSync(entryDir) : []).toEqual(kept);
    if (leaving === 'failed') expect(fs.readdirSync(path.join(failedDir, 'stage'))).toEqual(['a.c']);
  });

  it('by a crash is made ready again, without what was fetched being lost', async () => {
    const first = await here.begin();
    fs.writeFileSync(path.join(first.dirs.fetchDir, 'a.tar'), '');
    fs.writeFileSync(path.join(first.dirs.installDir, 'half'), '');
    fs.mkdirSync(first.dirs.failedDir);
    await first.release();
    const { dirs: paths, release } = await here.begin();
    expect(fs.readdirSync(paths.entryDir)).toEqual(['fetch', 'install', 'lock', 'work']);
    expect(fs.readdirSync(paths.fetchDir)).toEqual(['a.tar']);
    expect(fs.readdirSync(paths.installDir)).toEqual([]);
    await release();
  });

  it('by a failure can be opened again as it was, once', async () => {
    const first = await here.begin();
    fs.writeFileSync(path.join(first.dirs.stageDir, 'a.c'), '');
    await first.purge('failed');
    await first.release();
    const again = await here.cache.lock(REF, { signal: AbortSignal.timeout(10_000) });
    expect(await again.reopen()).toBe(true);
    expect(fs.readdirSync(again.dirs.stageDir)).toEqual(['a.c']);
    expect(fs.readdirSync(again.dirs.entryDir)).toEqual(['fetch', 'install', 'lock', 'work']);
    expect(await again.reopen()).toBe(false);
    await again.release();
  });

  it('may not be published after its lock was released', async () => {
    const entry = await here.begin();
    await entry.release();
    await expect(entry.publish(DRAFT)).rejects.toThrow('after its release');
  });

  it('may not be published when nothing is installed in it any more', async () => {
    const entry = await here.begin();
    fs.rmdirSync(entry.dirs.installDir);
    await expect(entry.publish(DRAFT)).rejects.toMatchObject({ facts: { errno: 'ENOENT' } });
    await entry.release();
  });
});

it.skipIf(process.getuid?.() !== 0)(
  'an asset can be replaced and removed by a user who is not root (needs root)',
  async () => {
    fs.chmodSync(here.top, 0o777);
    const script = `
    const { openCache } = await import(${JSON.stringify(path.join(import.meta.dirname, 'cache.ts'))});
    const { createFiles } = await import(${JSON.stringify(path.join(import.meta.dirname, '../system/files.ts'))});
    const { surroundings } = await import(${JSON.stringify(path.join(import.meta.dirname, 'testing/temporary-cache.ts'))});
    const files = createFiles();
    const cache = await openCache({ rootDir: process.argv[1], files, ...surroundings() });
    const ref = ${JSON.stringify(REF)}, wish = { signal: new AbortController().signal };
    for (let build = 0; build < 2; build++) {
      const entry = await cache.lock(ref, wish);
      await entry.prepare();
      await files.ensureDir(entry.dirs.installDir + '/bin');
      await files.writeAtomic(entry.dirs.installDir + '/bin/tool', 'x' + build);
      console.log((await cache.verify(await entry.publish({ keyParts: {}, sources: [], builtAt: 1 }))).length);
      await entry.release();
    }
    cache.close();
    const care = await cache.care();
    await care.remove((await care.survey()).holdings);
    console.log((await files.list(cache.layout.assetsDir + '/' + ref.identity)).length);
  `;
    const words = [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ];
    expect(execFileSync('setpriv', [...words, path.join(here.top, 'mine')], { encoding: 'utf8' })).toBe('0\n0\n0\n');
  },
);
