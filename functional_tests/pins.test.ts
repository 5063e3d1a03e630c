// Sources without a digest are pinned on first use, in galley.lock, and are the same bytes from then on or an error.
import { rm, stat, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { readTree, removeAll } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { editLock, lockedSources, lockText, PLATFORM, readLock } from './rig/lock.ts';
import { createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';

const SOUP = 'test.soup@r1';

const fetches = (...urls: string[]): string => `export const fetch = ${JSON.stringify(urls)};`;

/** A fetch function that fetches and commits, and says each time that it ran. */
const fetchesItself = (url: string, note = 'true'): string => `
  export async function fetch(ctx) {
    await ctx.run(${JSON.stringify(note)});
    await ctx.commit_fetch(await ctx.fetch('${url}'));
  }`;

test('a source without a digest is pinned on the first sync, and the sync says so', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const url = server.url('/soup.txt');
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(url) });
  const first = await succeed(project, 'sync');
  const sha256 = sha256OfBytes('soup');
  expect(first.events.of('source.pinned')).toMatchObject([{ package: SOUP, url, sha256 }]);
  expect(await readLock(project)).toEqual([
    { package: SOUP, kind: 'file', source: url, platform: PLATFORM, sha256, size: 4 },
  ]);
  const { mtimeNs } = await stat(project.at('galley.lock'), { bigint: true });
  const second = await succeed(project, 'sync');
  expect(second.events.of('source.pinned')).toEqual([]);
  expect((await stat(project.at('galley.lock'), { bigint: true })).mtimeNs).toBe(mtimeNs);
  expect(server.asked('/soup.txt')).toBe(1);
});

test('other bytes under a pinned URL are refused with both digests', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  await succeed(project, 'sync');
  server.set('/soup.txt', 'poison');
  await removeAll(project.cacheDir);
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.codes()).toEqual(['DIGEST_MISMATCH']);
  const [problem] = events.problems();
  for (const text of [sha256OfBytes('soup'), sha256OfBytes('poison'), server.url('/soup.txt')])
    expect(problem?.message).toContain(text);
  expect(problem?.location).toMatchObject({ file: project.at(`recipes/${SOUP}.js`), line: 1 });
  expect(await readLock(project)).toMatchObject([{ package: SOUP, sha256: sha256OfBytes('soup') }]);
  // A new pin is a decision of a person.
  await rm(project.at('galley.lock'));
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [SOUP]: 'built' });
  const { stdout } = await succeed(project, 'asset soup');
  expect(await readTree(stdout.trim())).toEqual({ 'soup.txt': 'poison' });
});

test('a pin is part of the key, and the one of the recipe overrules the one of the lock file', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  const keyNow = async () => (await succeed(project, 'sync')).events.of('package.resolved')[0]?.key;
  const first = await keyNow();
  await rm(project.at('galley.lock'));
  server.set('/soup.txt', 'new soup');
  expect(await keyNow()).not.toBe(first);
  await project.write({
    [`recipes/${SOUP}.js`]: `export const fetch = { url: '${server.url('/soup.txt')}', sha256: '${sha256OfBytes('soup')}' };`,
  });
  // Its bytes are in the download store still.
  await succeed(project, 'sync');
  expect(server.asked('/soup.txt')).toBe(2);
});

test('--frozen refuses every source that is not in the lock file, and downloads nothing', async () => {
  const server = await startServer({ '/a': 'a', '/b': 'b', '/c': 'c' });
  const project = await createProject({
    'recipes/test.a@r1.js': fetches(server.url('/a')),
    // Found although the package it depends on is refused too.
    'recipes/test.b@r1.js': `export const fetch = [
      '${server.url('/b')}',
      '${server.url('/c')}',
    ]; export const dependencies = [{ recipe: 'test.a@r1' }];`,
    'recipes/test.c@r1.js': fetchesItself(server.url('/c')),
  });
  const { status, events } = await galley(project, 'sync --frozen');
  expect(status).toBe(2);
  const missing = (url: string, label: string) =>
    `Source "${server.url(url)}" of ${label} is not in galley.lock for ${PLATFORM}, and --frozen forbids adding it`;
  expect(events.problems()).toMatchObject([
    { code: 'FROZEN', message: missing('/a', 'test.a@r1'), hint: expect.stringContaining('galley lock') },
    { code: 'FROZEN', message: missing('/b', 'test.b@r1'), location: { line: 2 } },
    { code: 'FROZEN', message: missing('/c', 'test.b@r1'), location: { line: 3 } },
    { code: 'FROZEN', message: missing('/c', 'test.c@r1') },
  ]);
  expect(['/a', '/b', '/c'].map(server.asked)).toEqual([0, 0, 0]);
  // On a machine of CI it is the default, which can be switched off.
  expect((await galley(project, 'sync', { env: { CI: 'true' } })).events.codes()).toEqual(Array(4).fill('FROZEN'));
  await succeed(project, 'sync --no-frozen', { env: { CI: 'true' } });
  await removeAll(project.cacheDir);
  await succeed(project, 'sync', { env: { CI: 'true' } });
});

test('a pin of another platform is none', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  await succeed(project, 'sync');
  await editLock(project, (text) => text.replace(PLATFORM, 'windows-arm64'));
  expect((await galley(project, 'sync --frozen')).events.codes()).toEqual(['FROZEN']);
  await succeed(project, 'sync');
  expect((await readLock(project)).map(({ platform }) => platform)).toEqual([PLATFORM, 'windows-arm64']);
});

test('--strict refuses what has no digest at all, and takes a pin of the lock file for one', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  const refused = await galley(project, 'sync --strict');
  expect(refused.status).toBe(2);
  expect(refused.events.codes()).toEqual(['UNPINNED_SOURCE']);
  await succeed(project, 'sync');
  await succeed(project, 'sync --strict');
  // A function that asks for several is told all of them.
  const urls = JSON.stringify([server.url('/salt.txt'), server.url('/stew.txt')]);
  await project.write({ [`recipes/${SOUP}.js`]: `export const fetch = (ctx) => ctx.fetch(${urls});` });
  expect((await galley(project, 'sync --strict')).events.messages()).toMatch(
    /Sources "\S+salt\.txt", "\S+stew\.txt" of .* have no sha256/,
  );
});

test('what a fetch function fetches is pinned, and it runs again ahead of its phase only when its recipe changes', async () => {
  const server = await startServer({ '/soup.txt': 'soup', '/stew.txt': 'stew' });
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({ [`recipes/${SOUP}.js`]: fetchesItself(server.url('/soup.txt'), counter.note('fetch')) });
  const first = await succeed(project, 'sync');
  expect(first.events.of('source.pinned').map(({ url }) => url)).toEqual([server.url('/soup.txt')]);
  expect(await readLock(project)).toMatchObject([
    { kind: 'file', source: server.url('/soup.txt') },
    { kind: 'function', recipe: expect.stringMatching(/^[0-9a-f]{64}$/), sources: [server.url('/soup.txt')] },
  ]);
  // Once to know the key, once to have the files.
  expect(await counter.count('fetch')).toBe(2);
  expect(server.asked('/soup.txt')).toBe(1);
  await succeed(project, 'sync');
  expect(await counter.count('fetch')).toBe(2);
  await removeAll(project.cacheDir);
  await succeed(project, 'sync --frozen');
  expect(await counter.count('fetch')).toBe(3);
  await project.write({ [`recipes/${SOUP}.js`]: fetchesItself(server.url('/stew.txt'), counter.note('fetch')) });
  expect((await galley(project, 'sync --frozen')).events.codes()).toEqual(['FROZEN']);
  await succeed(project, 'sync');
  expect(await lockedSources(project)).toEqual([`file ${SOUP} ${server.url('/stew.txt')}`]);
});

test('what a function fetches for the recipe itself, and what the recipe fetches, are pinned apart', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const recipe = `export const identity = '${SOUP}';\n${fetchesItself(server.url('/soup.txt'))}`;
  server.set('/recipe.js', recipe);
  const source = `{ fetch: async () => '${server.url('/recipe.js')}' }`;
  const project = await createProject({
    'galley.js': `export const packages = [{ recipe: '${SOUP}', source: ${source} }];`,
  });
  await succeed(project, 'sync');
  const second = await succeed(project, 'sync --frozen');
  expect(second.events.outcomes()).toEqual({ [SOUP]: 'cached' });
  expect(server.asked('/recipe.js')).toBe(1);
  server.set('/recipe.js', `${recipe}\n// other bytes`);
  await removeAll(project.cacheDir);
  expect((await galley(project, 'sync')).events.codes()).toEqual(['DIGEST_MISMATCH']);
});

test('half of what a fetch function fetches is not pinned: another platform has pinned all of its own', async () => {
  const server = await startServer({ '/a.txt': 'a', '/b.txt': 'b' });
  const [a, b] = ['/a.txt', '/b.txt'].map((path) => server.url(path));
  const recipe = `export async function fetch(ctx) {
    await ctx.commit_fetch(await ctx.fetch('${a}'));
    await ctx.commit_fetch(await ctx.fetch('${b}'));
  }`;
  const project = await createProject({ [`recipes/${SOUP}.js`]: recipe });
  await succeed(project, 'sync');
  const lock = await readLock(project);
  await editLock(project, (text) => text.replaceAll(PLATFORM, 'windows-x86_64'));
  await removeAll(project.cacheDir);
  server.set('/b.txt', undefined);
  expect((await galley(project, 'sync')).events.codes()).toEqual(['SOURCE_NOT_FOUND']);
  server.set('/b.txt', 'b');
  await succeed(project, 'sync');
  expect(await readLock(project)).toEqual(
    lock.flatMap((record) => [record, { ...record, platform: 'windows-x86_64' }]),
  );
});

test('two processes that pin different packages at once both write their pins', async () => {
  const server = await startServer({ '/a': 'a', '/b': 'b' });
  const project = await createProject();
  const control = await openControl(project);
  const recipe = (name: string): string =>
    `${fetches(server.url(`/${name}`))} export const install = ${JSON.stringify(control.script(name))};`;
  await project.write({ 'recipes/test.a@r1.js': recipe('a'), 'recipes/test.b@r1.js': recipe('b') });
  const runs = [start(project, 'sync a'), start(project, 'sync b')];
  // Both have read the lock file when it had nothing.
  const commands = [await control.next('a'), await control.next('b')];
  await Promise.all(commands.map((command) => command.exit()));
  expect(await Promise.all(runs.map(async (run) => (await run.finished).status))).toEqual([0, 0]);
  expect((await readLock(project)).map((record) => record.package)).toEqual(['test.a@r1', 'test.b@r1']);
});

test('a lock file with conflict markers is refused at the line of the first', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  await succeed(project, 'sync');
  const conflict = (await lockText(project)).replace(
    /^.*"sha256".*$/m,
    (line) => `<<<<<<< ours\n${line}\n=======\n${line}\n>>>>>>> theirs`,
  );
  await writeFile(project.at('galley.lock'), conflict);
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.problems()).toMatchObject([
    {
      code: 'LOCK_FILE_INVALID',
      message: 'Cannot read galley.lock: it has merge conflict markers',
      hint: 'Run "galley lock": it unites both sides, and says where they contradict each other',
      location: { file: project.at('galley.lock'), line: conflict.split('\n').indexOf('<<<<<<< ours') + 1, column: 1 },
    },
  ]);
  expect(await lockText(project)).toBe(conflict);
});

test.each(['install', 'asset soup', 'list', 'lint', 'sync --dry-run'])('%s writes no lock file', async (args) => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  await succeed(project, args);
  await expect(stat(project.at('galley.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('with a complete lock file and store a sync needs no network', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({ [`recipes/${SOUP}.js`]: fetches(server.url('/soup.txt')) });
  expect((await galley(project, 'sync --offline')).events.codes()).toEqual(['OFFLINE']);
  await succeed(project, 'sync');
  await succeed(project, 'cache remove soup --yes');
  expect((await succeed(project, 'sync --offline')).events.outcomes()).toEqual({ [SOUP]: 'built' });
  expect(server.asked('/soup.txt')).toBe(1);
});
