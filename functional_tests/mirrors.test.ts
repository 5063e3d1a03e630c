// Mirrors of the settings: the longest prefix counts, places are asked in their order and then the address itself, and the
// lock file knows nothing of them.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { assetOf, removeAll } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { startGitServer } from './rig/git-server.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository } from './rig/repository.ts';
import { startServer } from './rig/server.ts';

const TOOL = 'test.tool@r1';
const SETTINGS = 'galley.json';
const OWN_SETTINGS = '../home/.config/galley/config.json';

const takes = (url: string, more = ''): string => `
  export const fetch = { url: '${url}'${more} };
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

const projectOf = (url: string, mirrors: object, more = ''): Promise<Project> =>
  createProject({ [`recipes/${TOOL}.js`]: takes(url, more), [SETTINGS]: JSON.stringify({ mirrors }) });

/** Nobody answers there. */
const NOWHERE = 'http://127.0.0.1:1';

test('a mirror stands in for an address, and the lock file has the address', async () => {
  const mirror = await startServer({ '/deep/file.txt': 'content' });
  const url = 'http://upstream.invalid/a/file.txt';
  const mirrors = {
    'http://upstream.invalid': mirror.url('/wrong'),
    'http://upstream.invalid/a/': mirror.url('/deep/'),
  };
  const project = await projectOf(url, mirrors);
  const { events } = await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ 'file.txt': 'content' });
  expect(events.of('source.pinned')).toMatchObject([{ url, sha256: sha256OfBytes('content') }]);
  const lock = await readFile(project.at('galley.lock'), 'utf8');
  expect(lock).toContain(url);
  expect(lock).not.toContain(mirror.host);
  const told = JSON.parse((await galley(project, 'doctor --json --offline')).stdout) as {
    name: string;
    value: string;
  }[];
  expect(told.filter(({ name }) => name === 'mirror').map(({ value }) => value)).toEqual([
    `http://upstream.invalid/ → ${mirror.url('/wrong/')}, itself`,
    `http://upstream.invalid/a/ → ${mirror.url('/deep/')}, itself`,
  ]);
});

test('a prefix ends where a step of the path ends, and a mirror of a scheme gets the host as its first step', async () => {
  const upstream = await startServer({ '/ab/file.txt': 'upstream' });
  const all = await startServer({ [`/${upstream.host}/ab/file.txt`]: 'all' });
  const project = await projectOf(upstream.url('/ab/file.txt'), { [upstream.url('/a')]: NOWHERE });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ 'file.txt': 'upstream' });
  const other = await projectOf(upstream.url('/ab/file.txt'), { 'http://': all.url('/') });
  await succeed(other, 'sync');
  expect(await assetOf(other, TOOL)).toEqual({ 'file.txt': 'all' });
});

test('what a mirror lacks comes from the next place, and one that does not answer is asked once', async () => {
  const [partial, upstream] = [await startServer({}), await startServer({ '/1': 'one', '/2': 'two' })];
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export async function fetch(ctx) { for (const name of ['1', '2']) await ctx.commit_fetch(await ctx.fetch('${upstream.url('/')}' + name)); }
      export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`,
    [SETTINGS]: JSON.stringify({ mirrors: { [upstream.url('/')]: [NOWHERE, partial.url('/')] } }),
  });
  const { events } = await succeed(project, 'sync');
  const failures = events.of('mirror.failed').map(({ url, isMissing }) => `${url} ${isMissing}`);
  const [one, two] = [upstream.url('/1'), upstream.url('/2')];
  expect(failures).toEqual([`${one} false`, `${one} true`, `${two} true`]);
  expect(await assetOf(project, TOOL)).toEqual({ 1: 'one', 2: 'two' });
});

test('a list that ends with "off" lets nobody ask the address itself, and the failure names every place', async () => {
  const upstream = await startServer({ '/file.txt': 'content' });
  const mirror = await startServer({});
  const project = await projectOf(upstream.url('/file.txt'), {
    [upstream.url('/')]: [NOWHERE, mirror.url('/m'), 'off'],
  });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([1, ['SOURCE_NOT_FOUND']]);
  expect(events.messages()).toContain(mirror.url('/m/file.txt'));
  expect(events.messages()).toContain(`${NOWHERE}/file.txt`);
  expect(upstream.asked('/file.txt')).toBe(0);
});

test('wrong bytes of a mirror are an error that names it, though the address itself has the right ones', async () => {
  const upstream = await startServer({ '/file.txt': 'content' });
  const mirror = await startServer({ '/file.txt': 'poison' });
  const more = `, sha256: '${sha256OfBytes('content')}'`;
  const project = await projectOf(upstream.url('/file.txt'), { [upstream.url('/')]: mirror.url('/') }, more);
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
  for (const part of [mirror.url('/file.txt'), upstream.url('/file.txt'), sha256OfBytes('poison'), 'mirrors'])
    expect(events.messages()).toContain(part);
  expect(upstream.asked('/file.txt')).toBe(0);
});

test('headers of a fetch stay with the server they are for, and a registry may be mirrored like any other', async () => {
  const mirror = await startServer({
    '/pypi/simple/tool/': '<title>Links for tool</title><a href="../../f/tool-1.0.tar.gz">x</a>',
    '/pypi/f/tool-1.0.tar.gz': 'tool',
    '/up/file.txt': 'content',
  });
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const fetch = [{ url: 'http://upstream.invalid/file.txt', headers: { Authorization: 'sesame', 'X-Key': 'sesame' } }, 'pypi:tool@1.0'];
      export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`,
    [SETTINGS]: JSON.stringify({ mirrors: { 'http://upstream.invalid/': mirror.url('/up') } }),
    [OWN_SETTINGS]: JSON.stringify({ mirrors: { 'https://pypi.org/': mirror.url('/pypi/') } }),
  });
  await succeed(project, 'sync');
  expect(JSON.stringify(mirror.headers('/up/file.txt'))).not.toContain('sesame');
  const lock = await readFile(project.at('galley.lock'), 'utf8');
  expect(lock).toContain('https://pypi.org/f/tool-1.0.tar.gz');
  await removeAll(project.cacheDir);
  await succeed(project, 'sync --frozen');
  expect(mirror.asked('/pypi/simple/tool/')).toBe(1);
});

test('a repository has mirrors too; what one lacks comes from the next', async () => {
  const project = await createProject({ 'galley.js': 'export const packages = [];' });
  const make = async (name: string, text: string, tag: string): Promise<string> => {
    const repository = createRepository(`${project.rootDir}/${name}/lib`);
    const commit = await repository.commit({ 'file.txt': text });
    repository.git('tag', tag);
    return commit;
  };
  const [old, commit] = [await make('stale', 'old', 'v1'), await make('full', 'new', 'v2')];
  const servers = await Promise.all(['stale', 'full'].map((name) => startGitServer(`${project.rootDir}/${name}`)));
  const places = servers.map((server) => server.url('').replace('git+', ''));
  await project.write({ [SETTINGS]: JSON.stringify({ mirrors: { 'https://code.invalid/': [...places, 'off'] } }) });
  for (const [ref, text] of [
    ['v1', 'old'],
    ['v2', 'new'],
    [commit, 'new'],
    [old, 'old'],
  ] as const) {
    const fetched = ['fetch', 'git+https://code.invalid/lib', '--ref', ref, `${ref}.tar`];
    await succeed(project, fetched);
    await succeed(project, ['extract', `${ref}.tar`, ref]);
    expect(await readFile(project.at(ref, 'file.txt'), 'utf8')).toBe(text);
  }
});

test('a repository cannot say where tokens go', async () => {
  const tokens = { 'https://files.test/': 'HOME' };
  const project = await createProject({
    'galley.js': 'export const packages = [];',
    [SETTINGS]: JSON.stringify({ tokens }),
  });
  const { status, stderr } = await galley(project, 'sync', { told: 'words' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('where a repository decides')]);
  expect(stderr).toContain('SETTING_INVALID');
  await project.write({ [SETTINGS]: '{}', [OWN_SETTINGS]: JSON.stringify({ tokens }) });
  await succeed(project, 'sync');
});
