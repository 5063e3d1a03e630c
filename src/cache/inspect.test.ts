import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles, type Files } from '../system/files.ts';
import { readLeases } from '../system/lease.ts';
import { openCache } from './cache.ts';
import type { Inspected } from './inspect.ts';
import { makeTemporaryCache, REF, surroundings, type TemporaryCache } from './testing/temporary-cache.ts';

const UNIT = `assets/${REF.identity}/${REF.platform}-${REF.key}`;
const SHA256 = sha256OfBytes('flour');
const DOWNLOAD = `downloads/sha256/${SHA256.slice(0, 2)}/${SHA256}`;
const RECIPE = 'recipes/acme.far@r1/0abc';

let here: TemporaryCache;
let files: Files;
beforeEach(async () => {
  files = createFiles();
  here = await makeTemporaryCache(files);
  await here.publish({ tool: 'tool' });
  fs.writeFileSync(here.cache.downloads.partFile('part'), 'flour');
  await here.cache.downloads.adopt(here.cache.downloads.partFile('part'), SHA256);
  await here.cache.ensureRecipe('acme.far@r1', '0abc', (dir) => files.writeAtomic(`${dir}/recipe.js`, 'export'));
  await files.writeAtomic(await here.cache.newLog('acme.tool@r1', '1700-0123.log'), 'words');
  here.cache.close();
});
afterEach(() => here[Symbol.asyncDispose]());

const at = (...names: string[]): string => path.join(here.cache.layout.rootDir, ...names);

async function inspect(meanwhile: (seen: Inspected) => void = () => {}) {
  const care = await here.cache.care();
  const { holdings } = await care.survey();
  const all = await care.inspect(holdings, meanwhile);
  return all.map(({ holding, differences }) => [holding.path, differences.map((each) => `${each.path}: ${each.how}`)]);
}

it('what has a digest is read again, told one by one, and in use from then on', async () => {
  const told: string[] = [];
  const answered: Inspected[] = [];
  const all = await inspect((inspected) => {
    told.push(inspected.holding.path);
    if (inspected.asset) answered.push(inspected);
  });
  expect(all).toEqual([UNIT, DOWNLOAD, RECIPE].map((name) => [name, []]));
  expect(answered[0]?.asset).toEqual(await here.cache.peek(REF));
  expect(told.sort()).toEqual([UNIT, DOWNLOAD, RECIPE]);
  const [lease] = readLeases(here.cache.layout.runLeasesDir);
  for (const name of told) expect(lease?.names).toContain(name);
});

it('what was damaged is found in each kind of thing', async () => {
  fs.chmodSync(at(UNIT, 'asset/tool'), 0o755);
  fs.writeFileSync(at(DOWNLOAD), 'flower');
  fs.chmodSync(at(RECIPE, 'recipe.js'), 0o644);
  expect(await inspect()).toEqual([
    [UNIT, ['tool: mode']],
    [DOWNLOAD, ['.: content']],
    [RECIPE, ['recipe.js: mode']],
  ]);
});

it('an asset that another has taken the place of was replaced, when nothing in it differs', async () => {
  fs.renameSync(at(UNIT, 'asset'), at(UNIT, 'away'));
  fs.cpSync(at(UNIT, 'away'), at(UNIT, 'asset'), { recursive: true });
  fs.chmodSync(at(UNIT, 'asset'), 0o555);
  expect((await inspect())[0]).toEqual([UNIT, ['.: replaced']]);
  fs.rmSync(at(UNIT, 'asset'), { recursive: true });
  expect((await inspect())[0]).toEqual([UNIT, ['.: missing']]);
  fs.unlinkSync(at(UNIT, 'galley-fingerprint'));
  expect((await inspect())[0]).toEqual([UNIT, ['galley-fingerprint: missing']]);
});

it('a file that cannot be read is told by its name', async () => {
  const { stat } = files;
  const refusal = (file: string) => new Failure('IO_ERROR', 'Cannot look', { facts: { path: file, errno: 'EIO' } });
  files.stat = (file) => (file.endsWith('/tool') ? Promise.reject(refusal(file)) : stat(file));
  expect((await inspect())[0]).toEqual([UNIT, ['tool: unreadable']]);
  files.stat = (file) => (file === at(RECIPE) ? Promise.reject(refusal(file)) : stat(file));
  expect((await inspect())[2]).toEqual([RECIPE, ['.: unreadable']]);
  files.stat = () => Promise.reject(new Error('a bug'));
  await expect(inspect()).rejects.toThrow('a bug');
});

it('an asset that is made again while it is read is read again', async () => {
  fs.chmodSync(at(UNIT, 'asset/tool'), 0o755);
  const { listTree } = files;
  files.listTree = async (dir) => {
    if (dir !== at(UNIT, 'asset')) return await listTree(dir);
    files.listTree = listTree;
    const found = await listTree(dir);
    await here.publish({ tool: 'new' });
    return found;
  };
  expect((await inspect())[0]).toEqual([UNIT, []]);
});

it('a recipe of an older galley cannot be compared', async () => {
  fs.chmodSync(at(RECIPE, 'recipe.js'), 0o644);
  fs.unlinkSync(at(`${RECIPE}.fingerprint`));
  expect((await inspect())[2]).toEqual([RECIPE, []]);
});

it('what is gone by the time it would be read is not told', async () => {
  const care = await here.cache.care();
  const { holdings } = await care.survey();
  for (const { path: name } of holdings) await files.removeTree(at(name));
  const told = await care.inspect(holdings, () => {});
  expect(told).toEqual([]);
});

it('nothing more is read when it is cancelled', async () => {
  const { holdings } = await (await here.cache.care()).survey();
  const parts = { files, ...surroundings(), signal: AbortSignal.abort(new Error('enough')) };
  const care = await (await openCache({ rootDir: at(), ...parts })).care();
  const told: Inspected[] = [];
  await expect(care.inspect(holdings, (inspected) => told.push(inspected))).rejects.toThrow('enough');
  expect(told).toEqual([]);
});
