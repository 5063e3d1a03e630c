import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { temporaryName } from '../system/temporary.ts';
import { GONE, listHoldings } from './holdings.ts';
import { makeTemporaryCache, REF, type TemporaryCache } from './testing/temporary-cache.ts';

let here: TemporaryCache;
beforeEach(async () => {
  here = await makeTemporaryCache();
});
afterEach(() => here[Symbol.asyncDispose]());

const UNIT = `assets/${REF.identity}/${REF.platform}-${REF.key}`;
const SOME_TIME = 1_700_000_000_000;

function write(name: string, text: string, usedAt = SOME_TIME): string {
  const file = path.join(here.cache.layout.rootDir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  fs.utimesSync(file, usedAt / 1000, usedAt / 1000);
  return file;
}

async function list() {
  const holdings = await listHoldings({ files: here.files, layout: here.cache.layout });
  return holdings.sort((a, b) => (a.path < b.path ? -1 : 1));
}

it('an asset is used when it is made, and again when the last project has turned from it', async () => {
  const { record } = await here.publish({ tool: 'tool', 'share/text': 'text' });
  const { fingerprintFile } = here.cache.layout.entry(REF);
  fs.utimesSync(fingerprintFile, 0, 0);
  const asset = { kind: 'asset', path: UNIT, unit: UNIT, sizeBytes: 8, usedAt: record.builtAt, record };
  expect(await list()).toEqual([asset]);
  fs.utimesSync(fingerprintFile, 1000, 1000);
  expect(await list()).toEqual([{ ...asset, usedAt: 1_000_000 }]);
  fs.unlinkSync(fingerprintFile);
  expect(await list()).toEqual([asset]);
});

it('work is what a failure has left beside an asset, and every entry without one, with all that is in it', async () => {
  await here.publish({ tool: 'tool' });
  write(`${UNIT}/failed/stage/a.c`, '123');
  write(`${UNIT}/failed/phase`, '4');
  write('assets/acme.other@r1/linux-x86_64-00ff/fetch/a.tar', '12345');
  fs.symlinkSync('nowhere', path.join(here.cache.layout.rootDir, UNIT, 'failed/link'));
  const found = await list();
  expect(found.map(({ kind, path: name, unit, sizeBytes }) => [kind, name, unit, sizeBytes])).toEqual([
    ['work', 'assets/acme.other@r1/linux-x86_64-00ff', 'assets/acme.other@r1/linux-x86_64-00ff', 5],
    ['asset', UNIT, UNIT, 4],
    ['work', `${UNIT}/failed`, UNIT, 4],
  ]);
});

it('waste is what whoever published an asset has not cleared away any more', async () => {
  await here.publish({ tool: 'tool' });
  for (const name of ['fetch/a.tar', 'work/stage/a.c', 'install/a', 'replaced/a']) write(`${UNIT}/${name}`, '123');
  write(path.relative(here.cache.layout.rootDir, here.cache.layout.entry(REF).anchorFile), '45');
  const found = (await list()).filter(({ kind }) => kind === 'waste');
  expect(found.map(({ unit }) => unit)).toEqual(Array(5).fill(UNIT));
  expect(found.map(({ path: name, sizeBytes }) => [path.relative(UNIT, name), sizeBytes])).toEqual([
    ['fetch', 3],
    ['install', 3],
    ['lock', 2],
    ['replaced', 3],
    ['work', 3],
  ]);
});

it('the beginning of the first file of a cache is waste when nobody has finished it', async () => {
  write(temporaryName('schema'), '1');
  write('notes.tmp', 'mine');
  const found = await list();
  expect(found.map(({ kind, path: name }) => [kind, name.replace(/[0-9a-f]{12}/, '*')])).toEqual([
    ['waste', '.schema.*.tmp'],
  ]);
});

it('downloads, their beginnings, recipes and logs are each a thing by itself, with the time of its last use', async () => {
  const sha256 = sha256OfBytes('flour');
  write(`downloads/sha256/${sha256.slice(0, 2)}/${sha256}`, 'flour');
  const part = `downloads/parts/${temporaryName('0123')}`;
  write(part, 'flo', SOME_TIME + 1000);
  write(`${part}.json`, '{}');
  write('recipes/acme.tool@r1/0abc/recipe.js', 'export');
  write('recipes/acme.tool@r1/0abc.fingerprint', 'one line');
  write('logs/acme.tool@r1/1700-0123.log', 'words');
  const found = (await list()).map(({ usedAt, ...others }) => ({ ...others, isOld: usedAt === SOME_TIME }));
  const thing = (kind: string, name: string, sizeBytes: number, isOld = true) => ({
    ...{ kind, path: name, unit: name, sizeBytes, isOld },
  });
  expect(found).toEqual([
    thing('part', part, 3, false),
    thing('part', `${part}.json`, 2),
    thing('download', `downloads/sha256/${sha256.slice(0, 2)}/${sha256}`, 5),
    thing('log', 'logs/acme.tool@r1/1700-0123.log', 5),
    thing('recipe', 'recipes/acme.tool@r1/0abc', 6, false),
  ]);
});

it('waste is what dead processes were writing or removing, and the fingerprint of a recipe that is gone', async () => {
  const [gone, half] = [temporaryName(GONE), temporaryName('0abc')];
  const names = [
    `assets/${REF.identity}/${gone}/asset/tool`,
    `assets/${REF.identity}/${half}`,
    `downloads/sha256/ab/${half}`,
    `leases/projects/${half}`,
    `recipes/acme.tool@r1/${half}/recipe.js`,
    'recipes/acme.tool@r1/0def.fingerprint',
  ];
  for (const name of names) write(name, '12');
  const found = await list();
  expect(found.map(({ kind, path: name, sizeBytes }) => [kind, name, sizeBytes])).toEqual(
    names
      .map((name) => ['waste', name.replace(/\/(asset\/tool|recipe\.js)$/, ''), 2])
      .sort(([, a], [, b]) => (a! < b! ? -1 : 1)),
  );
  // Somebody may be writing the others at this moment; what was moved away is nobody's.
  expect(found.filter(({ usedAt }) => usedAt === 0).map(({ path: name }) => path.basename(name))).toEqual([gone]);
});

it('what has no name of ours is no holding, wherever it lies', async () => {
  for (const name of [
    'assets/cakes/linux-x86_64-0123/apple.md',
    `assets/cakes/${temporaryName(GONE)}`,
    `assets/${REF.identity}/README`,
    'downloads/parts/film.part',
    'downloads/sha256/films/0123',
    'downloads/sha256/ab/film',
    'recipes/cakes/apple.md',
    'recipes/cakes/0abc',
    'recipes/acme.tool@r1/apple.md',
    'recipes/acme.tool@r1/apple.fingerprint',
    'logs/nginx/1700-0123.log',
    'logs/acme.tool@r1/access.log',
  ])
    write(name, '12');
  expect(await list()).toEqual([]);
});

it('what a link leads to is no holding; a link in the place of a thing is one, without what it leads to', async () => {
  const theirs = path.join(here.top, 'theirs');
  const link = (name: string, to = theirs): void => {
    const file = path.join(here.cache.layout.rootDir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.symlinkSync(to, file);
  };
  const names = ['0abc', '1700-0123.log', `${REF.platform}-${REF.key}/failed/a`, temporaryName(GONE)];
  for (const name of names) write(path.relative(here.cache.layout.rootDir, path.join(theirs, name)), '12345');
  for (const name of ['recipes/acme.tool@r1', 'logs/acme.tool@r1', 'assets/acme.tool@r1', 'downloads/sha256/ab'])
    link(name);
  link(`assets/acme.other@r1/${REF.platform}-${REF.key}`, path.join(theirs, `${REF.platform}-${REF.key}`));
  link('leases/projects');
  link('recipes/acme.other@r1/0abc');
  fs.rmdirSync(path.join(here.cache.layout.downloadsDir, 'parts'));
  link('downloads/parts');
  const found = await list();
  expect(found.map((each) => [each.kind, each.path, each.sizeBytes])).toEqual([
    ['recipe', 'recipes/acme.other@r1/0abc', 0],
  ]);
});
