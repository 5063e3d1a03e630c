// Two machines share a depot: what the first has built, the second takes. Each machine is a cache of its own, and who
// has built what is counted outside of galley.
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { type Counter, createCounter } from './rig/counter.ts';
import { anotherMachine, entryIn, readIndex, writeIndex } from './rig/depot.ts';
import { assetOf, entriesOf, entryOf, listNames } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { startRegistry } from './rig/registry.ts';
import { startS3Server } from './rig/s3-server.ts';
import { startServer } from './rig/server.ts';
import { expectTold } from './rig/told.ts';

const [FLOUR, BREAD, OVEN] = ['test.flour@r1', 'test.bread@r1', 'test.oven@r1'];

/** Flour is needed to make bread and, since its files say so, to use it. The oven is not ours to share. */
function recipes(counter: Counter): Record<string, string> {
  return {
    [`recipes/${FLOUR}.js`]: `
      export const install = ${JSON.stringify(`${counter.note('flour')}; mkdir bin; printf '#!/bin/sh\\necho grind $0\\n' > bin/mill; chmod +x bin/mill;
        echo "prefix=$GALLEY_INSTALL_DIR" > mill.pc; echo white > grain; ln -s grain flour`)};`,
    [`recipes/${BREAD}.js`]: `
      export const dependencies = [{ recipe: '${FLOUR}' }];
      export const products = { bake: 'bake' };
      export const install = ${JSON.stringify(`${counter.note('bread')}; printf "#!/bin/sh\\ncat $GALLEY_ASSET_FLOUR/flour\\n" > bake;
        chmod +x bake; ln -s "$GALLEY_ASSET_FLOUR/grain" grain`)};`,
    [`recipes/${OVEN}.js`]: `export const check = 'true';`,
  };
}

let project: Project;
let counter: Counter;
let depot: string;
beforeEach(async () => {
  project = await createProject();
  counter = createCounter(project);
  depot = path.join(project.rootDir, 'depot');
  await project.write(recipes(counter));
});

const BUILT = ['bread', 'flour'];
const builds = async () => (await counter.order()).sort();

/** Pushes from one machine, syncs on another, and shows that the second has built nothing and the depot has it all. */
async function expectShared(to: string, env: Record<string, string> = {}): Promise<Project> {
  const pushed = await succeed(project, ['push', to], { env });
  expect(pushed.events.of('entry.exported').map(({ added }) => added)).toEqual([true, true]);
  const other = anotherMachine(project);
  const { events } = await succeed(other, 'sync', { env: { ...env, GALLEY_DEPOTS: to } });
  expect(events.outcomes()).toEqual({ [FLOUR]: 'imported', [BREAD]: 'imported', [OVEN]: 'present' });
  expect(await builds()).toEqual(BUILT);
  const again = await succeed(other, ['push', '--json', to], { env });
  expect(JSON.parse(again.stdout).entries.map(({ added }: { added: boolean }) => added)).toEqual([false, false]);
  return other;
}

test('what one machine has pushed to a directory, another does not build, and it works there', async () => {
  const other = await expectShared(depot);
  expect((await succeed(other, 'run bake', { told: 'words' })).stdout).toBe('white\n');
});

test('what one machine has pushed to S3, another does not build', async () => {
  const server = await startS3Server();
  await expectShared(server.url('some/tools'), server.env);
});

test('what one machine has pushed to an OCI registry, another does not build', async () => {
  const registry = await startRegistry({ auth: 'basic' });
  const dockerDir = path.join(project.rootDir, 'docker');
  await mkdir(dockerDir);
  await writeFile(path.join(dockerDir, 'config.json'), registry.dockerConfig);
  await expectShared(registry.url('acme/tools'), { DOCKER_CONFIG: dockerDir });
});

test('a directory that a web server hands out is a depot, whose index is read once and asked for once a run', async () => {
  const server = await startServer(
    {},
    {
      otherwise(request, response) {
        const file = path.join(depot, decodeURIComponent(request.url ?? ''));
        const etag = `"${statSync(file).mtimeMs}"`;
        if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
        response.writeHead(200, { etag }).end(readFileSync(file));
      },
    },
  );
  await succeed(project, ['push', depot]);
  const other = anotherMachine(project);
  const env = { GALLEY_DEPOTS: server.url('/') };
  const first = await succeed(other, ['install', FLOUR], { env });
  const second = await succeed(other, 'install', { env });
  expect([first, second].map(({ events }) => events.of('depot.consulted').map(({ from }) => from))).toEqual([
    ...[['depot'], ['cache']],
  ]);
  expect([first, second].flatMap(({ events }) => Object.values(events.outcomes()))).not.toContain('built');
  expect(server.asked('/galley-depot.json')).toBe(2);
  // Nothing is missing, so nobody is asked.
  const third = await succeed(other, 'install', { env });
  expect(third.events.types()).not.toContain('depot.consulted');
});

test('the same asset made under two cache roots is the same archive, byte for byte', async () => {
  const other = anotherMachine(project);
  const [one, two] = [`${depot}-1`, `${depot}-2`];
  await Promise.all([succeed(project, ['push', one]), succeed(other, ['push', two])]);
  expect(await builds()).toEqual([...BUILT, ...BUILT].sort());
  expect(readIndex(one)).toEqual(readIndex(two));
  for (const identity of [FLOUR, BREAD]) {
    const { url } = entryIn(one, identity);
    expect(readFileSync(path.join(one, url)).equals(readFileSync(path.join(two, url))), identity).toBe(true);
  }
});

test('an imported asset is as if it had been built: files, links, modes, marker and all that needs it', async () => {
  await succeed(project, ['push', depot]);
  const other = anotherMachine(project);
  await succeed(other, 'sync', { env: { GALLEY_DEPOTS: depot } });
  for (const identity of [FLOUR, BREAD]) {
    const [here, there] = [await assetOf(project, identity), await assetOf(other, identity)];
    const moved = Object.entries(here).map(([name, text]) => [name, text.replaceAll(project.cacheDir, other.cacheDir)]);
    expect(there).toEqual(Object.fromEntries(moved));
    const asset = path.join(await entryOf(other, identity), 'asset');
    expect(statSync(asset).mode & 0o777).toBe(0o555);
    const [ours, theirs] = [project, other].map(async (one) =>
      JSON.parse(await readFile(path.join(await entryOf(one, identity), 'galley-complete'), 'utf8')),
    );
    const { keyParts, sources, runtime } = await ours;
    expect(await theirs).toMatchObject({ keyParts, sources, runtime });
  }
  expect(statSync(path.join(await entryOf(other, FLOUR), 'asset/bin/mill')).mode & 0o777).toBe(0o555);
  expect((await succeed(other, 'sync')).events.of('cache.missed')).toEqual([]);
});

test('what an imported asset needs to run is imported with it, and what it was built with is not', async () => {
  // Nothing names it: its dependent says that it needs it.
  const PLATE = 'test.plate@r1';
  await project.write({
    'recipes/test.whisk@r1.js': `export const install = ${JSON.stringify(`${counter.note('whisk')}; touch whisk`)};`,
    'recipes/test.plate@r1.js': `export const install = ${JSON.stringify(`${counter.note('plate')}; touch plate`)};`,
    'recipes/test.cake@r1.js': `
      export const dependencies = [
        { recipe: '${BREAD}' }, { recipe: 'test.whisk@r1' }, { recipe: 'test.plate@r1', runtime: true }];
      export const install = ${JSON.stringify(`${counter.note('cake')}; echo "$GALLEY_ASSET_BREAD" > cake`)};`,
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.cake@r1'];
      export const depots = ['../depot'];`,
  });
  await succeed(project, ['push', depot]);
  expect(readIndex(depot).entries.map(({ identity }) => identity)).toEqual([BREAD, 'test.cake@r1', FLOUR, PLATE]);
  const other = anotherMachine(project);
  const { events } = await succeed(other, 'sync');
  const needed = ['test.cake@r1', BREAD, FLOUR, PLATE];
  expect(events.outcomes()).toEqual(Object.fromEntries(needed.map((name) => [name, 'imported'])));
  expect(await entriesOf(other, 'test.whisk@r1')).toEqual([]);
  expect(await counter.order()).toHaveLength(5);
});

test('an asset is exported while what depends on it is still being built', async () => {
  const control = await openControl(project);
  await project.write({
    'recipes/test.cake@r1.js': `
      export const dependencies = [{ recipe: '${FLOUR}' }];
      export const install = ${JSON.stringify(`${control.script('cake')}; touch cake`)};`,
  });
  const run = start(project, ['push', depot]);
  const cake = await control.next('cake');
  await run.event('entry.exported', (event) => event.package === FLOUR);
  expect(entryIn(depot, FLOUR).identity).toBe(FLOUR);
  await cake.exit();
  expect((await run.finished).status).toBe(0);
});

test('several depots are asked together, the first that has a package gives it, and the next one when that fails', async () => {
  await succeed(project, ['push', `${depot}-1`, FLOUR]);
  await succeed(project, ['push', `${depot}-2`]);
  await writeFile(path.join(`${depot}-1`, entryIn(`${depot}-1`, FLOUR).url), 'not what it was');
  const env = { GALLEY_DEPOTS: `${depot}-1, ${depot}-2` };
  const { events } = await succeed(anotherMachine(project), 'install', { env });
  expect(
    events
      .of('entry.imported')
      .map((event) => [event.package, event.depot])
      .sort(),
  ).toEqual([
    [BREAD, `${depot}-2`],
    [FLOUR, `${depot}-2`],
  ]);
  expect(events.of('depot.refused')).toMatchObject([{ depot: `${depot}-1`, package: FLOUR, isKnown: false }]);
});

test('a depot that cannot be reached is told once, with the reason, and everything is built', async () => {
  const env = { GALLEY_DEPOTS: `http://127.0.0.1:1/depot,${depot}-missing` };
  const { status, stderr } = await galley(project, 'install', { env, told: 'words' });
  expect(status).toBe(0);
  const warnings = stderr.split('\n').filter((line) => line.startsWith('warning'));
  expect(warnings).toHaveLength(2);
  expect(warnings.find((line) => line.includes('127.0.0.1:1'))).toMatch(/refused|connect/i);
  expect(warnings.find((line) => line.includes('missing'))).toContain('has no index');
  expect(await builds()).toEqual(BUILT);
});

test('servers that take the connection and never answer are told, and everything is built', async () => {
  await succeed(project, ['push', depot]);
  const silence = { otherwise: () => {} };
  const deaf = await startServer({}, silence);
  const lazy = await startServer(
    { '/galley-depot.json': readFileSync(path.join(depot, 'galley-depot.json')) },
    silence,
  );
  const env = { GALLEY_DEPOTS: `${deaf.url('')},${lazy.url('')}`, GALLEY_FETCH_TIMEOUT: '1' };
  const { events } = await succeed(anotherMachine(project), ['install', FLOUR], { env });
  expect(events.outcomes()).toEqual({ [FLOUR]: 'built' });
  expect(events.of('depot.refused').map(({ error }) => error.message.split(': ').at(-1))).toEqual([
    ...['the server sent nothing for 1 s', 'the server sent nothing for 1 s'],
  ]);
  // Nobody waits for a server for long who can do without: a second attempt, and no more.
  expect([deaf.paths().length, lazy.paths().length]).toEqual([1, 3]);
});

test('a server that refuses every archive is told once', async () => {
  await succeed(project, ['push', depot]);
  const index = readFileSync(path.join(depot, 'galley-depot.json'));
  const server = await startServer(
    { '/galley-depot.json': index },
    {
      otherwise: (_, response) => void response.writeHead(403).end(),
    },
  );
  const { events } = await succeed(anotherMachine(project), 'install', { env: { GALLEY_DEPOTS: server.url('') } });
  expect(Object.values(events.outcomes())).not.toContain('imported');
  expect(events.of('depot.refused').filter(({ isKnown }) => !isKnown)).toHaveLength(1);
});

test('with --offline the index of the last run and the archives in the download store are used, and nobody is asked', async () => {
  await succeed(project, ['push', depot]);
  const files = [FLOUR, BREAD].map((identity) => entryIn(depot, identity).url);
  const contents = [...files, 'galley-depot.json'].map((name) => [
    `/${name.split('/').map(encodeURIComponent).join('/')}`,
    readFileSync(path.join(depot, name)),
  ]);
  const server = await startServer(Object.fromEntries(contents));
  const other = anotherMachine(project);
  const env = { GALLEY_DEPOTS: server.url('') };
  await succeed(other, 'install', { env });
  await succeed(other, ['cache', 'remove', 'flour', '--yes']);
  const before = contents.map(([name]) => server.asked(name as string));
  const { events } = await succeed(other, 'install --offline', { env });
  expect(events.outcomes()[FLOUR]).toBe('imported');
  expect(contents.map(([name]) => server.asked(name as string))).toEqual(before);
  // And a machine that has never seen the depot says nothing of it.
  const { stderr } = await succeed(anotherMachine(project, 'third'), 'install --offline', { env, told: 'words' });
  expect(stderr).not.toContain('warning');
});

test('a program that names its own asset is imported under the same cache root only, and says so in the index', async () => {
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.binary@r1'];`,
    'recipes/test.binary@r1.js': `export const install = ${JSON.stringify(
      `${counter.note('binary')}; printf '\\0%s\\0' "$GALLEY_ASSET_DIR/share" > binary`,
    )};`,
  });
  await succeed(project, ['push', depot]);
  expect(entryIn(depot, 'test.binary@r1').root).toBe(project.cacheDir);
  const env = { GALLEY_DEPOTS: depot };
  const { events } = await succeed(anotherMachine(project), 'install', { env });
  expect(events.types()).not.toContain('fetch.started');
  expect(events.outcomes()).toEqual({ 'test.binary@r1': 'built' });
  await succeed(project, ['cache', 'remove', 'binary', '--yes']);
  const again = await succeed(project, 'install', { env });
  expect(again.events.outcomes()).toEqual({ 'test.binary@r1': 'imported' });
});

test('an asset with a link to the host is not shared: a warning among others, a failure when it was asked for', async () => {
  await project.write({
    'recipes/test.venv@r1.js': `export const install = 'ln -s /bin/sh sh; ln -s ../../../outside out';`,
  });
  const all = await succeed(project, ['push', depot]);
  expect(all.events.of('log.message', 'test.venv@r1')).toMatchObject([{ level: 'warn' }]);
  expect(readIndex(depot).entries.map(({ identity }) => identity)).toEqual([BREAD, FLOUR]);
  const asked = await galley(project, ['push', depot, 'venv']);
  expect([asked.status, asked.events.codes()]).toEqual([1, ['NOT_PORTABLE']]);
  expectTold('NOT_PORTABLE', asked, project, 'push ../depot venv');
});

test('a damaged asset is not shared', async () => {
  await succeed(project, 'install');
  const file = path.join(await entryOf(project, FLOUR), 'asset/grain');
  await writeFile(file, 'black\n').catch(() => {});
  expect(await readFile(file, 'utf8')).toBe('black\n');
  const { status, events } = await galley(project, ['push', depot, 'flour']);
  expect([status, events.codes()]).toEqual([1, ['ASSET_DAMAGED']]);
});

test('push --dry-run says what would be added, and makes nothing', async () => {
  const plan = async () => JSON.parse((await succeed(project, ['push', depot, '--dry-run', '--json'])).stdout);
  expect(await plan()).toEqual({ depot, missing: [FLOUR, BREAD], present: [] });
  expect(await builds()).toEqual([]);
  await succeed(project, ['push', depot, 'flour']);
  expect(await plan()).toEqual({ depot, missing: [BREAD], present: [FLOUR] });
});

test('export writes a directory that import takes into a cache, and one archive for one package', async () => {
  await succeed(project, ['export', '--to', depot]);
  const archive = path.join(project.rootDir, 'flour.tar.zst');
  expect((await succeed(project, ['export', 'flour', '--to', archive])).stdout).toBe(`${archive}\n`);
  expect(readFileSync(archive).equals(readFileSync(path.join(depot, entryIn(depot, FLOUR).url)))).toBe(true);
  const refused = await galley(project, ['export', 'bread', '--to', archive]);
  expect([refused.status, refused.events.codes()]).toEqual([2, ['USAGE']]);

  expect((await galley(project, ['export', '--to', `${depot}.zip`])).events.codes()).toEqual(['USAGE']);

  const elsewhere = anotherMachine(project);
  const planned = await succeed(elsewhere, ['import', archive, depot, '--dry-run', '--json']);
  expect(JSON.parse(planned.stdout)).toMatchObject({
    missing: [FLOUR, BREAD, FLOUR].map((identity) => ({ identity })),
  });
  expect(await listNames(path.join(elsewhere.cacheDir, 'assets'))).toEqual([]);
  const unknown = await galley(elsewhere, ['import', depot, '--package', 'bred']);
  expect(unknown.events.codes()).toEqual(['QUERY_UNKNOWN']);
  const one = await succeed(elsewhere, ['import', archive, '--json']);
  expect(JSON.parse(one.stdout)).toMatchObject([{ identity: FLOUR, added: true }]);
  // What bread needs comes with it, but for what is there.
  const rest = await succeed(elsewhere, ['import', depot, '--package', 'bread', '--json']);
  expect(JSON.parse(rest.stdout).map((row: { identity: string; added: boolean }) => [row.identity, row.added])).toEqual(
    [
      [BREAD, true],
      [FLOUR, false],
    ],
  );
  expect((await succeed(elsewhere, 'install')).events.outcomes()).toMatchObject({
    [FLOUR]: 'cached',
    [BREAD]: 'cached',
  });
  expect(await builds()).toEqual(BUILT);
});

test('merge adds what the other depots have, and keeps what it has', async () => {
  await succeed(project, ['push', `${depot}-1`, 'flour']);
  await succeed(project, ['push', `${depot}-2`]);
  // The same key, and other bytes.
  const foreign = readIndex(`${depot}-2`);
  const [bread, flour] = foreign.entries as [(typeof foreign.entries)[0], (typeof foreign.entries)[0]];
  writeIndex(`${depot}-2`, {
    ...foreign,
    entries: [
      { ...bread, url: bread.url },
      { ...flour, sha256: bread.sha256 },
    ],
  });
  const plan = await succeed(project, ['depot', 'merge', `${depot}-1`, `${depot}-2`, '--dry-run']);
  expect(
    plan.events
      .of('log.message')
      .map(({ text }) => text)
      .join(),
  ).toContain('Would add 1');
  const { stdout } = await succeed(project, ['depot', 'merge', `${depot}-1`, `${depot}-2`, '--json']);
  expect(JSON.parse(stdout)).toMatchObject([{ added: [{ identity: BREAD }], kept: [{ identity: FLOUR }] }]);
  const verified = await succeed(project, ['depot', 'verify', `${depot}-1`, '--json']);
  expect(JSON.parse(verified.stdout)).toMatchObject({ entries: 2, problems: [], signers: [] });
  const listed = await succeed(project, ['depot', 'list', `${depot}-1`]);
  expect(listed.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([BREAD, FLOUR, '']);
});

test('an index that would lead a merge to overwrite the index itself does not', async () => {
  await succeed(project, ['push', `${depot}-2`, 'flour']);
  const index = readIndex(`${depot}-2`);
  const file = path.join(`${depot}-2`, entryIn(`${depot}-2`, FLOUR).url);
  await symlink(file, path.join(`${depot}-2`, 'galley-depot.json.old'));
  writeIndex(`${depot}-2`, {
    ...index,
    entries: index.entries.map((entry) => ({ ...entry, url: 'galley-depot.json.old' })),
  });
  await succeed(project, ['depot', 'merge', `${depot}-1`, `${depot}-2`]);
  expect((await readdir(`${depot}-1`)).sort()).toEqual(['galley-depot.json', FLOUR]);
});

test('credentials in the address of a depot are shown nowhere', async () => {
  const env = { GALLEY_DEPOTS: 'http://me:sesame@127.0.0.1:1/d' };
  const words = await galley(project, 'install --verbose', { env, told: 'words' });
  const events = await galley(project, 'install --verbose', { env });
  expect(words.stderr + words.stdout + JSON.stringify(events.events.all)).not.toContain('sesame');
  const pushed = await galley(project, ['push', 'http://me:sesame@127.0.0.1:1/d'], { told: 'words' });
  expect(pushed.status).toBe(3);
  expect(pushed.stderr).not.toContain('sesame');
});
