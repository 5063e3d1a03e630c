// Graphs that cannot be: every problem of a run is told, each in full and at the place in the text where it stands.
import { expect, test } from 'vitest';
import type { FailureFacts } from '../src/model/event.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Files, type Project } from './rig/project.ts';
import { expectTold } from './rig/told.ts';

const LEAF = `export const install = 'touch it';`;

const needs = (...dependencies: string[]): string =>
  `${LEAF}\nexport const dependencies = [\n${dependencies.join(',\n')},\n];`;

/** Runs a sync that has to be refused as wrong input, and answers its problems in the order of the text. */
async function refused(project: Project): Promise<FailureFacts[]> {
  const { status, events } = await galley(project, 'sync');
  expect(status, events.messages()).toBe(2);
  expect(events.of('command.started', 'test.app@r1')).toEqual([]);
  return events.problems().filter(({ code }) => code !== 'DEPENDENCY_FAILED');
}

/** Where the n-th dependency of `needs` stands. */
const at = (project: Project, recipe: string, index = 0) => ({
  file: project.at('recipes', `${recipe}.js`),
  line: 3 + index,
});

interface Refusal {
  files: Files;
  /** Of the recipe `test.app@r1`, at its first dependency. */
  code: string;
  message: string;
  hint: string;
}

const TWO_JAMS: Files = { 'recipes/acme.jam@r1.js': LEAF, 'recipes/best.jam@r1.js': LEAF };

const OFFERS = `export const products = { spread: 'it' }; ${LEAF}`;

const REFUSALS: Record<string, Refusal> = {
  'a weak dependency with two matches': {
    files: { ...TWO_JAMS, 'recipes/test.app@r1.js': needs(`{ recipe: 'jam', weak: { recipe: 'acme.jam@r1' } }`) },
    code: 'DEPENDENCY_AMBIGUOUS',
    message: 'Dependency "jam" of test.app@r1 matches 2 packages: acme.jam@r1, best.jam@r1',
    hint: 'Ask for one of them by its whole name',
  },
  'a reference with two matches': {
    files: { ...TWO_JAMS, 'recipes/test.app@r1.js': needs(`{ recipe: 'jam@r1' }`) },
    code: 'DEPENDENCY_AMBIGUOUS',
    message: 'Dependency "jam@r1" of test.app@r1 matches 2 packages: acme.jam@r1, best.jam@r1',
    hint: 'Ask for one of them by its whole name',
  },
  'a product of two packages': {
    files: {
      // Two packages of the manifest may not offer one product at all.
      'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.app@r1', 'test.pantry@r1'];`,
      'recipes/acme.jam@r1.js': OFFERS,
      'recipes/best.jam@r1.js': OFFERS,
      'recipes/test.pantry@r1.js': needs(`{ recipe: 'acme.jam@r1' }`, `{ recipe: 'best.jam@r1', as: 'best' }`),
      'recipes/test.app@r1.js': needs(`{ product: 'spread' }`),
    },
    code: 'DEPENDENCY_AMBIGUOUS',
    message: 'Product "spread" of test.app@r1 matches 2 packages: acme.jam@r1, best.jam@r1',
    hint: 'Say which one with "recipe"',
  },
  'a reference without a match': {
    files: { 'recipes/test.app@r1.js': needs(`{ recipe: 'jam' }`) },
    code: 'DEPENDENCY_UNMATCHED',
    message: 'Dependency "jam" of test.app@r1 matches no package',
    hint: 'Add a package that matches to the manifest, or give a fallback with "weak"',
  },
  'a product that nobody offers': {
    files: { 'recipes/test.app@r1.js': needs(`{ product: 'spread' }`) },
    code: 'DEPENDENCY_UNMATCHED',
    message: 'Product "spread" of test.app@r1 matches no package',
    hint: 'Add a package that matches to the manifest, or give a fallback with "weak"',
  },
  'a product of a recipe that does not offer it': {
    files: {
      'recipes/best.jam@r1.js': OFFERS,
      'recipes/test.app@r1.js': needs(`{ product: 'spread', recipe: 'other' }`),
      'recipes/test.other@r1.js': LEAF,
    },
    code: 'DEPENDENCY_UNMATCHED',
    message: 'Product "spread" of "other" of test.app@r1 matches no package',
    hint: 'Add a package that matches to the manifest, or give a fallback with "weak"',
  },
  'a fallback that does not offer the product': {
    files: {
      'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.app@r1'];`,
      'recipes/test.app@r1.js': needs(`{ product: 'spread', weak: { recipe: 'test.other@r1' } }`),
      'recipes/test.other@r1.js': LEAF,
    },
    code: 'DEPENDENCY_UNMATCHED',
    message: 'test.other@r1 is the fallback for product "spread" and does not offer it',
    hint: 'Choose a fallback that offers the product',
  },
  'a fallback for a later phase that does not offer the product': {
    files: {
      'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.app@r1'];`,
      'recipes/test.app@r1.js': needs(`{ product: 'spread', needed_by: 'deploy', weak: { recipe: 'test.other@r1' } }`),
      'recipes/test.other@r1.js': LEAF,
    },
    code: 'DEPENDENCY_UNMATCHED',
    message: 'test.other@r1 is the fallback for product "spread" and does not offer it',
    hint: 'Choose a fallback that offers the product',
  },
  'a published recipe with a local dependency': {
    files: { 'recipes/test.app@r1.js': needs(`{ recipe: 'local.jam@r1' }`), 'recipes/local.jam@r1.js': LEAF },
    code: 'LOCAL_DEPENDENCY',
    message: 'test.app@r1 is published and depends on "local.jam@r1", which is local',
    hint: 'Give "local.jam@r1" a namespace of its own, or make this recipe a local one too',
  },
  'a published recipe with a local fallback': {
    files: {
      ...TWO_JAMS,
      'recipes/test.app@r1.js': needs(`{ recipe: 'acme.jam', weak: { recipe: 'local.jam@r1' } }`),
    },
    code: 'LOCAL_DEPENDENCY',
    message: 'test.app@r1 is published and depends on "local.jam@r1", which is local',
    hint: 'Give "local.jam@r1" a namespace of its own, or make this recipe a local one too',
  },
};

test.each(Object.entries(REFUSALS))('%s is refused at its place', async (_name, { files, ...refusal }) => {
  const project = await createProject(files);
  expect(await refused(project)).toMatchObject([{ ...refusal, location: at(project, 'test.app@r1') }]);
});

test('a local recipe may depend on a local one, and a project may choose its own for a published one', async () => {
  const project = await createProject({
    'recipes/local.app@r1.js': needs(`{ recipe: 'local.jam@r1' }`),
    'recipes/local.jam@r1.js': LEAF,
    'recipes/test.app@r1.js': needs(`{ recipe: 'jam', weak: { recipe: 'acme.jam@r1' } }`),
  });
  const { events } = await succeed(project, 'sync');
  expect(Object.keys(events.outcomes()).sort()).toEqual(['local.app@r1', 'local.jam@r1', 'test.app@r1']);
});

/** A ring may be closed at any of its members, as recipes load in any order. */
const RINGS: Record<string, { files: Files; ring: string[] }> = {
  'two packages': {
    files: {
      'recipes/test.hen@r1.js': needs(`{ recipe: 'test.egg@r1' }`),
      'recipes/test.egg@r1.js': needs(`{ recipe: 'test.hen@r1' }`),
    },
    ring: ['test.hen@r1', 'test.egg@r1'],
  },
  'one package': {
    files: { 'recipes/test.hen@r1.js': needs(`{ recipe: 'test.hen@r1' }`) },
    ring: ['test.hen@r1'],
  },
  'four packages': {
    files: {
      'recipes/test.a@r1.js': needs(`{ recipe: 'test.b@r1' }`),
      'recipes/test.b@r1.js': needs(`{ recipe: 'test.c@r1', needed_by: 'install' }`),
      'recipes/test.c@r1.js': needs(`{ recipe: 'test.d@r1' }`),
      'recipes/test.d@r1.js': needs(`{ recipe: 'test.a@r1', needed_by: 'fetch' }`),
    },
    ring: ['test.a@r1', 'test.b@r1', 'test.c@r1', 'test.d@r1'],
  },
  'a weak match': {
    files: {
      'recipes/test.hen@r1.js': needs(`{ recipe: 'egg', weak: { recipe: 'acme.egg@r1' } }`),
      'recipes/test.egg@r1.js': needs(`{ recipe: 'test.hen@r1' }`),
    },
    ring: ['test.hen@r1', 'test.egg@r1'],
  },
  'a product': {
    files: {
      'recipes/test.hen@r1.js': needs(`{ product: 'egg' }`),
      'recipes/test.egg@r1.js': `${needs(`{ recipe: 'hen' }`)} export const products = { egg: 'it' };`,
    },
    ring: ['test.hen@r1', 'test.egg@r1'],
  },
};

test.each(Object.entries(RINGS))(
  'a ring of %s is told with its path, where it is closed',
  async (_name, { files, ring }) => {
    const project = await createProject(files);
    const [problem, ...others] = await refused(project);
    expect(others).toEqual([]);
    const start = ring.findIndex((member) => problem?.location?.file === project.at('recipes', `${member}.js`));
    const path = [...ring.slice(start), ...ring.slice(0, start), ring[start] ?? ''];
    expect(problem).toMatchObject({
      code: 'DEPENDENCY_CYCLE',
      message: `Cannot let "${path[0]}" depend on "${path[1]}": they would wait in a ring, ${path.join(' → ')}`,
      location: at(project, path[0] ?? ''),
    });
  },
);

test('packages that need one another in phases that do not meet are no ring', async () => {
  const project = await createProject({
    'recipes/test.hen@r1.js': needs(`{ recipe: 'test.egg@r1' }`),
    'recipes/test.egg@r1.js': `${needs(`{ recipe: 'test.hen@r1', needed_by: 'deploy' }`)}
      export const deploy = 'test -f "$GALLEY_ASSET_HEN/it"';`,
  });
  await succeed(project, 'sync');
});

test('a setup pair that is selected when the setup has begun is too late', async () => {
  const project = await createProject({
    'galley.js': `
      export const recipe_roots = ['recipes'];
      const source = {
        dependencies: [{ recipe: 'test.host@r1' }],
        fetch: () => ({ path: 'late/recipe.js' }),
      };
      export const packages = [{ recipe: 'test.app@r1', source }];`,
    'late/recipe.js': `export const identity = 'test.app@r1';${needs(`{ recipe: 'test.host@r1', setup: ['it'] }`)}`,
    'recipes/test.host@r1.js': `${LEAF} export const setup = { it: { check: 'true', install: 'true' } };`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status, events.messages()).toBe(2);
  expect(events.problems()).toMatchObject([
    {
      code: 'LATE_DEPENDENCY',
      message: 'test.app@r1 selects setup "it" of test.host@r1, whose setup has begun',
      hint: 'Select it in the manifest too, so that it is known from the start',
      location: { line: 3 },
    },
  ]);
  expectTold('LATE_DEPENDENCY', { events }, project, 'sync');
});

test('all problems of all packages are told in one run, also of those that wait for one another', async () => {
  const project = await createProject({
    ...TWO_JAMS,
    'recipes/test.app@r1.js': needs(`{ recipe: 'test.lib@r1' }`, `{ recipe: 'jam' }`, `{ recipe: 'butter' }`),
    'recipes/test.lib@r1.js': needs(`{ product: 'knife' }`, `{ recipe: 'test.gone@r1' }`),
    'recipes/test.top@r1.js': needs(`{ recipe: 'test.app@r1' }`, `{ recipe: 'local.jam@r1' }`),
    'recipes/test.ok@r1.js': LEAF,
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = ['acme.jam@r1', 'best.jam@r1', 'test.top@r1', 'test.ok@r1'];`,
    'recipes/local.jam@r1.js': LEAF,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  const problems = events.problems().filter(({ code }) => code !== 'DEPENDENCY_FAILED');
  expect(problems.map(({ code, location }) => [code, location?.file, location?.line])).toEqual([
    ['DEPENDENCY_AMBIGUOUS', project.at('recipes/test.app@r1.js'), 4],
    ['DEPENDENCY_UNMATCHED', project.at('recipes/test.app@r1.js'), 5],
    ['DEPENDENCY_UNMATCHED', project.at('recipes/test.lib@r1.js'), 3],
    ['RECIPE_NOT_FOUND', project.at('recipes/test.lib@r1.js'), 4],
    ['LOCAL_DEPENDENCY', project.at('recipes/test.top@r1.js'), 4],
  ]);
  // What has nothing to do with any of them is built.
  expect(events.outcomes()).toMatchObject({ 'test.ok@r1': 'built', 'acme.jam@r1': 'built' });
  const told = await galley(project, 'sync', { told: 'words' });
  for (const { message } of problems) expect(told.stderr).toContain(message);
});

test('what is wrong with a package that nobody asked for fails nobody', async () => {
  const project = await createProject({
    'recipes/test.app@r1.js': needs(`{ recipe: 'jam' }`),
    'recipes/test.top@r1.js': needs(`{ recipe: 'test.app@r1' }`),
    'recipes/test.ok@r1.js': LEAF,
  });
  expect((await succeed(project, 'sync ok')).events.outcomes()).toEqual({ 'test.ok@r1': 'built' });
  await succeed(project, 'asset ok');
  expect((await galley(project, 'sync ok top')).events.outcomes()).toEqual({
    ...{ 'test.ok@r1': 'cached', 'test.app@r1': 'failed', 'test.top@r1': 'blocked' },
  });
});
