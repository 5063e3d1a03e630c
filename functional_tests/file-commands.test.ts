// The commands that need no project: fetch, extract and hash.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { entryOf, listNames, readTree } from './rig/disk.ts';
import { cleanEnvironment, galley, nestedGalley, start, succeed } from './rig/galley.ts';
import { findEscaped } from './rig/outside.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository } from './rig/repository.ts';
import { startServer } from './rig/server.ts';
import { startStuckServer } from './rig/stuck-server.ts';
import { tarOf, tarOfItems } from './rig/tar.ts';

const RYE = '45239af61a4a90ae8abf5094d8f554d7514c547b8063a0c397fa2c860d5f2b6e';

/** A directory in which there is no manifest. */
async function place(): Promise<Project> {
  const project = await createProject();
  await rm(project.at('galley.js'));
  return project;
}

test('fetch puts a file under its own name, and says where it is and what it has', async () => {
  const server = await startServer({ '/in/rye.txt': 'rye\n' });
  const project = await place();
  const { stdout, events } = await succeed(project, ['fetch', server.url('/in/rye.txt')]);
  expect(stdout).toBe(`${project.at('rye.txt')}\n`);
  expect(await readTree(project.dir)).toEqual({ '.git/': '', 'rye.txt': 'rye\n' });
  expect(events.of('fetch.finished')).toMatchObject([{ sizeBytes: 4, sha256: RYE, from: 'network' }]);

  const again = await succeed(project, ['fetch', server.url('/in/rye.txt'), 'a/b/', '--sha256', RYE, '--json']);
  expect(JSON.parse(again.stdout)).toEqual({
    path: project.at('a/b/rye.txt'),
    sha256: RYE,
    size_bytes: 4,
    url: server.url('/in/rye.txt'),
  });
  expect(server.asked('/in/rye.txt'), 'known bytes come from the cache').toBe(1);
});

test('fetch takes a path too, from where it is called', async () => {
  const project = await place();
  await mkdir(project.at('sub'));
  await writeFile(project.at('flour'), 'rye\n');
  await succeed(project, 'fetch ../flour bread', { cwd: 'sub' });
  expect(await readFile(project.at('sub/bread'), 'utf8')).toBe('rye\n');
});

test('fetch takes the tree of a repository, or a part of it, and says of which commit', async () => {
  const project = await place();
  const repository = createRepository(`${project.rootDir}/repos/lib`);
  const commit = await repository.commit({ 'src/a.c': 'a', readme: 'r' });
  await repository.commit({ 'src/a.c': 'b' });
  const words = ['fetch', repository.url, '--ref', commit, '--subdir', 'src', '--strict', '--json'];
  const answer = JSON.parse((await succeed(project, words)).stdout) as Record<string, string>;
  expect([answer.path, answer.url]).toEqual([project.at('lib.tar'), expect.stringContaining(commit)]);
  await succeed(project, 'extract lib.tar out');
  expect(await readTree(project.at('out'))).toEqual({ 'a.c': 'a' });
  const unknown = await galley(project, ['fetch', repository.url, 'other.tar', '--ref', 'nowhere']);
  expect([unknown.status, unknown.events.codes()]).toEqual([1, ['SOURCE_NOT_FOUND']]);
});

test('fetch replaces a file with another content only when it is told to', async () => {
  const project = await place();
  await writeFile(project.at('flour'), 'rye\n');
  await writeFile(project.at('bread'), 'mine\n');
  const refused = await galley(project, 'fetch flour bread');
  expect([refused.status, refused.events.codes()]).toEqual([2, ['USAGE']]);
  expect(await readFile(project.at('bread'), 'utf8')).toBe('mine\n');
  await succeed(project, 'fetch flour bread --yes');
  await succeed(project, 'fetch flour bread');
  expect(await readTree(project.dir)).toEqual({ '.git/': '', bread: 'rye\n', flour: 'rye\n' });
  await mkdir(project.at('dir/flour'), { recursive: true });
  expect((await galley(project, 'fetch flour dir --yes')).status, 'a directory is not replaced').toBe(2);
});

test('fetch leaves nothing where a download is refused', async () => {
  const server = await startServer({ '/rye.txt': 'rye\n' });
  const project = await place();
  const ask = async (...words: string[]) => {
    const { status, events } = await galley(project, ['fetch', ...words]);
    return [status, ...events.codes()];
  };
  expect(await ask(server.url('/none'), 'in/')).toEqual([1, 'SOURCE_NOT_FOUND']);
  expect(await ask('none')).toEqual([1, 'SOURCE_NOT_FOUND']);
  expect(await ask(server.url('/rye.txt'), '--sha256', '0'.repeat(64))).toEqual([1, 'DIGEST_MISMATCH']);
  expect(await ask(server.url('/rye.txt'), '--sha256', 'rye')).toEqual([2, 'INVALID_VALUE']);
  expect(await ask(server.url('/rye.txt'), '--offline')).toEqual([3, 'OFFLINE']);
  expect(await ask(server.url('/rye.txt'), '--strict')).toEqual([2, 'UNPINNED_SOURCE']);
  expect(await ask(server.url('/rye.txt'), '--ref', 'v1')).toEqual([2, 'USAGE']);
  expect(await ask('gopher://rye')).toEqual([2, 'SOURCE_UNSUPPORTED']);
  const dry = await succeed(project, ['fetch', '--dry-run', server.url('/rye.txt'), 'in/']);
  expect(dry.stdout).toBe(`${project.at('in/rye.txt')}\n`);
  expect(await readTree(project.dir)).toEqual({ '.git/': '' });
});

test('fetch that is interrupted leaves nothing in the directory', async () => {
  const server = await startStuckServer('rye'.repeat(1000));
  const project = await place();
  const running = start(project, ['fetch', server.url('/rye.txt')]);
  await server.stuck;
  running.kill('SIGINT');
  expect((await running.finished).status).toBe(130);
  expect(await readTree(project.dir)).toEqual({ '.git/': '' });
});

test('extract makes the directory, and takes the part that is asked for', async () => {
  const project = await place();
  await writeFile(
    project.at('a.tar.gz'),
    gzipSync(await tarOf({ 'z/inc/a.h': 'h', 'z/inc/a.md': '', 'z/lib/a.a': 'a' })),
  );
  const { stdout, events } = await succeed(project, 'extract a.tar.gz out/all');
  expect(stdout).toBe(`${project.at('out/all')}\n`);
  expect(events.of('archive.extracted')).toMatchObject([{ file: 'a.tar.gz', entries: 3, sizeBytes: 2 }]);
  expect(await readTree(project.at('out/all'))).toEqual({ 'z/inc/a.h': 'h', 'z/inc/a.md': '', 'z/lib/a.a': 'a' });
  const words = 'extract a.tar.gz part --strip-components 1 --include inc --include lib --exclude **/*.md --json';
  const part = await succeed(project, words);
  expect(JSON.parse(part.stdout)).toEqual({ dir: project.at('part'), entries: 2, size_bytes: 2 });
  expect(await readTree(project.at('part'))).toEqual({ 'inc/a.h': 'h', 'lib/a.a': 'a' });
  await succeed(project, 'extract ../a.tar.gz', { cwd: 'out' });
  expect(await listNames(project.at('out'))).toEqual(['all', 'z']);
  await succeed(project, 'extract a.tar.gz dry --dry-run');
  expect(await listNames(project.dir)).not.toContain('dry');
});

test('extract of a hostile or broken archive removes the directory it made, and nothing else', async () => {
  const project = await place();
  await writeFile(project.at('evil.tar'), await tarOfItems({ name: 'fine', text: 'x' }, { name: '../escaped' }));
  await writeFile(project.at('words.tar'), 'no archive at all');
  await mkdir(project.at('mine/kept'), { recursive: true });
  const ask = async (words: string) => {
    const { status, events } = await galley(project, words);
    return [status, ...events.codes()];
  };
  expect(await ask('extract evil.tar new/deep')).toEqual([1, 'ARCHIVE_UNSAFE']);
  expect(await ask('extract words.tar new')).toEqual([1, 'ARCHIVE_INVALID']);
  expect(await ask('extract none.tar new')).toEqual([1, 'SOURCE_NOT_FOUND']);
  expect(await ask('extract mine new')).toEqual([1, 'ARCHIVE_INVALID']);
  expect(await ask('extract evil.tar new --strip-components one')).toEqual([2, 'USAGE']);
  expect(await ask('extract evil.tar new --include {1..30000000}')).toEqual([2, 'USAGE']);
  expect(await listNames(project.dir)).toEqual(['.git', 'evil.tar', 'mine', 'words.tar']);
  expect(await ask('extract evil.tar mine')).toEqual([1, 'ARCHIVE_UNSAFE']);
  expect(await listNames(project.at('mine'))).toEqual(['fine', 'kept']);
  expect(await findEscaped(project)).toEqual([]);
});

test('hash writes what sha256sum writes, for names of every kind', async () => {
  const project = await place();
  const names = ['plain', 'with space', 'back\\slash', 'line\nbreak', 'return\r', 'dir/deep'];
  await mkdir(project.at('dir'));
  for (const name of names) await writeFile(project.at(name), name);
  const { stdout } = await succeed(project, ['hash', ...names]);
  const theirs = await promisify(execFile)('sha256sum', names, { cwd: project.dir });
  expect(stdout).toBe(theirs.stdout);
  await writeFile(project.at('SHA256SUMS'), stdout);
  await promisify(execFile)('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: project.dir });
});

test('hash of a directory is what a key holds of it: content, not times and not version control', async () => {
  const project = await place();
  for (const dir of ['one', 'two', 'other']) await mkdir(project.at(dir, '.git'), { recursive: true });
  await writeFile(project.at('one/a'), 'a');
  await writeFile(project.at('two/a'), 'a');
  await writeFile(project.at('two/.git/HEAD'), 'main');
  await writeFile(project.at('other/a'), 'b');
  const { stdout } = await succeed(project, 'hash one two other --json');
  const rows = JSON.parse(stdout) as { path: string; kind: string; sha256: string }[];
  expect(rows.map(({ path, kind }) => [path, kind])).toEqual(['one', 'two', 'other'].map((dir) => [dir, 'directory']));
  expect(rows[0]?.sha256).toBe(rows[1]?.sha256);
  expect(rows[0]?.sha256).not.toBe(rows[2]?.sha256);
  await project.write({ 'recipes/test.a@r1.js': `export const fetch = { path: '../one' };` });
  await succeed(project, 'install');
  const marker = await readFile(`${await entryOf(project, 'test.a@r1')}/galley-complete`, 'utf8');
  expect(marker).toContain(rows[0]?.sha256);
});

test('hash tells all that is missing, and hashes the rest', async () => {
  const project = await place();
  await writeFile(project.at('rye'), 'rye\n');
  const { status, stdout, events } = await galley(project, 'hash none rye nothing');
  expect([status, stdout]).toEqual([1, `${RYE}  rye\n`]);
  expect(events.codes()).toEqual(['SOURCE_NOT_FOUND', 'SOURCE_NOT_FOUND']);
  expect((await galley(project, 'hash')).status).toBe(2);
  expect((await succeed(project, 'hash -')).stdout, 'stdin is empty here').toMatch(/^e3b0c44298fc1c14.* {2}-\n$/);
});

test.skipIf(process.platform !== 'linux')('a result that a full disk does not take is told as one', async () => {
  const project = await place();
  await writeFile(project.at('flour'), 'rye\n');
  const argv = ['-c', `${nestedGalley('hash flour')} > /dev/full`];
  const run = promisify(execFile)('sh', argv, { cwd: project.dir, env: cleanEnvironment(project) });
  await expect(run).rejects.toMatchObject({ code: 3, stderr: expect.stringContaining('code: NO_SPACE') });
});
