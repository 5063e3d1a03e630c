// galley.lock says everything that a project is made from, so that nobody else has to be asked: whoever built the asset,
// and whichever part of the project pins it.
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { removeAll } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { editLock, lockedSources, lockText, PLATFORM, readLock } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { type Server, startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';

const SOUP = 'test.soup@r1';
const FOREIGN = PLATFORM === 'darwin-arm64' ? 'linux-arm64' : 'darwin-arm64';

/** What a registry of npm knows of packages whose tarballs are their names. */
function registryOf(...names: string[]) {
  return async (): Promise<Server & { project: Promise<Project>; env: Record<string, string> }> => {
    const server = await startServer(Object.fromEntries(names.map((name) => [`/${name}/-/${name}-1.0.0.tgz`, name])));
    for (const name of names) {
      const tarball = server.url(`/${name}/-/${name}-1.0.0.tgz`);
      server.set(
        `/${name}`,
        JSON.stringify({ 'dist-tags': { latest: '2.0.0' }, versions: { '1.0.0': { dist: { tarball } }, '2.0.0': {} } }),
      );
    }
    return { ...server, project: createProject(), env: { npm_config_registry: server.url('/') } };
  };
}

const takes = (...items: unknown[]): string => `
  export const fetch = ${JSON.stringify(items)};
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

const pinned = (url: string, content: string) => ({ url, sha256: sha256OfBytes(content) });

test('a complete lock file is filled by a cold sync, and by a warm one with nothing but markers', async () => {
  const npm = await registryOf('pot', 'lid')();
  const archive = gzipSync(
    await tarOf({ 'galley-bundle.js': `export const identity = 'acme.kit@r1'; export const recipes = {};` }),
  );
  npm.set('/kit.tar.gz', archive);
  npm.set('/stew.js', `export const identity = 'test.stew@r1'; export const install = 'touch stew';`);
  npm.set('/soup.txt', 'soup');
  const project = await npm.project;
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const bundles = { kit: { identity: 'acme.kit@r1', source: '${npm.url('/kit.tar.gz')}' } };
      export const packages = ['${SOUP}', { recipe: 'test.stew@r1', source: '${npm.url('/stew.js')}' }];`,
    [`recipes/${SOUP}.js`]: `import 'bundle:kit/galley-bundle.js'; ${takes(
      npm.url('/soup.txt'),
      pinned('npm:pot@1.0.0', 'pot'),
      { path: 'local.txt' },
    )}
      export const dependencies = [{ bundle: 'kit' }, { recipe: 'test.lid@r1' }];`,
    'recipes/local.txt': 'local',
    'recipes/test.lid@r1.js': `export const fetch = async () => (${JSON.stringify(pinned('npm:lid@1.0.0', 'lid'))});
      export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`,
    'local.txt': 'local',
  });
  await succeed(project, 'sync', { env: npm.env });
  const cold = await lockText(project);
  const of = { platform: PLATFORM };
  const known = (content: string | Buffer) => ({ sha256: sha256OfBytes(content), size: Buffer.byteLength(content) });
  expect(await readLock(project)).toMatchObject([
    { ...of, package: 'acme.kit@r1', kind: 'bundle', source: npm.url('/kit.tar.gz'), ...known(archive) },
    {
      ...of,
      package: 'test.lid@r1',
      kind: 'file',
      source: 'npm:lid@1.0.0',
      url: npm.url('/lid/-/lid-1.0.0.tgz'),
      ...known('lid'),
    },
    { ...of, package: 'test.lid@r1', kind: 'function', sources: ['npm:lid@1.0.0'] },
    { ...of, package: SOUP, kind: 'file', source: npm.url('/soup.txt'), ...known('soup') },
    {
      ...of,
      package: SOUP,
      kind: 'file',
      source: 'npm:pot@1.0.0',
      url: npm.url('/pot/-/pot-1.0.0.tgz'),
      ...known('pot'),
    },
    { ...of, package: 'test.stew@r1', kind: 'recipe', source: npm.url('/stew.js') },
  ]);
  // Everything is there, and what recipes pin themselves nobody has to be asked for.
  await editLock(project, (text) => text.replace(/^.*"npm:pot.*\n/m, ''));
  const asked = npm.asked('/pot');
  expect((await succeed(project, 'sync', { env: npm.env })).events.outcomes()[SOUP]).toBe('cached');
  expect([await lockText(project), npm.asked('/pot')]).toEqual([cold, asked]);

  // Another machine, with the lock file alone: the files are fetched, and no registry is asked.
  await removeAll(project.cacheDir);
  const before = npm.paths().length;
  await succeed(project, 'sync --frozen --strict', { env: npm.env });
  expect(npm.paths().slice(before).sort()).toEqual([
    '/kit.tar.gz',
    '/lid/-/lid-1.0.0.tgz',
    '/pot/-/pot-1.0.0.tgz',
    '/soup.txt',
    '/stew.js',
  ]);
  expect(await lockText(project)).toBe(cold);
});

test('what nothing wants any more goes with a whole sync, and other platforms keep theirs', async () => {
  const server = await startServer({ '/a': 'a', '/b': 'b' });
  const project = await createProject({
    'recipes/test.a@r1.js': takes(server.url('/a')),
    'recipes/test.b@r1.js': takes(server.url('/b')),
  });
  await succeed(project, 'sync');
  const [, b] = (await readLock(project)).map((record) => JSON.stringify({ ...record, platform: FOREIGN }));
  await editLock(project, (text) => text.replace('    "end"', `    ${b},\n    "end"`));
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.a@r1'];`,
  });
  // A part of the project says nothing about the rest.
  await succeed(project, 'sync a');
  expect(await readLock(project)).toHaveLength(3);
  const refused = await galley(project, 'sync --frozen');
  // Here as on the other platform.
  expect([refused.status, refused.events.codes()]).toEqual([2, ['FROZEN', 'FROZEN']]);
  const line =
    (await lockText(project)).split('\n').findIndex((text) => text.includes(`/b", "platform": "${PLATFORM}"`)) + 1;
  expect(refused.events.problems()[0]).toMatchObject({
    message: `galley.lock would change for ${PLATFORM}, and --frozen forbids it`,
    notes: [`- file ${server.url('/b')} of test.b@r1 for ${PLATFORM}`],
    location: { file: project.at('galley.lock'), line },
  });
  await succeed(project, 'sync');
  expect((await readLock(project)).map(({ package: name, platform }) => `${name} ${platform}`)).toEqual([
    `test.a@r1 ${PLATFORM}`,
    `test.b@r1 ${FOREIGN}`,
  ]);
});

test('a weak choice stays when something else appears that matches, until it is updated', async () => {
  const jam = (name: string) => `export const install = 'echo ${name} > jam';`;
  const wants = (...names: string[]) =>
    `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(['test.bread@r1', ...names])};`;
  const project = await createProject({
    'galley.js': wants(),
    'recipes/acme.jam@r1.js': jam('acme'),
    'recipes/best.jam@r1.js': jam('best'),
    'recipes/test.bread@r1.js': `
      export const dependencies = [{ recipe: 'jam', weak: { recipe: 'acme.jam@r1' } }];
      export const install = 'cp "$GALLEY_ASSET_JAM/jam" .';`,
  });
  await succeed(project, 'sync');
  const choice = { package: 'test.bread@r1', kind: 'weak', query: 'jam', platform: PLATFORM, choice: 'acme.jam@r1' };
  expect(await readLock(project)).toEqual([choice]);
  await project.write({ 'galley.js': wants('best.jam@r1') });
  const kept = await succeed(project, 'sync --frozen');
  expect(kept.events.outcomes()).toMatchObject({ 'test.bread@r1': 'cached', 'best.jam@r1': 'built' });
  expect(kept.events.of('log.message').map(({ text }) => text)).toEqual([
    'test.bread@r1 keeps acme.jam@r1 for "jam", as galley.lock says, and not best.jam@r1; galley update chooses anew',
  ]);
  await succeed(project, 'update bread');
  expect(await readLock(project)).toEqual([{ ...choice, choice: 'best.jam@r1' }]);
  expect((await succeed(project, 'sync --frozen')).events.outcomes()['test.bread@r1']).toBe('built');
  // The choice that is gone makes way for what there is.
  await project.write({ 'galley.js': wants() });
  expect((await galley(project, 'sync --frozen')).events.problems()[0]).toMatchObject({
    notes: [`~ choice for "jam" of test.bread@r1 for ${PLATFORM}: best.jam@r1 → acme.jam@r1`],
  });
  await succeed(project, 'sync');
  expect(await readLock(project)).toEqual([choice]);
});

test('--frozen tells what this platform lacks and what the others of the project lack, each with its command', async () => {
  const server = await startServer({ '/a': 'a', '/b': 'b' });
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{ recipe: 'test.a@r1', platforms: ['${PLATFORM}', '${FOREIGN}'] }, 'test.b@r1'];`,
    // Pinned by itself, and a record all the same.
    'recipes/test.a@r1.js': takes(pinned(server.url('/a'), 'a')),
    'recipes/test.b@r1.js': `export const fetch = () => '${server.url('/b')}';`,
  });
  const { status, events } = await galley(project, 'sync --frozen');
  expect(status).toBe(2);
  const missing = (url: string, label: string) =>
    `Source "${server.url(url)}" of ${label} is not in galley.lock for ${PLATFORM}, and --frozen forbids adding it`;
  const problems = events.problems();
  expect(problems.map(({ code }) => code)).toEqual(['FROZEN', 'FROZEN', 'FROZEN']);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        message: missing('/a', 'test.a@r1'),
        hint: `Run galley lock --platform ${PLATFORM} and commit galley.lock`,
      }),
      expect.objectContaining({ message: missing('/b', 'test.b@r1') }),
      expect.objectContaining({
        message: `galley.lock would change for ${FOREIGN}, and --frozen forbids it`,
        notes: [
          `+ file ${server.url('/a')} of test.a@r1 for ${FOREIGN}: ${sha256OfBytes('a').slice(0, 12)}`,
          `+ file ${server.url('/b')} of test.b@r1 for ${FOREIGN}`,
          `+ what the fetch function of test.b@r1 fetches for ${FOREIGN}: ${server.url('/b')}`,
        ],
        hint: `Run galley lock --platform ${FOREIGN} and commit galley.lock`,
      }),
    ]),
  );
  expect(server.paths()).toEqual([]);
  await expect(lockText(project)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('other bytes than those of galley.lock name the line, and how to take them', async () => {
  const server = await startServer({
    '/a': 'a',
    '/recipe.js': `export const identity = 'test.b@r1'; export const install = 'touch b';`,
  });
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = ['test.a@r1', { recipe: 'test.b@r1', source: '${server.url('/recipe.js')}' }];`,
    'recipes/test.a@r1.js': takes(server.url('/a')),
  });
  await succeed(project, 'sync');
  await removeAll(project.cacheDir);
  server.set('/a', 'poison');
  server.set('/recipe.js', '// poison');
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([1, ['DIGEST_MISMATCH', 'DIGEST_MISMATCH']]);
  for (const [line, content] of [
    [4, 'a'],
    [5, '// poison'],
  ] as const) {
    const problem = events.problems().find(({ message }) => message.includes(`line ${line} of galley.lock`));
    expect(problem?.message).toContain(sha256OfBytes(content === 'a' ? 'poison' : content));
    expect(problem?.hint).toContain('run galley update test.');
  }
  // The other one is no business of this update.
  expect((await galley(project, 'update a')).events.codes()).toEqual(['DIGEST_MISMATCH']);
  expect((await readLock(project))[0]).toMatchObject({ package: 'test.a@r1', sha256: sha256OfBytes('poison') });
});

test('branches that each add a package merge, with a union even side by side, and a conflict is united', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const server = await startServer(Object.fromEntries(names.map((name) => [`/${name}`, name])));
  const project = await createProject();
  const want = (...wanted: string[]) =>
    project.write({
      ...Object.fromEntries(wanted.map((name) => [`recipes/test.${name}@r1.js`, takes(server.url(`/${name}`))])),
      'galley.js': `export const recipe_roots = ['recipes'];
        export const packages = ${JSON.stringify(wanted.map((name) => `test.${name}@r1`))};`,
    });
  /** What git makes of two branches, each of which has locked these packages. */
  const merge = async (ours: string[], theirs: string[], ...flags: string[]) => {
    const sides = { ours, base: ['b', 'e'], theirs };
    for (const [side, wanted] of Object.entries(sides)) {
      await want(...wanted);
      await succeed(project, 'lock');
      await project.write({ [side]: await lockText(project) });
    }
    await want(...new Set([...ours, ...theirs].sort()));
    const merged = spawnSync('git', ['merge-file', '-p', ...flags, ...Object.keys(sides)], { cwd: project.dir });
    await project.write({ 'galley.lock': `${merged.stdout}` });
    return merged.status;
  };
  const sourcesOf = (...wanted: string[]) => wanted.map((name) => `file test.${name}@r1 ${server.url(`/${name}`)}`);
  expect(await merge(['a', 'b', 'e'], ['b', 'c', 'e'])).toBe(0);
  expect(await lockedSources(project)).toEqual(sourcesOf('a', 'b', 'c', 'e'));
  await succeed(project, 'lock --check');

  expect(await merge(['b', 'd', 'e'], ['b', 'c', 'e'], '--union')).toBe(0);
  await succeed(project, 'lock --check');

  expect(await merge(['b', 'd', 'e'], ['b', 'c', 'e'])).toBe(1);
  expect((await galley(project, 'sync')).events.problems()[0]?.hint).toContain('galley lock');
  await removeAll(project.cacheDir);
  await succeed(project, 'lock --offline');
  expect(await lockedSources(project)).toEqual(sourcesOf('b', 'c', 'd', 'e'));

  // Two sides that contradict each other are a person's to judge.
  const [first = ''] = (await lockText(project)).split('\n').slice(3);
  const other = first.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${'0'.repeat(64)}"`);
  await editLock(project, (text) => text.replace(first, `<<<<<<< ours\n${first}\n=======\n${other}\n>>>>>>> theirs`));
  expect((await galley(project, 'lock')).events.problems()).toMatchObject([
    { code: 'LOCK_FILE_INVALID', location: { line: 7 }, message: expect.stringContaining('contradict each other') },
  ]);
});

test('two processes that sync one project write one correct file', async () => {
  const server = await startServer(Object.fromEntries([...'abcdef'].map((name) => [`/${name}`, name])));
  const project = await createProject(
    Object.fromEntries([...'abcdef'].map((name) => [`recipes/test.${name}@r1.js`, takes(server.url(`/${name}`))])),
  );
  const runs = ['sync', 'sync', 'lock'].map((args) => start(project, args).finished);
  expect((await Promise.all(runs)).map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(await lockedSources(project)).toEqual(
    [...'abcdef'].map((name) => `file test.${name}@r1 ${server.url(`/${name}`)}`),
  );
  await succeed(project, 'sync --frozen');
});
