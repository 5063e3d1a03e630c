// Code that recipes import from bundles: declared, confined, and part of the key.
import { rename, rm, symlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { assetOf } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';
import { countWorkers } from './rig/workers.ts';

const below = (dir: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${dir}/${name}`, text]));

const bundle = (identity: string, more = ''): string =>
  `export const identity = '${identity}'; export const recipes = {}; ${more}`;

const SPICES = {
  'galley-bundle.js': bundle('acme.spices@r1'),
  'spice.js': `export const spice = 'pepper';`,
};
/** Words that are made with spices, a bundle in the bundle. */
const WORDS = {
  'galley-bundle.js': bundle(
    'acme.words@r1',
    `export const bundles = { spices: { identity: 'acme.spices@r1', source: 'spices' } };`,
  ),
  'lib/words.js': `import { spice } from 'bundle:spices/spice.js'; import { end } from './end.js'; export const word = spice + end;`,
  'lib/end.js': `export const end = '!';`,
  ...below('spices', SPICES),
};
const MEAL = `import { word } from 'bundle:words/lib/words.js';
  export const identity = 'test.meal@r1';
  export const dependencies = (options) => [{ bundle: 'words' }];
  export async function install(ctx) { await ctx.write('meal', word); }`;

const manifest = (source: string): string => `
  export const bundles = { words: { identity: 'acme.words@r1', source: '${source}' } };
  export const recipe_roots = ['recipes'];
  export const packages = ['test.meal@r1'];`;

const PROJECT: Files = { 'galley.js': manifest('words'), 'recipes/test.meal@r1.js': MEAL, ...below('words', WORDS) };

test('what a recipe imports from bundles, and they from theirs, is part of its key, and where they lie is not', async () => {
  const project = await createProject(PROJECT);
  const first = await succeed(project, 'sync');
  expect(first.events.outcomes()).toEqual({ 'test.meal@r1': 'built' });
  expect(await assetOf(project, 'test.meal@r1')).toEqual({ meal: 'pepper!' });
  // In the recipe's own directory, too, it is still the bundle.
  for (const dir of ['moved', 'recipes/words']) {
    await rename(project.at(dir === 'moved' ? 'words' : 'moved'), project.at(dir));
    await project.write({ 'galley.js': manifest(dir) });
    expect((await succeed(project, 'sync')).events.outcomes()['test.meal@r1'], dir).toBe('cached');
  }
  for (const [name, text] of Object.entries({
    'lib/end.js': WORDS['lib/end.js'],
    'spices/spice.js': SPICES['spice.js'],
  })) {
    await project.write({ [`recipes/words/${name}`]: `${text} // new` });
    expect(await countWorkers(project), name).toBeGreaterThan(0);
    expect((await succeed(project, 'list')).stdout, name).toContain('cached');
    expect(await countWorkers(project), `${name}, and nothing after it`).toBe(0);
  }
  const last = await succeed(project, 'list --json');
  expect(JSON.parse(last.stdout)[0].key).not.toBe(first.events.of('package.resolved')[0]?.key);
});

test('a bundle that is not on this machine is fetched when its import is met, and pinned', async () => {
  const server = await startServer({ '/words.tar.gz': gzipSync(await tarOf(WORDS)) });
  const project = await createProject({ ...PROJECT, 'galley.js': manifest(server.url('/words.tar.gz')) });
  await succeed(project, 'lint');
  expect(server.asked('/words.tar.gz')).toBe(0);
  await succeed(project, 'sync');
  expect(await assetOf(project, 'test.meal@r1')).toEqual({ meal: 'pepper!' });
  server.set('/words.tar.gz', undefined);
  expect((await succeed(project, 'sync --frozen --offline')).events.outcomes()['test.meal@r1']).toBe('cached');
});

test('an alias is looked up in the manifest that asked for the recipe', async () => {
  const part = { 'galley.js': manifest('../other').replace(`'recipes'`, `'../recipes'`).replace('words:', 'terms:') };
  const project = await createProject({
    ...PROJECT,
    ...below('part', part),
    ...below('other', { ...WORDS, 'lib/end.js': `export const end = '?';` }),
    'recipes/test.terms@r1.js': MEAL.replaceAll('words', 'terms')
      .replace('lib/terms', 'lib/words')
      .replace('meal@', 'terms@'),
  });
  await project.write({ 'part/galley.js': part['galley.js'].replace('test.meal', 'test.terms') });
  await project.write({ 'galley.js': `${manifest('words')} export const include = ['part'];` });
  await succeed(project, 'sync');
  expect(await assetOf(project, 'test.meal@r1')).toEqual({ meal: 'pepper!' });
  expect(await assetOf(project, 'test.terms@r1')).toEqual({ meal: 'pepper?' });
  // One recipe out of one file that two bundles would make two packages.
  await project.write({ 'part/galley.js': manifest('../other').replace(`'recipes'`, `'../recipes'`) });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([2, ['SOURCE_CONFLICT']]);
  expect(events.messages()).toContain(`bundles of ${project.at('part/galley.js')}`);
});

test.each<[string, Files, string]>([
  [
    'a file of the project by its path',
    { 'words/lib/end.js': `export { end } from '../../recipes/secret.js';` },
    'it leads outside',
  ],
  ['a file of the project by a link', { 'words/lib/end.js': `export { end } from './link.js';` }, 'it leads outside'],
  [
    'a file outside by the name of a bundle',
    { 'recipes/test.meal@r1.js': MEAL.replace('words/lib/words.js', 'words/../recipes/secret.js') },
    'it leads outside',
  ],
  [
    'a bundle outside of it',
    {
      'words/galley-bundle.js': WORDS['galley-bundle.js'].replace(`'spices'`, `'../spices'`),
      ...below('spices', SPICES),
    },
    'leads outside of that',
  ],
  [
    'a bundle that only its user names',
    { 'words/lib/end.js': `export { end } from 'bundle:words/lib/end.js';` },
    'Unknown bundle "words"',
  ],
  [
    'a bundle that only another bundle names',
    { 'recipes/test.meal@r1.js': MEAL.replace('words/lib/words.js', 'spices/spice.js') },
    'Unknown bundle "spices"',
  ],
])('code of a bundle does not reach %s', async (_name, files, message) => {
  const project = await createProject({ ...PROJECT, 'recipes/secret.js': `export const end = 'secret';` });
  await symlink('../../recipes/secret.js', project.at('words/lib/link.js'));
  await project.write(files);
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.messages()).toContain(message);
});

test('what a bundle lists stays in it, through links and by paths of its recipes', async () => {
  const soup = (dependency: string): string => `export const identity = 'acme.soup@r1';
    export const dependencies = [${dependency}]; export const install = 'touch it';`;
  const recipes = { 'acme.soup@r1': 'soup.js', 'acme.salt@r1': 'salt.js', 'acme.oil@r1': 'oil' };
  const project = await createProject({
    'galley.js': `export const bundles = { kitchen: { identity: 'acme.kitchen@r1', source: 'kitchen' } };
      export const packages = ['soup', 'salt', 'oil'].map((name) => ({ recipe: 'acme.' + name + '@r1', bundle: 'kitchen' }));`,
    'kitchen/galley-bundle.js': `export const identity = 'acme.kitchen@r1'; export const recipes = ${JSON.stringify(recipes)};`,
    'kitchen/soup.js': soup(`{ recipe: 'acme.own@r1', source: '../own/recipe.js' }`),
    'own/recipe.js': `export const identity = 'acme.own@r1'; export const install = 'touch it';`,
  });
  await symlink('../own/recipe.js', project.at('kitchen/salt.js'));
  await symlink('../own', project.at('kitchen/oil'));
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  const told = events.problems().filter(({ code }) => code === 'INVALID_VALUE');
  expect(told.map(({ location }) => `${location?.file}:${location?.line}`).sort()).toEqual([
    `${project.at('kitchen/galley-bundle.js')}:1`,
    `${project.at('kitchen/galley-bundle.js')}:1`,
    `${project.at('kitchen/soup.js')}:2`,
  ]);
  await rm(project.at('kitchen/oil'));
});
