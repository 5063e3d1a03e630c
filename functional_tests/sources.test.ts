// Where recipes come from: roots in their order, paths, directories, URLs by digest, and those that ship with galley;
// and which galley the project wants.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { assetOf, removeAll } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';

const TOOL = 'test.tool@r1';

/** A whole recipe whose asset tells which one it is. */
const tells = (text: string): string =>
  `export const identity = '${TOOL}'; export const install = 'echo ${text} > text';`;

const wants = (entry: object): string =>
  `export const packages = [\n${JSON.stringify({ recipe: TOOL, ...entry })},\n];`;

test('the first root that has a recipe counts, and a file comes before a directory', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['one', './two/', '../outside']; export const packages = ['${TOOL}'];`,
    [`../outside/${TOOL}.js`]: tells('outside'),
  });
  const steps: [string, string][] = [
    [`two/${TOOL}/recipe.js`, 'directory in two'],
    [`two/${TOOL}.js`, 'file in two'],
    [`one/${TOOL}/recipe.js`, 'directory in one'],
    [`one/${TOOL}.js`, 'file in one'],
  ];
  const first = await succeed(project, 'sync');
  expect(first.events.of('recipe.loaded').map(({ file }) => file)).toEqual([
    path.join(project.rootDir, `outside/${TOOL}.js`),
  ]);
  for (const [file, text] of steps) {
    await project.write({ [file]: tells(text) });
    const { events } = await succeed(project, 'sync');
    expect(events.of('recipe.loaded').map((event) => event.file)).toEqual([project.at(file)]);
  }
});

test('a directory recipe imports modules of its own, and fetches files of its own', async () => {
  const project = await createProject({
    [`recipes/${TOOL}/recipe.js`]: `
      import { words } from './lib/words.js';
      export const fetch = { path: 'more.txt' };
      export async function build(ctx) { await ctx.write('text', words + (await ctx.read('more.txt'))); }`,
    [`recipes/${TOOL}/lib/words.js`]: `export { words } from './deeper/words.js';`,
    [`recipes/${TOOL}/lib/deeper/words.js`]: `export const words = 'hello ';`,
    [`recipes/${TOOL}/more.txt`]: 'there',
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ 'more.txt': 'there', text: 'hello there' });
});

test('a source may be a path to a file or to a directory, from the manifest', async () => {
  const project = await createProject({
    'galley.js': wants({ source: 'kitchen/whatever.js' }),
    'kitchen/whatever.js': tells('file'),
  });
  await succeed(project, 'sync');
  await project.write({ 'galley.js': wants({ source: './kitchen' }), 'kitchen/recipe.js': tells('directory') });
  const { events } = await succeed(project, 'sync');
  expect(events.of('recipe.loaded').map(({ file }) => file)).toEqual([project.at('kitchen/recipe.js')]);
});

test('a path with a digest is that very file or an error', async () => {
  const good = { source: 'tool.js', sha256: sha256OfBytes(tells('file')) };
  const project = await createProject({ 'galley.js': wants(good), 'tool.js': tells('file') });
  await succeed(project, 'sync');
  await project.write({ 'tool.js': tells('another') });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.problems()).toMatchObject([
    { code: 'DIGEST_MISMATCH', location: { file: project.at('galley.js'), line: 2 } },
  ]);
  expect(events.messages()).toContain(sha256OfBytes(tells('another')));
  expect(events.messages()).toContain(good.sha256);
  await project.write({ 'galley.js': wants({ ...good, source: '.' }), 'recipe.js': tells('directory') });
  expect((await galley(project, 'sync')).events.codes()).toEqual(['INVALID_VALUE']);
});

test('a recipe by URL and digest is downloaded once, verified, and kept', async () => {
  const server = await startServer({ '/tool.js': tells('remote') });
  const source = server.url('/tool.js');
  const project = await createProject({ 'galley.js': wants({ source, sha256: sha256OfBytes(tells('remote')) }) });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ text: 'remote\n' });
  await succeed(project, 'sync --offline');
  expect(server.asked('/tool.js')).toBe(1);
  const kept = await readdir(path.join(project.cacheDir, 'recipes', TOOL));
  expect(kept.filter((name) => /^[0-9a-f]+$/.test(name))).toHaveLength(1);
  await project.write({ 'galley.js': wants({ source, sha256: sha256OfBytes('something else') }) });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.problems()).toMatchObject([
    { code: 'DIGEST_MISMATCH', location: { file: project.at('galley.js'), line: 2 } },
  ]);
});

test('a recipe by URL without a digest is pinned on first use, and then is that recipe', async () => {
  const server = await startServer({ '/tool.js': tells('remote') });
  const source = server.url('/tool.js');
  const project = await createProject({ 'galley.js': wants({ source }) });
  expect((await galley(project, 'sync --frozen')).events.codes()).toEqual(['FROZEN']);
  expect((await galley(project, 'sync --strict')).events.codes()).toEqual(['UNPINNED_SOURCE']);
  const { events } = await succeed(project, 'sync');
  expect(events.of('source.pinned')).toMatchObject([{ url: source, sha256: sha256OfBytes(tells('remote')) }]);
  server.set('/tool.js', tells('poisoned'));
  await succeed(project, 'sync --frozen');
  await removeAll(project.cacheDir);
  expect((await galley(project, 'sync')).events.codes()).toEqual(['DIGEST_MISMATCH']);
});

test('an archive by URL is a directory recipe with all its files, also below one directory', async () => {
  const files = {
    [`tool-1.0/${TOOL}.js`]: `import { text } from './text.js'; ${tells('').replace(/echo .* >/, "' + text + ' >")}`,
    'tool-1.0/text.js': `export const text = 'cat "$GALLEY_FETCH_DIR/extra.txt"';`,
    'tool-1.0/extra.txt': 'from the archive\n',
  };
  files[`tool-1.0/${TOOL}.js`] += ` export const fetch = { path: 'extra.txt' };`;
  const archive = gzipSync(await tarOf({ 'tool-1.0/': '', ...files }));
  const server = await startServer({ '/tool.tar.gz': archive });
  const project = await createProject({ 'galley.js': wants({ source: server.url('/tool.tar.gz') }) });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ text: 'from the archive\n' });
});

test('a remote recipe that is another one, or does not exist, is an error at its entry', async () => {
  const server = await startServer({ '/tool.js': tells('remote').replace(TOOL, 'test.other@r1') });
  const project = await createProject({ 'galley.js': wants({ source: server.url('/tool.js') }) });
  expect((await galley(project, 'sync')).events.codes()).toEqual(['IDENTITY_MISMATCH']);
  await project.write({ 'galley.js': wants({ source: server.url('/gone.js') }) });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.problems()).toMatchObject([
    { code: 'SOURCE_NOT_FOUND', location: { file: project.at('galley.js'), line: 2 } },
  ]);
});

test('recipes of galley are found without a root, and no root can replace them', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = [];`,
    'recipes/galley.zlib@r1.js': `export const identity = 'galley.zlib@r1'; throw new Error('replaced');`,
  });
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['galley.zlib@r1'];`,
  });
  const listed = JSON.parse((await succeed(project, 'list --json')).stdout) as { package: string; products: object }[];
  expect(listed.map(({ package: name }) => name)).toEqual(['galley.zlib@r1']);
  expect((await succeed(project, 'lint')).status).toBe(0);
});

test('a manifest that pins this version of galley works, and another one says how to get it', async () => {
  const pinned = (version: string): string => `export const galley = '${version}'; ${wants({ source: 'tool.js' })}`;
  const project = await createProject({ 'galley.js': wants({ source: 'tool.js' }), 'tool.js': tells('file') });
  const version = (await succeed(project, 'version')).stdout.trim().split(' ').at(-1) as string;
  await project.write({ 'galley.js': pinned(version) });
  await succeed(project, 'sync');
  await project.write({ 'galley.js': pinned('99.0.0') });
  for (const command of ['sync', 'install', 'list', 'asset tool', 'run true', 'lint']) {
    const { status, events } = await galley(project, command);
    expect(status, command).toBe(2);
    expect(events.codes()).toEqual(['TOOL_VERSION']);
    expect(events.messages()).toContain(`wants galley 99.0.0, this is ${version}`);
    expect(events.messages()).toContain('galley@99.0.0');
  }
});
