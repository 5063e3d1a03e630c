// Trees of git repositories as sources: which commit a name is, that the lock file keeps it, what comes out of it, and
// what happens when the repository or its server does not want to.
import { chmod, mkdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { assetOf, entryOf, listNames, readTree, removeAll } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { type GitServer, type GitServerOptions, startGitServer } from './rig/git-server.ts';
import { lockedSources, lockText, readLock } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository, type Repository } from './rig/repository.ts';

const TREE = 'test.tree@r1';
const recipe = (fetch: unknown): string => `export const fetch = ${JSON.stringify(fetch)};`;
const projectOf = (fetch: unknown): Promise<Project> => createProject({ [`recipes/${TREE}.js`]: recipe(fetch) });
const change = (project: Project, fetch: unknown): Promise<void> =>
  project.write({ [`recipes/${TREE}.js`]: recipe(fetch) });

/** A repository beside the project. */
const repositoryOf = (project: Project, name = 'repos/lib'): Repository =>
  createRepository(path.join(project.rootDir, name));

/** The same repositories over http. */
const serve = (project: Project, options?: GitServerOptions): Promise<GitServer> =>
  startGitServer(path.join(project.rootDir, 'repos'), options);

/** As another machine: nothing but what is checked in. */
async function forget({ cacheDir }: Project): Promise<void> {
  await removeAll(cacheDir);
}

/** One package for each source, synced together: as many as a test needs cost one run. */
async function wantAll(project: Project, sources: readonly unknown[]): Promise<string[]> {
  const names = sources.map((_, at) => `test.n${at}@r1`);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(names)};`,
    ...Object.fromEntries(sources.map((source, at) => [`recipes/${names[at]}.js`, recipe(source)])),
  });
  return names;
}

/** What each of the packages fails with. */
async function failures(project: Project, sources: readonly unknown[]): Promise<{ code: string; told: string }[]> {
  const names = await wantAll(project, sources);
  const { events } = await galley(project, 'sync');
  return names.map((name) => {
    const error = events.of('package.finished', name)[0]?.error;
    return { code: error?.code ?? 'none', told: `${error?.message}\n${error?.hint}` };
  });
}

/** A git that notes how it is called. */
async function spyOnGit(project: Project): Promise<{ env: Record<string, string>; called(): Promise<string> }> {
  const [dir, log] = [path.join(project.rootDir, 'spy'), path.join(project.rootDir, 'spy/log')];
  const rest = process.env.PATH ?? '';
  await project.write({ '../spy/git': `#!/bin/sh\necho "$@" >> '${log}'\nPATH='${rest}' exec git "$@"\n` });
  await chmod(path.join(dir, 'git'), 0o755);
  return { env: { PATH: `${dir}:${rest}` }, called: () => readFile(log, 'utf8') };
}

async function failure(
  project: Project,
  options?: Parameters<typeof galley>[2],
): Promise<{ codes: string[]; told: string }> {
  const { status, events } = await galley(project, 'sync', options);
  expect(status).not.toBe(0);
  return { codes: events.codes(), told: events.messages() };
}

test('a tree arrives as it was committed: bytes, links, executable bits, names, and nothing of git itself', async () => {
  const project = await projectOf('later');
  const repository = repositoryOf(project);
  const long = `${'deep/'.repeat(30)}${'n'.repeat(120)}`;
  const files = {
    '.gitattributes': '*.txt text eol=crlf\n*.big filter=lfs\nident.c ident\nsecret.txt export-ignore\n',
    'a.txt': 'one\ntwo\n',
    'ident.c': '$Id$',
    'secret.txt': 'kept\n',
    'x.big': 'version https://git-lfs.github.com/spec/v1\n',
    'bin/run': '#!/bin/sh\necho run\n',
    'bin/link': '-> ../a.txt',
    [long]: 'long',
    'ünï çode/\n.txt': 'name',
    empty: '',
  };
  await repository.commit(files);
  await change(project, repository.url);
  const { events } = await succeed(project, 'sync');
  const expected = Object.entries(files).map(([name, text]) => [name, name === 'ident.c' ? '$Id$' : text]);
  expect(await assetOf(project, TREE)).toEqual(Object.fromEntries(expected));
  const { mode } = await stat(path.join(await entryOf(project, TREE), 'asset/bin/run'));
  expect(mode & 0o777).toBe(0o555);
  expect(events.of('archive.extracted')).toMatchObject([{ file: 'lib.tar' }]);
});

test('a ref is a tag, light or annotated, a branch or a commit; without one it is HEAD', async () => {
  const project = await projectOf('later');
  const repository = repositoryOf(project);
  const first = await repository.commit({ a: 'first' });
  repository.git('tag', 'light');
  await repository.commit({ a: 'second' });
  repository.git('tag', '--annotate', '--message=x', 'annotated');
  // A branch of the same name gives way to the tag, as for git.
  repository.git('branch', 'light');
  await repository.commit({ a: 'third' });
  repository.git('branch', 'feature/a#b&c=d');
  await repository.commit({ a: 'head' });
  const { url, asked } = await serve(project);
  const refs = {
    light: 'first',
    annotated: 'second',
    'feature/a#b&c=d': 'third',
    [first]: 'first',
    'refs/heads/light': 'second',
  };
  const sources = [...Object.keys(refs).map((ref) => ({ url: url('lib'), ref })), { url: url('lib') }];
  const names = await wantAll(project, sources);
  await succeed(project, 'sync');
  const got = await Promise.all(names.map((name) => assetOf(project, name)));
  expect(got).toEqual([...Object.values(refs), 'head'].map((a) => ({ a })));
  expect(asked.length).toBeGreaterThan(0);
});

test('the lock file keeps the commit of a branch that moves, for every machine, until the ref changes', async () => {
  const project = await projectOf('later');
  const repository = repositoryOf(project);
  const commit = await repository.commit({ a: 'old' });
  repository.git('tag', 'v2');
  const { url } = await serve(project);
  await change(project, { url: url('lib'), ref: 'main' });
  await succeed(project, 'sync');
  const lock = await lockText(project);
  const pinned = { url: `${url('lib')}#${commit}`, sha256: expect.any(String), size: expect.any(Number) };
  expect(await readLock(project)).toMatchObject([{ package: TREE, source: `${url('lib')}#main`, ...pinned }]);

  // The branch does not even exist any more: nobody asks what it is.
  await repository.commit({ a: 'new' });
  repository.git('branch', '--move', 'main', 'trunk');
  await forget(project);
  const spy = await spyOnGit(project);
  await succeed(project, 'sync --frozen', { env: spy.env });
  expect(await spy.called()).toMatch(/ fetch /);
  expect(await spy.called()).not.toMatch(/ls-remote/);
  expect(await assetOf(project, TREE)).toEqual({ a: 'old' });
  expect(await lockText(project)).toBe(lock);

  // Another ref is another source, which the old pin says nothing about.
  await change(project, { url: url('lib'), ref: 'trunk' });
  expect((await galley(project, 'sync --frozen')).events.codes()).toEqual(['FROZEN']);
  await rm(project.cacheDir, { recursive: true, force: true });
  await succeed(project, 'sync');
  expect(await assetOf(project, TREE)).toEqual({ a: 'new' });
});

test('a full commit is a pin of its own, also for a server that hands out only what has a name', async () => {
  const project = await projectOf('later');
  const repository = repositoryOf(project);
  const commit = await repository.commit({ a: 'old' });
  await repository.commit({ a: 'new' });
  const { url } = await serve(project, { old: true });
  await change(project, { url: url('lib'), ref: commit });
  await succeed(project, 'sync --strict');
  expect(await assetOf(project, TREE)).toEqual({ a: 'old' });
  // What a process that was killed long ago has left is cleared away by the next that fetches.
  const partsDir = path.join(project.cacheDir, 'downloads/parts');
  await mkdir(path.join(partsDir, '.git.0123456789ab.tmp/0'), { recursive: true });
  await utimes(path.join(partsDir, '.git.0123456789ab.tmp'), 0, 0);
  // Without a lock file the key is the same.
  await rm(project.at('galley.lock'));
  await succeed(project, 'cache remove --yes test.tree@r1');
  await succeed(project, 'sync');
  expect(await listNames(partsDir)).toEqual([]);
  const { events } = await succeed(project, 'sync --strict --frozen');
  expect(events.of('package.finished').map(({ outcome }) => outcome)).toEqual(['cached']);
  // And then the store can answer for the network.
  await succeed(project, 'cache remove --yes test.tree@r1');
  await succeed(project, 'sync --offline --frozen');
  expect(await assetOf(project, TREE)).toEqual({ a: 'old' });
});

test('a fetch function that names a commit and its sha256 fetches the same with its pin and without', async () => {
  const project = await createProject();
  const repository = repositoryOf(project);
  const source = { url: repository.url, ref: await repository.commit({ a: 'a' }) };
  await change(project, source);
  await succeed(project, 'sync');
  const sha256 = (await lockText(project)).match(/[0-9a-f]{64}/)?.[0];
  const fetch = `export const fetch = async () => [${JSON.stringify({ ...source, sha256 })}];`;
  await project.write({ [`recipes/${TREE}.js`]: fetch });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TREE]: 'built' });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TREE]: 'cached' });
});

test('a part of a tree, and submodules in it, with addresses of their own and beside their repository', async () => {
  const project = await projectOf('later');
  const inner = repositoryOf(project, 'repos/inner');
  await inner.commit({ deep: 'inner' });
  const near = repositoryOf(project, 'repos/near');
  near.git('submodule', '--quiet', 'add', '../inner', 'nested');
  await near.commit({ n: 'near' });
  const server = await serve(project);
  const repository = repositoryOf(project);
  repository.git('submodule', '--quiet', 'add', '../near', 'vendor/near');
  repository.git('submodule', '--quiet', 'add', inner.dir, 'inner');
  repository.git('config', '--file=.gitmodules', 'submodule.inner.url', server.url('inner').slice('git+'.length));
  const gitmodules = await readFile(path.join(repository.dir, '.gitmodules'), 'utf8');
  await repository.commit({ a: 'a', 'vendor/v': 'v' });
  const nested = { 'near/.gitmodules': expect.any(String), 'near/n': 'near', 'near/nested/deep': 'inner', v: 'v' };

  const url = server.url('lib');
  const parts: [object, object][] = [
    [{ url }, { '.gitmodules': gitmodules, a: 'a', 'inner/': '', 'vendor/near/': '', 'vendor/v': 'v' }],
    [
      { url, subdir: './vendor/' },
      { 'near/': '', v: 'v' },
    ],
    [{ url, subdir: 'vendor', submodules: true }, nested],
    [
      { url, submodules: true },
      { '.gitmodules': gitmodules, a: 'a', 'inner/deep': 'inner', ...prefixed('vendor/', nested) },
    ],
  ];
  const names = await wantAll(
    project,
    parts.map(([source]) => source),
  );
  await succeed(project, 'sync');
  expect(await Promise.all(names.map((name) => assetOf(project, name)))).toEqual(parts.map(([, tree]) => tree));
  expect(await lockedSources(project)).toContain(`file test.n2@r1 ${url}#subdir=vendor&submodules=true`);
});

const prefixed = (prefix: string, tree: object) =>
  Object.fromEntries(Object.entries(tree).map(([name, text]) => [prefix + name, text]));

test('submodules reach nothing of this machine and run nothing, and no tree brings a repository with it', async () => {
  const project = await createProject();
  const repository = repositoryOf(project);
  const proof = path.join(project.rootDir, 'escaped');
  const { url } = await serve(project);
  const commit = await repository.commit({ a: 'a', 'sub/x': '' });
  await rm(path.join(repository.dir, 'sub/x'));
  const addresses = [
    `ext::sh -c "touch% ${proof}"`,
    repository.dir,
    `file://${repository.dir}`,
    `--upload-pack=touch ${proof}`,
    'ssh://-oProxyCommand=x/y',
    '-oProxyCommand=x:y',
  ];
  const refs: string[] = [];
  for (const address of addresses) {
    repository.git('update-index', '--add', '--replace', '--cacheinfo', `160000,${commit},sub`);
    refs.push(
      await repository.commit({ '.gitmodules': `[submodule "s"]\n\tpath = sub\n\turl = ${JSON.stringify(address)}\n` }),
    );
  }
  // Git has its own guards against such names; objects that are written by hand have none.
  const blob = repository.git('hash-object', '-w', 'a');
  const hooks = repository.write('tree', entry('100755', 'post-checkout', blob));
  const dotGit = repository.write('tree', entry('40000', '.GIT', hooks));
  const dots = repository.write('tree', entry('40000', '..', hooks));
  const link = repository.write('blob', Buffer.from('../..'));
  const leaving = repository.write('tree', entry('120000', 'out', link));
  for (const tree of [dotGit, dots, leaving]) {
    const hostile = repository.git('commit-tree', tree, '-m', 'x');
    repository.git('branch', `h${hostile}`, hostile);
    refs.push(hostile);
  }
  const found = await failures(
    project,
    refs.map((ref) => ({ url: url('lib'), ref, submodules: true })),
  );
  const refused = { code: 'SOURCE_UNSUPPORTED', told: expect.stringContaining('Submodules may come from') };
  expect(found).toEqual([
    ...addresses.map(() => refused),
    { code: 'ARCHIVE_UNSAFE', told: expect.stringContaining('.GIT/post-checkout') },
    { code: 'ARCHIVE_UNSAFE', told: expect.stringContaining('..') },
    { code: 'ARCHIVE_UNSAFE', told: expect.stringContaining('out') },
  ]);
  expect(await listNames(project.rootDir)).not.toContain('escaped');
});

test('names and links that are not UTF-8 are refused: they would arrive as others', async () => {
  const project = await createProject();
  const repository = repositoryOf(project);
  const commit = await repository.commit({ a: 'a' });
  const latin = repository.write('blob', Buffer.from('caf\xe9', 'latin1'));
  const link = repository.write('tree', entry('120000', 'link', latin));
  const name = repository.write(
    'tree',
    Buffer.from(entry('100644', 'NAME', latin).toString('latin1').replace('NAME', 'caf\xe9'), 'latin1'),
  );
  const refs = [link, name].map((tree) => repository.git('commit-tree', tree, '-p', commit, '-m', 'x'));
  const found = await failures(
    project,
    refs.map((ref) => ({ url: repository.url, ref })),
  );
  const refused = { code: 'FETCH_FAILED', told: expect.stringMatching(/not UTF-8/) };
  expect(found).toEqual([refused, refused]);
});

/** An entry of a tree, as git keeps it. */
const entry = (mode: string, name: string, object: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(object, 'hex')]);

test('what does not exist is told with what does, and what is no name never reaches git', async () => {
  const project = await createProject();
  const repository = repositoryOf(project);
  await repository.commit({ 'lib/a': 'a' });
  repository.git('tag', 'v1.2.0');
  const { url } = await serve(project);
  const source = { url: url('lib') };
  const damaged = repositoryOf(project, 'repos/damaged');
  const lacking = damaged.write('tree', entry('100644', 'x', '1'.repeat(40)));
  damaged.git('update-ref', 'refs/heads/main', damaged.git('commit-tree', lacking, '-m', 'x'));
  const refused: [object, string, RegExp][] = [
    [{ ...source, ref: 'v1.2.1' }, 'SOURCE_NOT_FOUND', /no "v1\.2\.1"\s+Did you mean "v1\.2\.0"/],
    [{ ...source, ref: 'other' }, 'SOURCE_NOT_FOUND', /It has v1\.2\.0, main/],
    [{ ...source, ref: '0123abc' }, 'SOURCE_NOT_FOUND', /all digits of a commit/],
    [{ ...source, ref: 'f'.repeat(40) }, 'SOURCE_NOT_FOUND', /no commit f{40}/],
    [{ ...source, subdir: 'libs' }, 'SOURCE_NOT_FOUND', /no directory "libs"\s+Did you mean "lib"/],
    [{ url: url('none') }, 'SOURCE_NOT_FOUND', /no such repository/],
    [{ url: `git+file://${project.rootDir}/none` }, 'SOURCE_NOT_FOUND', /no such repository/],
    [{ url: url('damaged') }, 'FETCH_FAILED', /the repository is damaged/],
    [{ ...source, ref: '--upload-pack=touch escaped' }, 'INVALID_VALUE', /no address of a git repository/],
    [{ ...source, ref: '-x' }, 'INVALID_VALUE', /no address/],
    [{ url: 'git+ext::sh -c "touch escaped"' }, 'SOURCE_UNSUPPORTED', /no transport "git\+ext"/],
    [{ url: 'git+ssh://-oProxyCommand=touch/x' }, 'INVALID_VALUE', /no address/],
    [{ url: 'git+https:relative' }, 'INVALID_VALUE', /no address|such repository/],
  ];
  const found = await failures(
    project,
    refused.map(([source]) => source),
  );
  for (const [at, [source, code, told]] of refused.entries()) {
    expect(found[at], JSON.stringify(source)).toMatchObject({ code, told: expect.stringMatching(told) });
  }
  // What cannot be read as a recipe stops the run before anything is fetched.
  await wantAll(project, [
    { ...source, headers: { a: 'b' } },
    { url: 'https://example.com/a', subdir: 'b' },
  ]);
  const { told } = await failure(project);
  expect(told).toMatch(/"headers" does not go with a git repository/);
  expect(told).toMatch(/"subdir" does not go with a "url" that is no git repository/);
});

test('a server that wants a login is never answered with a question, and credentials stay secret', async () => {
  const project = await projectOf('later');
  await repositoryOf(project).commit({ a: 'a' });
  const { url } = await serve(project, { login: 'me:sesame' });
  await change(project, url('lib'));
  const run = await failure(project);
  expect(run.codes).toEqual(['FETCH_FAILED']);
  expect(run.told).toMatch(/wants to know who we are[\s\S]*credential helper/);
  // The person's own git configuration knows the password.
  const hardened = '[safe]\n\tbareRepository = explicit\n';
  const helper = `${hardened}[credential]\n\thelper = "!printf 'username=me\\\\npassword=sesame\\\\n' #"\n`;
  await project.write({ '../home/.gitconfig': helper });
  await succeed(project, 'sync');
  await rm(path.join(project.homeDir, '.gitconfig'));
  await forget(project);
  await rm(project.at('galley.lock'));
  await change(project, url('lib').replace('//', '//me:sesame@'));
  const spy = await spyOnGit(project);
  const { events } = await succeed(project, 'sync', { env: spy.env });
  const lock = await lockText(project);
  expect(JSON.stringify(events.all) + lock + (await spy.called())).not.toMatch(/sesame|bWU6c2VzYW1l/);
});

test('ssh is the ssh of the person, and the user in its address is no secret', async () => {
  const project = await projectOf('later');
  const repository = repositoryOf(project);
  await repository.commit({ a: 'a' });
  const url = `git+ssh://git@host.test${repository.dir}`;
  await project.write({ '../home/ssh.sh': 'for last; do :; done; echo "$@" >> "$HOME/ssh.log"; exec sh -c "$last"' });
  await change(project, { url, ref: 'main' });
  await succeed(project, 'sync', {
    env: { GIT_SSH_COMMAND: `sh ${project.homeDir}/ssh.sh`, GIT_SSH_VARIANT: 'simple' },
  });
  expect(await readFile(path.join(project.homeDir, 'ssh.log'), 'utf8')).toContain('git@host.test git-upload-pack');
  expect(await lockText(project)).toContain(`"${url}#main"`);
});

test('what passes is tried again, and git is not asked offline', async () => {
  const project = await projectOf('later');
  await repositoryOf(project).commit({ a: 'a' });
  let failures = 2;
  const { url, asked } = await serve(project, {
    disturb: (_, response) => failures-- > 0 && Boolean(response.writeHead(503).end()),
  });
  await change(project, url('lib'));
  expect((await failure(project, { env: { GALLEY_OFFLINE: '1' } })).codes).toEqual(['OFFLINE']);
  expect(asked).toEqual([]);
  const { events } = await succeed(project, 'sync');
  expect(events.of('fetch.retried').length).toBe(2);
  expect(await assetOf(project, TREE)).toEqual({ a: 'a' });
});

test('a cancelled run ends git and leaves nothing of its work', async () => {
  const project = await projectOf('later');
  const repository = repositoryOf(project);
  const commit = await repository.commit({ a: 'a' });
  const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
  const { url } = await serve(project, {
    disturb() {
      ask();
      return true;
    },
  });
  await change(project, { url: url('lib'), ref: commit });
  const run = start(project, 'sync');
  await isAsked;
  run.kill('SIGINT');
  expect((await run.finished).status).toBe(130);
  expect(await readTree(path.join(project.cacheDir, 'downloads'))).toEqual({ 'parts/': '' });
});

test('without git on PATH the failure says so', async () => {
  const project = await projectOf('git+https://example.com/a.git');
  const run = await failure(project, { env: { PATH: project.homeDir } });
  expect(run.codes).toEqual(['COMMAND_NOT_FOUND']);
  expect(run.told).toContain('Install git');
});

test('recipes come from repositories, too: of the manifest, of dependencies, and in the fetch of a function', async () => {
  const project = await createProject();
  const recipes = repositoryOf(project, 'repos/recipes');
  const sources = repositoryOf(project);
  const commit = await sources.commit({ 'src/a.c': 'int a;' });
  await recipes.commit({
    'one/test.one@r1.js': `export const identity = 'test.one@r1';
      export const dependencies = [{ recipe: 'test.two@r1', source: '${recipes.url}', ref: 'v1', subdir: 'two' }];
      export const install = 'cat "$GALLEY_ASSET_TWO"/a.c > c';`,
    'two/recipe.js': `export const identity = 'test.two@r1';
      export async function fetch(ctx) {
        await ctx.commit_fetch(await ctx.fetch({ url: '${sources.url}', ref: '${commit}', subdir: 'src', dest: 'src.tar' }));
      }`,
  });
  recipes.git('tag', 'v1');
  // One commit, two parts of it: what the cache keeps of one is not the other.
  const both = await recipes.commit({
    'three/test.two@r1.js': 'export const identity = "test.two@r1"; export const install = "echo 3 > a.c";',
  });
  await project.write({
    'galley.js': `export const packages = [{ recipe: 'test.one@r1', source: '${recipes.url}', ref: 'main', subdir: 'one' }];`,
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, 'test.one@r1')).toEqual({ c: 'int a;' });
  for (const [subdir, text] of [
    ['two', 'int a;'],
    ['three', '3\n'],
  ]) {
    await project.write({
      'galley.js': `export const packages = [{ recipe: 'test.two@r1', source: '${recipes.url}', ref: '${both}', subdir: '${subdir}' }];`,
    });
    await succeed(project, 'sync');
    expect(await readTree((await succeed(project, 'asset test.two')).stdout.trim())).toEqual({ 'a.c': text });
  }
  // The function is not run again for what it named itself.
  const again = await succeed(project, 'sync --frozen --offline');
  expect(Object.values(again.events.outcomes())).not.toContain('built');
});
