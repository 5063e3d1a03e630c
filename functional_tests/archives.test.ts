// Zips, wheels and tars of all kinds through the command line: staged, extracted, as remote recipes, under false names;
// and what is wrong with zips, told by its code.
import { execFileSync } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { arOf } from '../src/archive/testing/ars.ts';
import { sevenZipOf } from '../src/archive/testing/seven-zips.ts';
import { shapedZip, type ZipItem, zipOf } from '../src/archive/testing/zips.ts';
import { assetOf, entryOf, readTree } from './rig/disk.ts';
import { findForgery } from './rig/fingerprint.ts';
import { galley, succeed } from './rig/galley.ts';
import { findEscaped, lookOutside } from './rig/outside.ts';
import { createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { tarOf, tarOfItems } from './rig/tar.ts';

const TOOL = 'test.tool@r1';
const WHEEL: ZipItem[] = [
  { name: 'tool/' },
  { name: 'tool/run.sh', content: '#!/bin/sh\necho it runs\n', mode: 0o100755 },
  { name: 'tool/run', content: 'run.sh', mode: 0o120777, method: 0 },
];

test('zips are unpacked without a stage verb, by ctx.extract and by ctx.extract_all, whatever they are called', async () => {
  const names = ['tool.zip', 'tool-1.0-py3-none-any.whl', 'really-a-zip.tar.gz'];
  const server = await startServer(Object.fromEntries(names.map((name) => [`/${name}`, zipOf(...WHEEL)])));
  const runs = `export const install = '"$GALLEY_STAGE_DIR"/tool/run > told';`;
  const project = await createProject({
    ...Object.fromEntries(
      names.map((name, index) => [
        `recipes/test.staged${index}@r1.js`,
        `export const fetch = '${server.url(`/${name}`)}'; ${runs}`,
      ]),
    ),
    'recipes/test.extracted@r1.js': `
      export const fetch = '${server.url(`/${names[0]}`)}'; ${runs}
      export const stage = async (ctx) => { ctx.log.info(String(await ctx.extract('tool.zip'))); };`,
    'recipes/test.all@r1.js': `
      export const fetch = ['${server.url(`/${names[0]}`)}', '${server.url(`/${names[1]}`)}']; ${runs}
      export const stage = (ctx) => ctx.extract_all();`,
  });
  const { events } = await succeed(project, 'sync');
  for (const name of ['staged0', 'staged1', 'staged2', 'extracted', 'all'])
    expect(await assetOf(project, `test.${name}@r1`), name).toEqual({ told: 'it runs\n' });
  expect(events.of('archive.extracted').map(({ entries }) => entries)).toEqual(Array(6).fill(3));
  expect(events.of('log.message').map(({ text }) => text)).toContain('3');
});

test('what is fetched beside an archive joins what that unpacks, and is refused by both names where it cannot', async () => {
  const link = { name: 'z', content: 'in', mode: 0o120777, method: 0 };
  const cases: Record<string, [ZipItem, Record<string, string>]> = {
    joined: [{ name: 'z/a', content: 'packed' }, { 'z/b': 'plain' }],
    linked: [link, { 'z/b': 'plain' }],
    deep: [{ ...link, name: 'z/b' }, { 'z/b/c': 'plain' }],
    full: [{ name: 'z/a', content: 'packed' }, { z: 'plain' }],
  };
  const project = await createProject();
  for (const [name, [item, plain]] of Object.entries(cases)) {
    const at = `recipes/test.${name}@r1`;
    await project.write({ [`${at}/recipe.js`]: `export const fetch = [{ path: 'z' }, { path: 'a.zip' }];` });
    for (const [file, content] of Object.entries(plain)) await project.write({ [`${at}/${file}`]: content });
    await writeFile(project.at(`${at}/a.zip`), zipOf({ name: 'in/' }, item));
  }
  const { events } = await galley(project, 'sync');
  const told = events.of('package.finished').map(({ package: name, error }) => [name, error?.code, error?.message]);
  const refused = (name: string, problem: string) => [
    `test.${name}@r1`,
    'INVALID_VALUE',
    `Cannot stage "z" over "a.zip": ${problem}`,
  ];
  expect(told.sort()).toEqual([
    refused('deep', '"z/b" is a link there and a directory here'),
    refused('full', '"z" is a directory there and a file here'),
    ['test.joined@r1', undefined, undefined],
    refused('linked', '"z" is a link there and a directory here'),
  ]);
  expect(await assetOf(project, 'test.joined@r1')).toEqual({ 'in/': '', 'z/a': 'packed', 'z/b': 'plain' });
});

test('tars packed with xz and bzip2 are unpacked, also on a machine without these programs', async () => {
  const tar = await tarOf({ text: 'packed\n' });
  const packed = (program: string): Buffer => execFileSync(program, ['-c'], { input: tar });
  const names = { 'a.tar.xz': 'xz', 'a.txz': 'xz', 'a.tar.bz2': 'bzip2', 'a.tbz2': 'bzip2' };
  const served = Object.entries(names).map(([name, program]) => [`/${name}`, packed(program)] as const);
  const server = await startServer(Object.fromEntries(served));
  const recipes = Object.keys(names).map((name) => [
    `recipes/test.${name}@r1.js`,
    `export const fetch = '${server.url(`/${name}`)}';`,
  ]);
  for (const env of [{}, { PATH: '/nowhere' }]) {
    const project = await createProject(Object.fromEntries(recipes));
    await succeed(project, 'sync', { env });
    for (const name of Object.keys(names))
      expect(await assetOf(project, `test.${name}@r1`), name).toEqual({ text: 'packed\n' });
  }
});

test('7z, Debian packages, ar and single files are staged and extracted, and refused alike when they are hostile', async () => {
  const data = gzipSync(await tarOf({ './usr/tool': 'tool' }));
  const debian = [
    { name: 'debian-binary', content: '2.0\n' },
    { name: 'control.tar', content: 'x' },
  ];
  const archives: Record<string, [Buffer, Record<string, string>]> = {
    'a.7z': [sevenZipOf({ name: 'd/a', content: 'seven' }, { name: 'b' }), { 'd/a': 'seven', b: '' }],
    'a.deb': [arOf(...debian, { name: 'data.tar.gz', content: data }), { 'usr/tool': 'tool' }],
    'a.ar': [arOf({ name: 'a.o/', content: 'object' }), { 'a.o': 'object' }],
    'fix.patch.gz': [gzipSync('a patch'), { 'fix.patch': 'a patch' }],
  };
  const evil: Record<string, Buffer> = {
    'evil.7z': sevenZipOf({ name: '../escaped', content: 'x' }),
    'evil.deb': arOf(...debian, { name: 'data.tar.gz', content: gzipSync(await tarOf({ '/escaped': 'x' })) }),
    'evil.ar': arOf({ name: '//', content: '../escaped/\n' }, { name: '/0', content: 'x' }),
    '...gz': gzipSync('x'),
  };
  const served = { ...Object.fromEntries(Object.entries(archives).map(([name, [bytes]]) => [name, bytes])), ...evil };
  const server = await startServer(
    Object.fromEntries(Object.entries(served).map(([name, bytes]) => [`/${name}`, bytes])),
  );
  const staged = Object.keys(archives).map((name) => [
    `recipes/test.${name.replace('.', '-')}@r1.js`,
    `export const fetch = '${server.url(`/${name}`)}';`,
  ]);
  const project = await createProject(Object.fromEntries(staged));
  await succeed(project, 'sync');
  for (const [name, [bytes, content]] of Object.entries(archives)) {
    expect(await assetOf(project, `test.${name.replace('.', '-')}@r1`), name).toMatchObject(content);
    await writeFile(project.at(name), bytes);
    await succeed(project, ['extract', name, `out-${name}`]);
    expect(await readTree(project.at(`out-${name}`)), name).toMatchObject(content);
  }
  for (const [name, bytes] of Object.entries(evil)) {
    await writeFile(project.at(name), bytes);
    const { events } = await galley(project, ['extract', name, 'evil']);
    expect(events.codes(), name).toEqual(['ARCHIVE_UNSAFE']);
  }
  expect(await findEscaped(project)).toEqual([]);
});

test('an archive that becomes the asset as it is has the fingerprint of what lies on the disk', async () => {
  const large = Buffer.alloc(700_000, 'some text ').toString();
  const archive = await tarOfItems(
    { name: 'bin/tool', text: '#!/bin/sh\n', mode: 0o4755 },
    { name: 'twice', text: 'first' },
    { name: 'same', type: 'link', linkname: 'twice' },
    { name: 'twice', text: 'second' },
    { name: 'large', text: large },
    { name: 'large', type: 'link', linkname: 'same' },
    { name: 'empty', text: '' },
    { name: 'link', type: 'symlink', linkname: 'bin/tool' },
  );
  const server = await startServer({ '/tool.tar.gz': gzipSync(archive) });
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `export const fetch = '${server.url('/tool.tar.gz')}';`,
  });
  await succeed(project, 'sync');
  const entryDir = await entryOf(project, TOOL);
  expect(await findForgery(entryDir)).toEqual([]);
  expect(await assetOf(project, TOOL)).toMatchObject({ twice: 'second', same: 'first', large: 'first', empty: '' });
  expect((await stat(path.join(entryDir, 'asset/bin/tool'))).mode & 0o7777).toBe(0o555);
});

test('a recipe may come as a zip', async () => {
  const text = `export const identity = '${TOOL}'; export { install } from './more.js';`;
  const items = [
    { name: `tool-1.0/${TOOL}.js`, content: text },
    { name: 'tool-1.0/more.js', content: `export const install = 'echo zipped > text';` },
  ];
  const server = await startServer({ '/tool.zip': zipOf(...items) });
  const project = await createProject({
    'galley.js': `export const packages = [{ recipe: '${TOOL}', source: '${server.url('/tool.zip')}' }];`,
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ text: 'zipped\n' });
});

test('zips that leave their directory, lie or are damaged are refused, and leave nothing', async () => {
  const link = (content: string): ZipItem => ({ name: 'link', mode: 0o120777, content });
  const archives: Record<string, [string, Buffer]> = {
    dots: ['ARCHIVE_UNSAFE', zipOf({ name: '../escaped' })],
    backslashes: ['ARCHIVE_UNSAFE', zipOf({ name: '..\\escaped', madeBy: 0 })],
    'link-then-write': ['ARCHIVE_UNSAFE', zipOf(link('../../..'), { name: 'link/escaped' })],
    'two-names': ['ARCHIVE_UNSAFE', zipOf({ name: 'fine', local: { name: '../e' } })],
    encrypted: ['ARCHIVE_UNSAFE', zipOf({ name: 'a', flags: 1 })],
    overlapping: ['ARCHIVE_UNSAFE', zipOf({ name: 'a' }, { name: 'a', at: 0 })],
    cut: ['ARCHIVE_INVALID', zipOf({ name: 'a', content: 'a' }).subarray(0, -5)],
    damaged: ['ARCHIVE_INVALID', zipOf({ name: 'a', content: 'a', crc: 1, local: { crc: 1 } })],
    unknown: ['ARCHIVE_INVALID', zipOf({ name: 'a', method: 14 })],
    parts: ['ARCHIVE_INVALID', shapedZip({ disk: 2 })],
  };
  const names = Object.keys(archives);
  const server = await startServer(
    Object.fromEntries(names.map((name) => [`/${name}.zip`, archives[name]?.[1] ?? ''])),
  );
  const project = await createProject(
    Object.fromEntries(
      names.map((name) => [`recipes/test.${name}@r1.js`, `export const fetch = '${server.url(`/${name}.zip`)}';`]),
    ),
  );
  await project.write({ '../home/secret': 'secret' });
  const before = await lookOutside(project);
  const { events } = await galley(project, 'sync');
  const codes = events.of('package.finished').map((event) => [event.package, event.error?.code]);
  expect(codes.sort()).toEqual(names.sort().map((name) => [`test.${name}@r1`, archives[name]?.[0]]));
  expect(await lookOutside(project)).toEqual(before);
  expect(await findEscaped(project)).toEqual([]);
});
