// Dependencies that are chosen from the graph: weak ones, references and products. What is chosen depends on what the
// project has, never on what is in the cache or who was quicker.
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf, entriesOf, readTree } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';

/** A package whose asset tells who it is. */
const jam = (identity: string, more = ''): string => `export const install = 'echo ${identity} > jam'; ${more}`;

/** A package that keeps what its only dependency is. */
const bread = (dependency: string, first = 'true'): string => `
  export const dependencies = [${dependency}];
  export const build = ${JSON.stringify(`${first}; cat "$GALLEY_ASSET_JAM/jam" > got`)};`;

const JAMS: Files = {
  'recipes/acme.jam@r1.js': jam('acme.jam@r1'),
  'recipes/acme.jam@r2.js': jam('acme.jam@r2'),
  'recipes/best.jam@r1.js': jam('best.jam@r1', `export const products = { spread: 'jam' };`),
};

const wants = (...packages: string[]): string =>
  `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(packages)};`;

const FALLBACK = `weak: { recipe: 'acme.jam@r1' }`;

interface Choice {
  dependency: string;
  /** What the project wants beside the bread. */
  others?: string[];
  chosen: string;
}

const CHOICES: Record<string, Choice> = {
  'a weak dependency takes the match': {
    dependency: `{ recipe: 'jam', ${FALLBACK} }`,
    others: ['best.jam@r1'],
    chosen: 'best.jam@r1',
  },
  'a weak dependency takes its fallback when nothing matches': {
    dependency: `{ recipe: 'jam', ${FALLBACK} }`,
    chosen: 'acme.jam@r1',
  },
  'a weak dependency by namespace passes over others': {
    dependency: `{ recipe: 'acme.jam', ${FALLBACK} }`,
    others: ['best.jam@r1'],
    chosen: 'acme.jam@r1',
  },
  'a weak dependency by revision takes the match': {
    dependency: `{ recipe: 'jam@r2', ${FALLBACK} }`,
    others: ['acme.jam@r2', 'best.jam@r1'],
    chosen: 'acme.jam@r2',
  },
  'a weak dependency by its whole name takes the match': {
    dependency: `{ recipe: 'acme.jam@r2', ${FALLBACK} }`,
    others: ['acme.jam@r2', 'best.jam@r1'],
    chosen: 'acme.jam@r2',
  },
  'a reference takes the match': {
    dependency: `{ recipe: 'best.jam' }`,
    others: ['acme.jam@r1', 'best.jam@r1'],
    chosen: 'best.jam@r1',
  },
  'a product is taken from whoever offers it': {
    dependency: `{ product: 'spread' }`,
    others: ['acme.jam@r1', 'best.jam@r1'],
    chosen: 'best.jam@r1',
  },
  'a product of a certain recipe is taken from that': {
    dependency: `{ product: 'spread', recipe: 'best.jam' }`,
    others: ['test.breakfast@r1'],
    chosen: 'best.jam@r1',
  },
  'a product that nobody offers is taken from the fallback': {
    dependency: `{ product: 'spread', weak: { recipe: 'best.jam@r1' } }`,
    others: ['acme.jam@r1'],
    chosen: 'best.jam@r1',
  },
  'a product that somebody offers needs no fallback': {
    dependency: `{ product: 'spread', as: 'jam', weak: { recipe: 'best.jam@r1' } }`,
    others: ['test.butter@r1'],
    chosen: 'test.butter@r1',
  },
};

test.each(Object.entries(CHOICES))('%s, with a cold cache and a warm one', async (_name, choice) => {
  const { dependency, others = [], chosen } = choice;
  const project = await createProject({
    ...JAMS,
    'galley.js': wants('test.bread@r1', ...others),
    'recipes/test.bread@r1.js': bread(dependency),
    'recipes/test.butter@r1.js': jam('test.butter@r1', `export const products = { spread: 'jam' };`),
    'recipes/test.breakfast@r1.js': `
      export const dependencies = [{ recipe: 'test.butter@r1' }, { recipe: 'best.jam@r1' }];
      export const install = 'touch it';`,
  });
  const cold = await succeed(project, 'sync');
  expect(await assetOf(project, 'test.bread@r1')).toEqual({ got: `${chosen}\n` });
  const warm = await succeed(project, 'sync');
  const keys = [cold, warm].map(({ events }) => events.of('package.resolved', 'test.bread@r1').map(({ key }) => key));
  expect(keys[1]).toEqual(keys[0]);
  expect(Object.keys(warm.events.outcomes()).sort()).toEqual(['test.bread@r1', ...others].sort());
});

test('two packages with the same weak query share one fallback', async () => {
  const project = await createProject({
    ...JAMS,
    'galley.js': wants('test.bread@r1', 'test.toast@r1'),
    'recipes/test.bread@r1.js': bread(`{ recipe: 'jam', weak: { recipe: 'acme.jam@r2' } }`),
    'recipes/test.toast@r1.js': bread(`{ recipe: 'jam', weak: { recipe: 'best.jam@r1' } }`),
  });
  await succeed(project, 'sync');
  // Packages choose in the order of their names.
  expect(await assetOf(project, 'test.bread@r1')).toEqual({ got: 'acme.jam@r2\n' });
  expect(await assetOf(project, 'test.toast@r1')).toEqual({ got: 'acme.jam@r2\n' });
  expect(await entriesOf(project, 'best.jam@r1')).toEqual([]);
});

test('the fallback of one package is the match of another, and its own weak dependencies are chosen too', async () => {
  const project = await createProject({
    ...JAMS,
    'galley.js': wants('test.bread@r1', 'test.cake@r1'),
    'recipes/test.bread@r1.js': bread(`{ recipe: 'best.jam' }`),
    'recipes/test.cake@r1.js': `
      export const dependencies = [{ recipe: 'filling', weak: { recipe: 'test.filling@r1' } }];
      export const build = 'cat "$GALLEY_ASSET_FILLING/got" > got';`,
    'recipes/test.filling@r1.js': bread(`{ recipe: 'jam', weak: { recipe: 'best.jam@r1' } }`),
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, 'test.bread@r1')).toEqual({ got: 'best.jam@r1\n' });
  expect(await assetOf(project, 'test.cake@r1')).toEqual({ got: 'best.jam@r1\n' });
});

test('a choice of another package is another key, and choosing the first again finds it in the cache', async () => {
  const project = await createProject({ ...JAMS, 'recipes/test.bread@r1.js': bread(`{ recipe: 'jam', ${FALLBACK} }`) });
  const bake = async (...packages: string[]) => {
    await project.write({ 'galley.js': wants('test.bread@r1', ...packages) });
    // With it the first choice would stay.
    await rm(project.at('galley.lock'), { force: true });
    return (await succeed(project, 'sync')).events.outcomes()['test.bread@r1'];
  };
  expect(await bake()).toBe('built');
  expect(await bake('best.jam@r1')).toBe('built');
  expect(await bake()).toBe('cached');
  const assets = (await entriesOf(project, 'test.bread@r1')).map((entry) => readTree(`${entry}/asset`));
  expect((await Promise.all(assets)).map(({ got }) => got).sort()).toEqual(['acme.jam@r1\n', 'best.jam@r1\n']);
});

test('two projects on one cache that resolve the same weak query differently do so at once', async () => {
  const project = await createProject();
  const [counter, control] = [createCounter(project), await openControl(project)];
  const wait = (name: string): string =>
    `export const install = ${JSON.stringify(`${counter.note(name)}; ${control.script(name)}; echo ${name} > jam`)};`;
  await project.write({
    ...JAMS,
    'galley.js': wants('test.bread@r1'),
    'other/galley.js': wants('test.bread@r1', 'best.jam@r1').replace("'recipes'", "'../recipes'"),
    'recipes/acme.jam@r1.js': wait('acme'),
    'recipes/best.jam@r1.js': wait('best'),
    'recipes/test.bread@r1.js': bread(`{ recipe: 'jam', ${FALLBACK} }`, counter.note('bread')),
  });
  const [one, other] = [start(project, 'sync'), start(project, 'sync', { cwd: 'other' })];
  // Both are in the middle of their builds at this moment: neither waits for the other.
  const [acme, best] = [await control.next('acme'), await control.next('best')];
  await acme.exit();
  expect((await one.finished).status).toBe(0);
  await best.exit();
  expect((await other.finished).status).toBe(0);
  expect((await counter.order()).sort()).toEqual(['acme', 'best', 'bread', 'bread']);
  const assets = (await entriesOf(project, 'test.bread@r1')).map((entry) => readTree(`${entry}/asset`));
  expect((await Promise.all(assets)).map(({ got }) => got).sort()).toEqual(['acme\n', 'best\n']);
  for (const cwd of ['.', 'other'])
    expect((await succeed(project, 'sync', { cwd })).events.outcomes()['test.bread@r1']).toBe('cached');
});

test('a weak dependency with other options is another package, and its query is then ambiguous', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = ['acme.jam@r1', { recipe: 'acme.jam@r1', options: { fruit: 'fig' } }, 'test.bread@r1'];`,
    'recipes/acme.jam@r1.js': jam('acme.jam@r1', `export const options = { fruit: { type: 'string' } };`),
    'recipes/test.bread@r1.js': bread(`{ recipe: 'jam', ${FALLBACK} }`),
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.codes()).toEqual(['DEPENDENCY_AMBIGUOUS']);
  expect(events.messages()).toContain('matches 2 packages: acme.jam@r1, acme.jam@r1{"fruit":"fig"}');
});
