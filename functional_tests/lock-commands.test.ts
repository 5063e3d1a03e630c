// `galley lock`, `update` and `outdated`: pins without building, for this platform and others, and how they move.
import { readdir, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { createCounter } from './rig/counter.ts';
import { galley, succeed } from './rig/galley.ts';
import { editLock, lockedSources, lockText, PLATFORM, readLock } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository } from './rig/repository.ts';
import { startServer } from './rig/server.ts';

const OTHER = PLATFORM === 'darwin-arm64' ? 'linux-arm64' : 'darwin-arm64';

const takes = (source: unknown): string => `export const fetch = ${JSON.stringify(source)};`;

/** Lines of `galley lock --json` of one platform. */
interface Locked {
  outcome: string;
  platforms: { platform: string; changes: unknown[]; unlocked: { package: string; reason: string }[] }[];
}

const parse = (stdout: string): Locked => JSON.parse(stdout) as Locked;

async function hasLock(project: Project): Promise<boolean> {
  return (await readdir(project.dir)).includes('galley.lock');
}

test('lock pins without building, tells each change, and has nothing to do then; --dry-run only tells', async () => {
  const server = await startServer({ '/a': 'a', '/b': 'b' });
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    'recipes/test.a@r1.js': `${takes(server.url('/a'))} export const install = ${JSON.stringify(counter.note('build'))};`,
    'recipes/test.b@r1.js': `export async function fetch(ctx) { await ctx.run(${JSON.stringify(counter.note('fetch'))}); await ctx.commit_fetch(await ctx.fetch('${server.url('/b')}')); }`,
  });
  const lines = [
    `+ file ${server.url('/a')} of test.a@r1 for ${PLATFORM}: ${sha256OfBytes('a').slice(0, 12)}`,
    `+ file ${server.url('/b')} of test.b@r1 for ${PLATFORM}: ${sha256OfBytes('b').slice(0, 12)}`,
    `+ what the fetch function of test.b@r1 fetches for ${PLATFORM}: ${server.url('/b')}`,
  ];
  const dry = await succeed(project, 'lock --dry-run');
  expect([dry.stdout.trimEnd().split('\n').sort(), await hasLock(project)]).toEqual([lines, false]);
  expect((await succeed(project, 'lock')).stdout.trimEnd().split('\n').sort()).toEqual(lines);
  expect([await counter.count('build'), await counter.count('fetch')]).toEqual([0, 2]);
  const { mtimeNs } = await stat(project.at('galley.lock'), { bigint: true });
  expect((await succeed(project, 'lock')).stdout).toBe('');
  expect((await stat(project.at('galley.lock'), { bigint: true })).mtimeNs).toBe(mtimeNs);
  expect(await counter.count('fetch')).toBe(2);
  await succeed(project, 'sync --frozen');
});

test('lock --platform asks declarations and registries for other platforms, and lists what only running tells', async () => {
  const wheel = (system: string) => `tool-1.0-py3-none-${system}.whl`;
  const names = [wheel('macosx_11_0_arm64'), wheel('manylinux_2_17_x86_64'), wheel('manylinux_2_17_aarch64')];
  const files = names.map((filename) => ({
    filename,
    url: `/f/${filename}`,
    hashes: { sha256: sha256OfBytes(filename) },
  }));
  const server = await startServer({
    '/simple/tool/': JSON.stringify({ meta: { 'api-version': '1.0' }, name: 'tool', files }),
    ...Object.fromEntries(names.map((name) => [`/f/${name}`, name])),
    ...Object.fromEntries(['linux', 'darwin', 'plain', 'done'].map((name) => [`/${name}`, name])),
  });
  const env = { PIP_INDEX_URL: server.url('/simple') };
  const project = await createProject({
    'recipes/test.declared@r1.js': `export const fetch = '${server.url('/')}' + host.os;`,
    'recipes/test.asked@r1.js': `export async function fetch(ctx) {
      ctx.log.info('one and the same');
      const names = await ctx.fetch('${server.url('/plain')}');
      await ctx.commit_fetch(names);
      return 'pypi:tool@1.0';
    }`,
    'recipes/test.done@r1.js': `export async function fetch(ctx) { await ctx.run('true'); return '${server.url('/done')}'; }`,
    'recipes/test.mac@r1.js': `export const platforms = ['darwin']; ${takes(server.url('/darwin'))}`,
  });
  const both = `${PLATFORM},${OTHER}`;
  const { status, stdout } = await galley(project, `lock --json --platform ${both}`, { env });
  expect([status, parse(stdout).outcome]).toEqual([1, 'incomplete']);
  expect(parse(stdout).platforms.map(({ platform, unlocked }) => ({ platform, unlocked }))).toEqual([
    { platform: PLATFORM, unlocked: [] },
    {
      platform: OTHER,
      unlocked: [{ package: 'test.done@r1', reason: 'Only running its fetch function tells what it fetches' }],
    },
  ]);
  const of = (platform: string, records: { platform: string }[]) =>
    records.filter((record) => record.platform === platform);
  const records = await readLock(project);
  const [os = '', arch] = OTHER.split('-');
  const own = names.find((name) =>
    name.includes(os === 'darwin' ? 'macosx' : `${arch === 'arm64' ? 'aarch64' : arch}`),
  );
  expect(of(OTHER, records)).toMatchObject([
    { package: 'test.asked@r1', source: server.url('/plain'), size: 5 },
    {
      package: 'test.asked@r1',
      source: 'pypi:tool@1.0',
      url: server.url(`/f/${own}`),
      sha256: sha256OfBytes(`${own}`),
    },
    { package: 'test.asked@r1', kind: 'function', sources: [server.url('/plain'), 'pypi:tool@1.0'] },
    { package: 'test.declared@r1', source: server.url(`/${os}`) },
    ...(os === 'darwin' ? [{ package: 'test.mac@r1', source: server.url('/darwin') }] : []),
  ]);
  // The index says what the file of another platform is, and the same bytes are fetched once.
  expect([server.asked(`/f/${own}`), server.asked('/plain')]).toEqual([0, 1]);
  expect((await galley(project, 'lock --check --platform all', { env })).status).toBe(1);
  await editLock(project, (text) => text.replace(/^.*"test.declared.*\n/gm, ''));
  const checked = await galley(project, `lock --check --platform ${both}`, { env });
  expect(checked.status).toBe(2);
  expect(checked.events.problems().map(({ hint }) => hint)).toEqual(
    [PLATFORM, OTHER].map((platform) => `Run galley lock --platform ${platform} and commit galley.lock`),
  );
  expect((await galley(project, 'lock --platform linux-sparc')).events.codes()).toEqual(['USAGE']);
});

test('update moves what is asked for on every platform that the lock file knows, and leaves the rest', async () => {
  const server = await startServer({ '/a': 'a', '/b': 'b' });
  const project = await createProject({
    'recipes/test.a@r1.js': takes(server.url('/a')),
    'recipes/test.b@r1.js': takes(server.url('/b')),
    'recipes/test.tree@r1.js': '',
  });
  const repository = createRepository(`${project.rootDir}/repository`);
  const old = await repository.commit({ a: 'old' });
  await project.write({ 'recipes/test.tree@r1.js': takes({ url: repository.url, ref: 'main' }) });
  await succeed(project, `lock --platform ${PLATFORM},${OTHER}`);
  const before = await lockText(project);
  server.set('/a', 'aa');
  server.set('/b', 'bb');
  const now = await repository.commit({ a: 'new' });
  const [short, moved] = ['a', 'aa'].map((text) => sha256OfBytes(text).slice(0, 12));
  const lines = [OTHER, PLATFORM]
    .sort()
    .map((platform) => `~ file ${server.url('/a')} of test.a@r1 for ${platform}: ${short} → ${moved}`);
  const dry = await succeed(project, 'update a --dry-run');
  expect([dry.stdout.trimEnd().split('\n').sort(), await lockText(project)]).toEqual([lines, before]);
  expect(dry.events.of('source.pinned'), 'nothing is used for the first time').toEqual([]);
  await succeed(project, 'update a');
  expect((await readLock(project)).map((record) => ('size' in record ? record.size : 0)).slice(0, 4)).toEqual([
    2, 2, 1, 1,
  ]);
  const { stdout } = await succeed(project, 'update tree');
  expect(stdout).toContain(`of test.tree@r1 for ${PLATFORM}: ${old.slice(0, 12)} → ${now.slice(0, 12)}`);
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  // What comes out as it was is no change.
  expect((await succeed(project, 'update a tree')).stdout).toBe('');
  expect((await galley(project, 'update nothing')).events.codes()).toEqual(['QUERY_UNKNOWN']);
  expect((await galley(project, 'update', { env: { CI: 'true' } })).events.codes()).toEqual(['FROZEN']);
  await succeed(project, 'sync --frozen');
});

test('outdated compares versions, branches and sizes; a server that does not answer costs only its own line', async () => {
  const server = await startServer({ '/a': 'a', '/pot/-/pot-1.0.0.tgz': 'pot' });
  const dist = { tarball: server.url('/pot/-/pot-1.0.0.tgz') };
  server.set(
    '/pot',
    JSON.stringify({ 'dist-tags': { latest: '1.2.0' }, versions: { '1.0.0': { dist }, '1.2.0': { dist } } }),
  );
  const env = { npm_config_registry: server.url('/') };
  const project = await createProject();
  const repository = createRepository(`${project.rootDir}/repository`);
  const old = await repository.commit({ a: 'old' });
  repository.git('tag', 'v1.0');
  await project.write({
    'recipes/test.a@r1.js': takes([server.url('/a'), 'npm:pot@1.0.0']),
    'recipes/test.branch@r1.js': takes({ url: repository.url, ref: 'main' }),
    'recipes/test.tag@r1.js': takes({ url: repository.url, ref: 'v1.0' }),
  });
  await succeed(project, 'lock', { env });
  expect((await succeed(project, 'outdated test.tag', { env })).stdout).toBe('');
  const unsure = await succeed(project, 'outdated test.a --json', { env });
  const alike = { package: 'test.a@r1', source: server.url('/a') };
  expect(JSON.parse(unsure.stdout) as object).toMatchObject({ same_size: [alike], unknown: [] });
  expect(unsure.events.of('log.message').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^One file was compared by size only/),
  ]);
  server.set('/a', 'more');
  const now = await repository.commit({ a: 'new' });
  repository.git('tag', 'v1.1');
  const table = await succeed(project, 'outdated', { env });
  const rows = table.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  const [was, is] = [old.slice(0, 12), now.slice(0, 12)];
  expect(rows).toEqual([
    ['package', 'source', 'current', 'wanted', 'latest'],
    ['test.a@r1', server.url('/a'), sha256OfBytes('a').slice(0, 12), '4 bytes', '4 bytes'],
    ['test.a@r1', 'npm:pot@1.0.0', '1.0.0', '1.0.0', '1.2.0'],
    ['test.branch@r1', `${repository.url}#main`, was, is, is],
    ['test.tag@r1', `${repository.url}#v1.0`, was, was, 'v1.1'],
  ]);
  server.set('/pot', undefined);
  const { status, stdout, events } = await galley(project, 'outdated --json --exit-status', { env });
  expect(status).toBe(1);
  const answer = JSON.parse(stdout) as { outdated: unknown[]; unknown: { source: string }[] };
  expect([answer.outdated.length, answer.unknown.map(({ source }) => source)]).toEqual([3, ['npm:pot@1.0.0']]);
  expect(events.of('log.message').map(({ text }) => text)).toEqual([
    expect.stringContaining('"npm:pot@1.0.0" of test.a@r1'),
  ]);
  expect(await lockedSources(project)).toHaveLength(4);
});

test('a lock file of a stranger leads nowhere: not to another server, nor to files, nor to weaker transports', async () => {
  const server = await startServer({ '/pot/-/pot-1.0.0.tgz': 'pot' });
  const evil = await startServer({ '/pot/-/pot-1.0.0.tgz': 'poison' });
  server.set(
    '/pot',
    JSON.stringify({ versions: { '1.0.0': { dist: { tarball: server.url('/pot/-/pot-1.0.0.tgz') } } } }),
  );
  const env = { npm_config_registry: server.url('/') };
  const project = await createProject({ 'recipes/test.pot@r1.js': takes('npm:pot@1.0.0') });
  await succeed(project, 'lock', { env });
  const good = await lockText(project);
  await editLock(project, (text) =>
    text.replace(server.url('/'), evil.url('/')).replace(sha256OfBytes('pot'), sha256OfBytes('poison')),
  );
  const misled = await galley(project, 'sync --no-frozen', {
    env: { ...env, GALLEY_CACHE_ROOT: `${project.cacheDir}2` },
  });
  expect([misled.events.codes(), evil.paths()]).toEqual([['DIGEST_MISMATCH'], []]);
  // Nor to what somebody else has on the same one.
  server.set('/evil/-/evil-1.0.0.tgz', 'poison');
  await project.write({
    'galley.lock': good
      .replace('/pot/-/pot-1.0.0.tgz', '/evil/-/evil-1.0.0.tgz')
      .replace(sha256OfBytes('pot'), sha256OfBytes('poison')),
  });
  const other = await galley(project, 'sync', { env: { ...env, GALLEY_CACHE_ROOT: `${project.cacheDir}3` } });
  expect([other.events.codes(), server.asked('/evil/-/evil-1.0.0.tgz')]).toEqual([['DIGEST_MISMATCH'], 0]);
  for (const url of ['file:///etc/passwd', 'https://me:word@host.test/x', '../x']) {
    await project.write({ 'galley.lock': good.replace(server.url('/pot/-/pot-1.0.0.tgz'), url) });
    const refused = await galley(project, 'sync', { env });
    expect([refused.status, refused.events.codes()], url).toEqual([2, ['LOCK_FILE_INVALID']]);
    expect(JSON.stringify(refused.events.all)).not.toContain('me:word');
  }
});
