// A sync with nothing to do evaluates no recipe, and through the launcher does not start node. Whatever could change its
// answer is changed in turn, and noticed by both; and then there is nothing to do again.
import { cp, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { createCounter } from './rig/counter.ts';
import { entryOf, listNames } from './rig/disk.ts';
import { galley, type RunOptions, succeed } from './rig/galley.ts';
import { answerOfShell, installLauncher, PIN_LINE } from './rig/launcher.ts';
import { createProject, type Files, type Project } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { countWorkers } from './rig/workers.ts';

const MEMO = '.galley/resolution.json';

const manifest = (size = 1): string => `
${PIN_LINE}
  export const recipe_roots = ['early', 'recipes'];
  export const packages = [
    'test.pot@r1', { recipe: 'test.pan@r1', options: { size: ${size} } }, 'test.tree@r1', 'test.web@r1',
  ];`;

const kitchen = (url: string): Files => ({
  'galley.js': manifest(),
  'recipes/test.pot@r1.js': `import './lid/lid.js';
    export const env = ['HEAT'];
    export const products = { stir: 'stir' };
    export const install = 'cp /bin/sh stir';`,
  'recipes/lid/lid.js': 'export {};',
  'recipes/test.pan@r1/recipe.js': `
    export const options = { size: { type: 'int' } };
    export const products = { fry: 'fry' };
    export const install = 'printf "#!/bin/sh\\n" > fry; chmod +x fry';`,
  'recipes/test.pan@r1/dents/one.txt': 'dent',
  'recipes/test.tree@r1.js': `export const fetch = { path: '../tree' };`,
  'tree/herbs/basil.txt': 'green',
  'recipes/test.web@r1.js': `export const fetch = '${url}';`,
});

/** One thing that is not as it was. */
interface Change {
  change?(project: Project): Promise<unknown>;
  /** What a person has to do before there can be nothing to do again. */
  undo?(project: Project): Promise<unknown>;
  /** How the next sync is called; the ones after it are plain. */
  args?: string;
  run?: RunOptions;
}

const rewrite = (name: string, edit: (text: string) => string) => async (project: Project) =>
  writeFile(project.at(name), edit(await readFile(project.at(name), 'utf8')));
const append = (name: string) => rewrite(name, (text) => `${text}\n`);
const write = (name: string, text: string) => (project: Project) => project.write({ [name]: text });
const remove = (name: string) => (project: Project) => rm(project.at(name), { recursive: true });
const inEntry = (work: (entry: string) => Promise<unknown>) => async (project: Project) =>
  work(await entryOf(project, 'test.web@r1'));

/** What packages are made of. */
const INPUTS: Record<string, Change> = {
  'the text of a recipe': { change: append('recipes/test.pot@r1.js') },
  'an imported module': { change: append('recipes/lid/lid.js') },
  'an option': { change: write('galley.js', manifest(2)) },
  'a file of a directory recipe': { change: append('recipes/test.pan@r1/dents/one.txt') },
  'a new file in a directory recipe': { change: write('recipes/test.pan@r1/dents/two.txt', 'dent') },
  'a file less in a directory recipe': { change: remove('recipes/test.pan@r1/dents/two.txt') },
  'a file of a local tree': { change: append('tree/herbs/basil.txt') },
  'a new file in a local tree': { change: write('tree/herbs/thyme.txt', 'green') },
  'a file less in a local tree': { change: remove('tree/herbs/thyme.txt') },
  'an input variable that appears': { run: { env: { HEAT: 'low' } } },
  'an input variable that changes': { run: { env: { HEAT: 'high' } } },
  'a recipe that shadows another in an earlier root': {
    change: write('early/test.pot@r1.js', `export const identity = 'test.pot@r1'; export const install = 'touch it';`),
  },
  'a directory recipe that shadows another in an earlier root': {
    change: async (project) => {
      await mkdir(project.at('early'), { recursive: true });
      await cp(project.at('recipes/test.pan@r1'), project.at('early/test.pan@r1'), { recursive: true });
    },
  },
};

/** How galley is called, and what it has written down. */
const SURROUNDINGS: Record<string, Change> = {
  'another variable of galley': { run: { env: { GALLEY_JOBS: '1' } } },
  'an unknown variable of galley': { run: { env: { GALLEY_WHATEVER: '1' } } },
  'a machine that is CI': { run: { env: { CI: '1' } } },
  'another flag': { args: 'sync --no-deploy' },
  'another working directory': { run: { cwd: 'tree' } },
  'settings of the project': { change: write('galley.json', '{ "jobs": 2 }') },
  'settings of the person': { change: write('../home/.config/galley/config.json', '{ "jobs": 1 }') },
  'the memo of another machine': {
    change: rewrite(MEMO, (text) => text.replace('"machine":"', '"machine":"plan9-')),
  },
  'the memo of another version': { change: rewrite(MEMO, (text) => text.replace('"version":"', '"version":"0.0.1-')) },
  'the memo of another schema': { change: rewrite(MEMO, (text) => text.replace(/"schema":\d+/, '"schema":0')) },
  'half a memo': { change: rewrite(MEMO, (text) => text.slice(0, text.length / 2)) },
  'no memo': { change: remove(MEMO) },
  'the lock file': { change: append('galley.lock') },
  'no lock file': { change: remove('galley.lock') },
};

/** What the last sync has left. */
const RESULTS: Record<string, Change> = {
  'no marker': { change: inEntry((entry) => rm(path.join(entry, 'galley-complete'))) },
  'no asset': {
    change: inEntry((entry) => rename(path.join(entry, 'asset'), path.join(entry, '../../../../moved-away'))),
  },
  'another asset in its place': {
    change: inEntry(async (entry) => {
      await rename(path.join(entry, 'asset'), path.join(entry, '../../../../moved'));
      await cp(path.join(entry, '../../../../moved'), path.join(entry, 'asset'), { recursive: true });
    }),
  },
  'a roster that does not have the project any more': { change: remove('../state') },
  'no entry at all': { change: inEntry((entry) => rename(entry, path.join(entry, '../../../../entry'))) },
  'a launcher less': { change: remove('.galley/bin/stir') },
  'a launcher that leads elsewhere': {
    change: async (project) => {
      await rm(project.at('.galley/bin/stir'));
      await symlink('/bin/sh', project.at('.galley/bin/stir'));
    },
    undo: remove('.galley/bin/stir'),
  },
  'a script launcher that says something else': {
    change: write('.galley/bin/fry', '#!/bin/sh\nfalse\n'),
    undo: remove('.galley/bin/fry'),
  },
};

test.each([
  ['what packages are made of', INPUTS],
  ['how galley is called and what it has written down', SURROUNDINGS],
  ['what the last sync has left', RESULTS],
])('a sync with nothing to do evaluates nothing, and notices each change in turn of %s', async (_name, changes) => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject(kitchen(server.url('/soup.txt')));
  await installLauncher(project);
  // The first sync writes the lock file, the second meets it as it is.
  for (const _ of ['first', 'second']) await succeed(project, 'sync', { told: 'words' });
  expect(await countWorkers(project), 'nothing').toBe(0);
  const inShell = answerOfShell(project);
  expect(inShell).toBe('galley: 4 packages up to date\n');
  for (const [name, { change, undo, args, run }] of Object.entries(changes)) {
    await change?.(project);
    expect(answerOfShell(project, args, run), `${name}, in a shell`).toBeUndefined();
    expect(await countWorkers(project, args, run), name).toBeGreaterThan(0);
    // Back to the plain call, which has to be noticed too.
    if (args || run) expect(answerOfShell(project), `after ${name}, in a shell`).toBeUndefined();
    if (args || run) expect(await countWorkers(project), `after ${name}`).toBeGreaterThan(0);
    await undo?.(project);
    await succeed(project, 'sync', { told: 'words' });
    expect(await countWorkers(project), `${name}, and nothing after it`).toBe(0);
    expect(answerOfShell(project), `${name}, and nothing after it, in a shell`).toBe(inShell);
  }
});

test('a lock file that appears is read', async () => {
  const project = await createProject({ 'recipes/test.pot@r1.js': `export const install = 'touch it';` });
  await succeed(project, 'sync', { told: 'words' });
  expect(await countWorkers(project)).toBe(0);
  await writeFile(project.at('galley.lock'), '{ "schema": 1, "records": [] }');
  expect(await countWorkers(project)).toBeGreaterThan(0);
});

test('another pin in galley.lock is noticed, though nothing else has changed, and is another key', async () => {
  const server = await startServer({ '/soup.txt': 'soup' });
  const project = await createProject({
    'recipes/test.web@r1.js': `export const fetch = '${server.url('/soup.txt')}';`,
  });
  const lock = project.at('galley.lock');
  const keyNow = async (): Promise<unknown> =>
    (await succeed(project, 'sync')).events.of('package.resolved').map(({ key }) => key)[0];
  const soup = await keyNow();
  await succeed(project, 'sync', { told: 'words' });
  expect(await countWorkers(project), 'nothing').toBe(0);
  const before = await stat(lock);
  const pinned = await readFile(lock, 'utf8');
  server.set('/soup.txt', 'stew');
  await writeFile(lock, pinned.replaceAll(sha256OfBytes('soup'), sha256OfBytes('stew')));
  // As long as it was, and as old.
  await utimes(lock, before.atime, before.mtime);
  expect((await stat(lock)).size).toBe(before.size);
  expect(await countWorkers(project), 'another pin').toBeGreaterThan(0);
  const stew = await keyNow();
  expect(stew).not.toBe(soup);
  const assets = (await listNames(`${project.cacheDir}/assets/test.web@r1`)).map((name) => name.split('-').at(-1));
  expect(assets.sort(), 'the first run has made it').toEqual([soup, stew].sort());
  // What does not say which bytes are meant is no part of the key.
  await writeFile(lock, (await readFile(lock, 'utf8')).replace(/, "size": 4/, ''));
  expect(await keyNow()).toBe(stew);
  await writeFile(lock, pinned);
  expect(await keyNow()).toBe(soup);
});

test('a link on the way to a recipe is noticed when it leads elsewhere, and so is what then comes before', async () => {
  const recipe = (text: string): string =>
    `export const identity = 'test.pot@r1'; export const install = 'echo ${text} > text';`;
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['early', 'now/recipes']; export const packages = ['test.pot@r1'];`,
    'one/recipes/test.pot@r1.js': recipe('one'),
    'two/recipes/test.pot@r1.js': recipe('two'),
  });
  await symlink('one', project.at('now'));
  await succeed(project, 'sync', { told: 'words' });
  expect(await countWorkers(project)).toBe(0);
  await rm(project.at('now'));
  await symlink('two', project.at('now'));
  expect(await countWorkers(project), 'the link').toBeGreaterThan(0);
  expect(await countWorkers(project)).toBe(0);
  await project.write({ 'early/test.pot@r1.js': recipe('early') });
  expect(await countWorkers(project), 'an earlier root').toBeGreaterThan(0);
});

test('each link on the way to what was read counts, also one that another leads to', async () => {
  const project = await createProject({
    'one/galley.js': `export const recipe_roots = ['roots']; export const packages = ['test.pot@r1'];`,
    'v1/test.pot@r1.js': `export const identity = 'test.pot@r1'; export const fetch = { path: '../tree' };`,
    'one/herbs/basil.txt': 'green',
    'one/config.json': '{ "jobs": 1 }',
    'two/config.json': '{ "jobs": 2 }',
    '../home/.config/galley/other.json': '{}',
  });
  const config = path.join(project.homeDir, '.config/galley/config.json');
  const links: Record<string, string> = {
    [project.at('now')]: 'one',
    [project.at('galley.js')]: 'now/galley.js',
    [project.at('latest')]: 'v1',
    [project.at('roots')]: 'latest',
    [project.at('tree')]: 'now/herbs',
    [project.at('settings')]: project.at('one'),
    [config]: project.at('settings/config.json'),
  };
  await rm(project.at('galley.js'));
  for (const [file, target] of Object.entries(links)) await symlink(target, file);
  await succeed(project, 'sync', { told: 'words' });
  const { stamps } = JSON.parse(await readFile(project.at(MEMO), 'utf8')) as { stamps: object };
  expect(Object.keys(stamps)).toEqual(expect.arrayContaining(Object.keys(links)));
  expect(await countWorkers(project)).toBe(0);
  await rm(project.at('settings'));
  await symlink('two', project.at('settings'));
  expect(await countWorkers(project)).toBeGreaterThan(0);
});

const OTHER_RUNS: Record<string, { args: string; heat: string; status?: number }> = {
  'of one package': { args: 'sync test.pot@r1', heat: 'high' },
  'that tells more': { args: 'sync --verbose', heat: 'high' },
  'that fails': { args: 'sync', heat: 'burnt', status: 1 },
  'that deploys nothing': { args: 'install', heat: 'high' },
};

test('what a run that was not saved has deployed and wants kept is noticed', async () => {
  const project = await createProject({
    'recipes/test.pot@r1.js': `export const env = ['HEAT']; export const install = 'echo $HEAT > heat';
      export const deploy = 'cp $GALLEY_ASSET_DIR/heat $GALLEY_PROJECT_ROOT/deployed';`,
    'recipes/test.pan@r1.js': `export const env = ['HEAT']; export const install = 'test $HEAT != burnt; touch it';`,
  });
  const low = { env: { HEAT: 'low' }, told: 'words' } as const;
  const leaseDir = `${project.cacheDir}/leases/projects`;
  const wanted = async () => readFile(path.join(leaseDir, (await listNames(leaseDir))[0] ?? ''), 'utf8');
  await succeed(project, 'sync', low);
  const before = await wanted();
  for (const [name, { args, heat, status = 0 }] of Object.entries(OTHER_RUNS)) {
    expect((await galley(project, args, { env: { HEAT: heat }, told: 'words' })).status, name).toBe(status);
    await succeed(project, 'sync', low);
    expect(await readFile(project.at('deployed'), 'utf8'), name).toBe('low\n');
    expect(await wanted(), name).toBe(before);
  }
});

test('a launcher comes when the file of somebody else that was in its place is gone', async () => {
  const project = await createProject({
    'recipes/test.pot@r1.js': `export const products = { stir: 'stir' }; export const install = 'cp /bin/sh stir';`,
    '.galley/bin/stir': 'mine',
  });
  await succeed(project, 'sync', { told: 'words' });
  await rm(project.at('.galley/bin/stir'));
  await succeed(project, 'sync', { told: 'words' });
  expect(await listNames(project.at('.galley/bin'))).toEqual(['stir']);
});

test('what a sync with nothing to do says is one line, and nothing when it is to be quiet', async () => {
  const project = await createProject({ 'recipes/test.pot@r1.js': `export const install = 'touch it';` });
  await succeed(project, 'sync', { told: 'words' });
  const plain = await succeed(project, 'sync', { told: 'words' });
  expect([plain.stdout, plain.stderr]).toEqual(['', 'galley: 1 package up to date\n']);
  // What the shell hook sets is no setting.
  const inShell = { env: { GALLEY_PROJECT_ROOT: project.dir } };
  expect(await countWorkers(project, 'sync', inShell)).toBe(0);
  await succeed(project, 'sync -q', { told: 'words' });
  const quiet = await succeed(project, 'sync -q', { told: 'words' });
  expect([quiet.stdout, quiet.stderr]).toEqual(['', '']);
});

const RESTLESS: Record<string, string> = {
  'a user-managed package': `export const check = 'true';`,
  'a programmatic package': `export const build = 'true';`,
  'a package with a selected setup pair': `
    export const setup = { it: { check: 'true', install: 'true' } }; export const install = 'touch it';`,
  'a deprecated package': `export const deprecated = { message: 'old' }; export const install = 'touch it';`,
};

test.each(Object.entries(RESTLESS))('%s is looked at in every sync', async (_name, recipe) => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{ recipe: 'test.pot@r1', setup: ${recipe.includes('setup') ? "['it']" : '[]'} }];`,
    'recipes/test.pot@r1.js': recipe.replaceAll(`'true'`, JSON.stringify(`${counter.note('looked')}; true`)),
  });
  await succeed(project, 'sync', { told: 'words' });
  const before = await counter.count('looked');
  expect(await countWorkers(project)).toBeGreaterThan(0);
  if (recipe.includes(`'true'`)) expect(await counter.count('looked')).toBeGreaterThan(before);
});
