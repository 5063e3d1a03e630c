// One package asked for several times: exact duplicates are one, and so are requests that only defaults make equal; one
// package out of two sources is an error.
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const LEAF = `export const install = 'touch it';`;

test('two requests that become one by a default of the recipe are one package, built once', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [
        'acme.jam@r1', { recipe: 'acme.jam@r1', options: { fruit: 'plum' } }, 'acme.jam@r1', 'test.bread@r1',
      ];`,
    'recipes/acme.jam@r1.js': `
      export const options = { fruit: { type: 'string', default: 'plum' } };
      export const install = ${JSON.stringify(`${counter.note('jam')}; echo $GALLEY_OPTION_FRUIT > jam`)};`,
    // Not ambiguous, as there is one.
    'recipes/test.bread@r1.js': `
      export const dependencies = [{ recipe: 'jam' }];
      export const build = 'cat "$GALLEY_ASSET_JAM/jam" > got';`,
  });
  const { stdout } = await succeed(project, 'sync --json');
  expect(await counter.count('jam')).toBe(1);
  const packages = JSON.parse(stdout).packages as { package: string; key: string; asset_dir: string }[];
  expect(packages.map(({ package: name }) => name)).toEqual(['acme.jam@r1', 'acme.jam@r1', 'test.bread@r1']);
  expect(packages[1]).toMatchObject({ key: packages[0]?.key, asset_dir: packages[0]?.asset_dir });
  expect((await succeed(project, 'asset jam')).stdout.trim()).toBe(packages[0]?.asset_dir);
});

test('one recipe with one set of options from two sources is refused, naming both and the place', async () => {
  const project = await createProject({
    'galley.js': `export const packages = [
      { recipe: 'test.app@r1', source: 'one/app.js' },
      { recipe: 'test.app@r1', source: 'two/app.js', options: { size: 1 } },
    ];`,
  });
  const app = `export const identity = 'test.app@r1'; export const options = { size: { type: 'int', default: 1 } }; ${LEAF}`;
  await project.write({ 'one/app.js': app, 'two/app.js': app });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  const [problem] = events.problems();
  expect(problem).toMatchObject({ code: 'SOURCE_CONFLICT', location: { file: project.at('galley.js'), line: 3 } });
  expect(problem?.message).toMatch(
    new RegExp(`^test.app@r1.* comes from two sources: ${project.at('one/app.js')} and ${project.at('two/app.js')}$`),
  );
  expect(problem?.notes?.join()).toContain(`${project.at('galley.js')}:2`);
  // Other options make another package, wherever it comes from.
  await project.write({
    'galley.js': `export const packages = [
      { recipe: 'test.app@r1', source: 'one/app.js' },
      { recipe: 'test.app@r1', source: 'two/app.js', options: { size: 2 } },
    ];`,
  });
  await succeed(project, 'sync');
});

test('exact duplicates are one package, and select the setup pairs of both', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const pair = (name: string) => ({ check: `${counter.note(name)}; true`, install: 'true' });
  await project.write({
    'galley.js': `export const packages = [
      { recipe: 'test.app@r1', source: 'app.js', setup: ['one'] },
      { recipe: 'test.app@r1', source: './app.js', setup: ['two'] },
    ];`,
    'app.js': `
      export const identity = 'test.app@r1';
      export const install = ${JSON.stringify(`${counter.note('install')}; touch it`)};
      export const setup = ${JSON.stringify({ one: pair('one'), two: pair('two') })};`,
  });
  await succeed(project, 'sync');
  expect((await counter.order()).sort()).toEqual(['install', 'one', 'two']);
});
