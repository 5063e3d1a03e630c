// Bundles: many recipes that are shipped together, local or from elsewhere, with the code that they share.
import { rename, rm, symlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { assetOf, listNames } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';
import { countWorkers } from './rig/workers.ts';

const recipe = (identity: string, text: string): string => `export const identity = '${identity}'; ${text}`;

/** Two recipes, of which one needs the other, and what they share. */
const BUNDLE: Files = {
  'galley-bundle.js': `export const identity = 'acme.kitchen@r1';
    export const recipes = { 'acme.soup@r1': 'recipes/soup.js', 'acme.salt@r1': 'salt', 'acme.stew@r1': 'recipes/stew.js' };`,
  'recipes/soup.js': `import { word } from '../lib/words.js';
    ${recipe('acme.soup@r1', `export const dependencies = [{ recipe: 'acme.salt@r1' }];`)}
    export const build = \`cat "$GALLEY_ASSET_SALT/salt" > soup; echo \${word} >> soup\`;`,
  'recipes/stew.js': recipe('acme.stew@r1', `export const install = 'echo stew > stew';`),
  'salt/recipe.js': recipe(
    'acme.salt@r1',
    `export const fetch = { path: 'grain.txt' }; export const install = 'cp "$GALLEY_FETCH_DIR/grain.txt" salt';`,
  ),
  'salt/grain.txt': 'salt\n',
  'lib/words.js': `import { end } from './end.js'; export const word = 'soup' + end;`,
  'lib/end.js': `export const end = '!';`,
};
const SOUP = { soup: 'salt\nsoup!\n' };

const below = (dir: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${dir}/${name}`, text]));

const manifest = (source: string, packages = `{ recipe: 'acme.soup@r1', bundle: 'kitchen' }`): string => `
  export const bundles = { kitchen: { identity: 'acme.kitchen@r1', source: ${source} } };
  export const recipe_roots = ['recipes'];
  export const packages = [${packages}];`;

const LOCAL = { 'galley.js': manifest(`'kitchen'`), ...below('kitchen', BUNDLE) };

test('a recipe of a bundle of this machine is read in place, and finds the others of it by itself', async () => {
  const project = await createProject(LOCAL);
  const cold = await succeed(project, 'sync');
  expect(cold.events.outcomes()).toEqual({ 'acme.soup@r1': 'built', 'acme.salt@r1': 'built' });
  expect(await assetOf(project, 'acme.soup@r1')).toEqual(SOUP);
  expect(await listNames(`${project.cacheDir}/recipes`)).toEqual([]);
  // What is imported from the bundle is part of the key; where the bundle lies is not.
  await rename(project.at('kitchen'), project.at('moved'));
  await project.write({ 'galley.js': manifest(`'moved'`) });
  expect((await succeed(project, 'sync')).events.outcomes()['acme.soup@r1']).toBe('cached');
  await project.write({ 'moved/lib/end.js': `export const end = '?';` });
  expect((await succeed(project, 'sync')).events.outcomes()['acme.soup@r1']).toBe('built');
});

test('a recipe of a bundle is in the bundle, links included', async () => {
  const secret = recipe('acme.stew@r1', `export const install = 'echo mine > mine';`);
  const project = await createProject({ ...LOCAL, 'mine/stew.js': secret });
  await project.write({ 'galley.js': manifest(`'kitchen'`, `{ recipe: 'acme.stew@r1', bundle: 'kitchen' }`) });
  await rm(project.at('kitchen/recipes/stew.js'));
  await symlink(project.at('mine/stew.js'), project.at('kitchen/recipes/stew.js'));
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([2, ['INVALID_VALUE']]);
  expect(events.messages()).toContain(`leads outside the bundle, to "${project.at('mine/stew.js')}"`);
});

test('one recipe of a bundle that is asked for in several ways is one package', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    ...LOCAL,
    'kitchen/recipes/stew.js': recipe(
      'acme.stew@r1',
      `export const install = ${JSON.stringify(`${counter.note('stew')}; touch it`)};`,
    ),
    'galley.js': manifest(
      `'kitchen'`,
      `{ recipe: 'acme.stew@r1', bundle: 'kitchen' }, { recipe: 'acme.soup@r1', bundle: 'kitchen' }, 'test.meal@r1', 'test.menu@r1'`,
    ),
    'recipes/test.meal@r1.js': `export const dependencies = [{ recipe: 'acme.stew@r1', bundle: 'kitchen' }];
      export const build = 'touch it';`,
    'recipes/test.menu@r1.js': `
      const bundle = { identity: 'acme.kitchen@r1', source: '../kitchen' };
      export const dependencies = [{ recipe: 'stew', weak: { recipe: 'acme.stew@r1', bundle } }, { recipe: 'acme.salt@r1', bundle }];
      export const build = 'touch it';`,
  });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()['test.menu@r1']).toBe('built');
  expect(await counter.count('stew')).toBe(1);
});

test('a bundle from elsewhere is fetched once, pinned, and there without a network; galley.lock names it', async () => {
  const packed = gzipSync(await tarOf(below('kitchen-1.0', BUNDLE)), { level: 1 });
  const server = await startServer({ '/kitchen.tar.gz': packed });
  const source = `'${server.url('/kitchen.tar.gz')}'`;
  const project = await createProject({ 'galley.js': manifest(source) });
  const strict = await galley(project, 'sync --strict');
  expect([strict.status, strict.events.codes()]).toEqual([2, ['UNPINNED_SOURCE']]);
  expect((await galley(project, 'sync --frozen')).events.codes()).toEqual(['FROZEN']);
  // Looking fetches nothing.
  expect(JSON.parse((await succeed(project, 'list --json')).stdout)).toMatchObject([{ state: 'missing' }]);
  await succeed(project, 'lint');
  expect(server.asked('/kitchen.tar.gz')).toBe(0);

  const cold = await succeed(project, 'sync');
  expect(await assetOf(project, 'acme.soup@r1')).toEqual(SOUP);
  expect(cold.events.of('source.pinned')).toMatchObject([{ package: 'bundle:acme.kitchen@r1' }]);
  expect(server.asked('/kitchen.tar.gz')).toBe(1);
  server.set('/kitchen.tar.gz', undefined);
  for (const args of ['sync --offline', 'sync --frozen', 'list']) expect((await succeed(project, args)).status).toBe(0);
  // Another project that pins the same bytes needs no lock file.
  const [digest] = await listNames(`${project.cacheDir}/recipes/acme.kitchen@r1`);
  await project.write({ 'other/galley.js': manifest(`${source}, sha256: '${digest}'`) });
  const other = await succeed(project, 'sync --strict --offline', { cwd: 'other' });
  expect(other.events.outcomes()['acme.soup@r1']).toBe('cached');
});

test('a bundle with other bytes than its sha256 is refused', async () => {
  const server = await startServer({ '/kitchen.tar.gz': gzipSync(await tarOf(BUNDLE)) });
  const source = `'${server.url('/kitchen.tar.gz')}', sha256: '${'ab'.repeat(32)}'`;
  const project = await createProject({ 'galley.js': manifest(source) });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
  expect(events.problems()[0]?.location).toMatchObject({ file: project.at('galley.js'), line: 2 });
});

/** A manifest whose bundle is copied out of an asset. */
const MADE: Files = {
  'galley.js': manifest(`{
      dependencies: [{ recipe: 'test.pantry@r1' }],
      fetch: async (ctx) => ctx.copy(await ctx.asset('pantry'), ctx.path.join(ctx.fetch_dir, 'kitchen')),
    }`),
  'recipes/test.pantry@r1/recipe.js': recipe(
    'test.pantry@r1',
    `export const fetch = { path: 'kitchen' }; export const stage = 'cp -r "$GALLEY_FETCH_DIR/kitchen/." .';`,
  ),
  ...below('recipes/test.pantry@r1/kitchen', BUNDLE),
};

test('a bundle that a function makes waits for what the function needs', async () => {
  const project = await createProject(MADE);
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ 'test.pantry@r1': 'built', 'acme.soup@r1': 'built', 'acme.salt@r1': 'built' });
  expect(await assetOf(project, 'acme.soup@r1')).toEqual(SOUP);
  expect((await succeed(project, 'sync')).events.outcomes()['acme.soup@r1']).toBe('cached');
});

test('code of a bundle that a function makes cannot be imported, and a prerequisite that is not there is told at its place', async () => {
  const project = await createProject({
    ...MADE,
    'galley.js': MADE['galley.js']?.replace(`{ recipe: 'acme.soup@r1', bundle: 'kitchen' }`, `'test.meal@r1'`) ?? '',
    'recipes/test.meal@r1.js': `
      export { word } from 'bundle:kitchen/lib/words.js'; export const dependencies = [{ bundle: 'kitchen' }];`,
  });
  const refused = await galley(project, 'sync');
  expect([refused.status, refused.events.codes()]).toEqual([2, ['IMPORT_REFUSED']]);
  expect(refused.events.problems()[0]?.location).toMatchObject({
    file: project.at('recipes/test.meal@r1.js'),
    line: 2,
  });
  await project.write({ 'galley.js': MADE['galley.js']?.replace('test.pantry@r1', 'pantry') ?? '' });
  const unmatched = await galley(project, 'sync');
  expect([unmatched.status, unmatched.events.codes()]).toEqual([2, ['DEPENDENCY_UNMATCHED']]);
  expect(unmatched.events.problems()[0]?.location).toMatchObject({ file: project.at('galley.js'), line: 3 });
});

test('recipes of a bundle do not see those of the project, but those of galley, which nobody shadows', async () => {
  const asks = (request: string) =>
    recipe('acme.stew@r1', `export const dependencies = [${request}]; export const install = 'touch it';`);
  const project = await createProject({
    ...LOCAL,
    'galley.js': manifest(`'kitchen'`, `{ recipe: 'acme.stew@r1', bundle: 'kitchen' }, 'acme.own@r1'`),
    'kitchen/recipes/stew.js': asks(`{ recipe: 'acme.own@r1' }`),
    'recipes/acme.own@r1.js': `export const install = 'touch it';`,
    'recipes/galley.apt@r1.js': `throw new Error('shadow');`,
  });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([2, ['RECIPE_NOT_FOUND', 'DEPENDENCY_FAILED']]);
  expect(events.messages()).toContain('Cannot find recipe acme.own@r1 in bundle acme.kitchen@r1');
  await project.write({
    'kitchen/recipes/stew.js': asks(`{ recipe: 'galley.apt@r1', options: { packages: ['zip'] } }`),
  });
  const { stdout } = await galley(project, 'lint --json');
  expect(JSON.parse(stdout)).toEqual([]);
});

test('a sync with nothing to do notices what changes in a bundle', async () => {
  const project = await createProject(LOCAL);
  await succeed(project, 'sync', { told: 'words' });
  expect(await countWorkers(project), 'nothing').toBe(0);
  for (const name of ['galley-bundle.js', 'recipes/soup.js', 'lib/end.js', 'salt/grain.txt']) {
    await project.write({ [`kitchen/${name}`]: `${BUNDLE[name]}\n` });
    expect(await countWorkers(project), name).toBeGreaterThan(0);
    expect(await countWorkers(project), `${name}, and nothing after it`).toBe(0);
  }
});
