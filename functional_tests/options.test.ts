// Options: what a schema accepts, what commands see of it, and how a wrong one is told to whoever wrote it.
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/model/json.ts';
import { assetOf } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';

const TOOL = 'test.tool@r1';

/** A manifest with one package; the options stand alone on line 3. */
const wants = (options: JsonObject): string =>
  `export const recipe_roots = ['recipes']; export const packages = [{ recipe: '${TOOL}', options:\n\n${JSON.stringify(options)} }];`;

/** Keeps what functions and commands see. */
const KEEPS = `export async function build(ctx) {
  await ctx.write('options', JSON.stringify(ctx.options));
  await ctx.run('env | grep ^GALLEY_OPTION_ | sort > variables || true');
}`;

const tool = (schema: string, more = KEEPS): Files => ({
  [`recipes/${TOOL}.js`]: `export const options = ${schema}; ${more}`,
});

const TYPES: Record<string, { rule: string; good: Json[]; bad: [Json, string][] }> = {
  string: { rule: `{ type: 'string' }`, good: ['', 'a b'], bad: [[1, 'a value of type string']] },
  int: {
    rule: `{ type: 'int', range: [2, 4] }`,
    good: [2, 4],
    bad: [
      [5, 'a number from 2 to 4'],
      [2.5, 'a value of type int'],
      ['3', 'a value of type int'],
    ],
  },
  float: { rule: `{ type: 'float', range: [0, 0.5] }`, good: [0.25, 0], bad: [[0.6, 'a number from 0 to 0.5']] },
  boolean: { rule: `{ type: 'boolean' }`, good: [true, false], bad: [['yes', 'a value of type boolean']] },
  semver: {
    rule: `{ type: 'semver', range: '>=1.2 <2' }`,
    good: ['1.2.0', '1.9.9-rc.1'],
    bad: [
      ['2.0.0', 'a version in >=1.2 <2'],
      ['v1.2.0', 'a value of type semver'],
      ['1.2', 'a value of type semver'],
    ],
  },
  list: { rule: `{ type: 'list' }`, good: [[], ['a', 1]], bad: [[{}, 'a value of type list']] },
  table: { rule: `{ type: 'table' }`, good: [{}, { a: [1] }], bad: [[[], 'a value of type table']] },
  choices: {
    rule: `{ type: 'string', choices: ['fast', 'small'] }`,
    good: ['fast', 'small'],
    bad: [['slow', 'one of "fast", "small"']],
  },
};

test('every type accepts its own values, and names what it expects instead of others', async () => {
  const schema = Object.entries(TYPES).flatMap(([name, { rule, good, bad }]) =>
    [...good.keys(), ...bad.keys()].map((index) => `'${name}-${index}': ${rule}`),
  );
  const project = await createProject(tool(`{ ${schema.join(', ')} }`));
  const given = (kind: 'good' | 'bad'): [string, Json, string][] =>
    Object.entries(TYPES).flatMap(([name, type]) =>
      kind === 'good'
        ? type.good.map((value, index): [string, Json, string] => [`${name}-${index}`, value, ''])
        : type.bad.map(([value, expected], index): [string, Json, string] => [`${name}-${index}`, value, expected]),
    );
  const options = Object.fromEntries(given('good').map(([name, value]) => [name, value]));
  await project.write({ 'galley.js': wants(options) });
  await succeed(project, 'sync');
  expect(JSON.parse((await assetOf(project, TOOL)).options ?? '')).toEqual(options);
  const wrong = Object.fromEntries(given('bad').map(([name, value]) => [name, value]));
  await project.write({ 'galley.js': wants(wrong) });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.problems()).toMatchObject(
    given('bad').map(([name, value, expected]) => ({
      code: 'INVALID_OPTION',
      message: `Option "${name}" is ${JSON.stringify(value)}, expected ${expected}`,
      location: { file: project.at('galley.js'), line: 3 },
    })),
  );
});

test('defaults are filled in, absent ones stay absent, and commands see all of them as text', async () => {
  const project = await createProject({
    ...tool(`{
      name: { type: 'string', default: 'soup' }, 'max-heat': { type: 'int', default: 7 }, hot: { type: 'boolean', default: false },
      herbs: { type: 'list', default: ['b', 'a'] }, size: { type: 'table' }, lid: { type: 'string' },
    }`),
    'galley.js': wants({ name: 'stew', size: { width: 2, depth: 1 } }),
  });
  await succeed(project, 'sync');
  const { options, variables } = await assetOf(project, TOOL);
  expect(JSON.parse(options ?? '')).toEqual({
    ...{ name: 'stew', 'max-heat': 7, hot: false, herbs: ['b', 'a'], size: { width: 2, depth: 1 } },
  });
  expect(variables?.trim().split('\n')).toEqual([
    'GALLEY_OPTION_HERBS=["b","a"]',
    'GALLEY_OPTION_HOT=false',
    'GALLEY_OPTION_MAX_HEAT=7',
    'GALLEY_OPTION_NAME=stew',
    'GALLEY_OPTION_SIZE={"depth":1,"width":2}',
  ]);
});

test('a missing option that is required is told at the entry', async () => {
  const project = await createProject({
    ...tool(`{ name: { type: 'string', required: true } }`),
    'galley.js': wants({}),
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.problems()).toMatchObject([
    {
      code: 'INVALID_OPTION',
      message: 'Option "name" is required',
      location: { file: project.at('galley.js'), line: 1 },
    },
  ]);
});

test('unknown options are told where they stand, with the nearest name, all at once', async () => {
  const project = await createProject(tool(`{ version: { type: 'string' }, shared: { type: 'boolean' } }`));
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{
        recipe: '${TOOL}',
        options: {
          verison: '1',
          shared: 'yes',
          colour: 'red',
        },
      }];`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.problems()).toMatchObject([
    {
      code: 'UNKNOWN_OPTION',
      message: 'Unknown option "verison"; did you mean "version"?',
      location: { line: 5, column: 11, length: 7 },
    },
    { code: 'INVALID_OPTION', location: { line: 6, column: 19 } },
    { code: 'UNKNOWN_OPTION', message: 'Unknown option "colour"; known: version, shared', location: { line: 7 } },
  ]);
});

test('options of a dependency are told in the recipe that gives them', async () => {
  const project = await createProject({
    ...tool(`{ version: { type: 'string' } }`),
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.user@r1'];`,
    'recipes/test.user@r1.js': `
      export const dependencies = [
        { recipe: '${TOOL}', options: { versoin: 'x' } },
      ];`,
  });
  const { events } = await galley(project, 'sync');
  expect(events.problems()[0]).toMatchObject({
    code: 'UNKNOWN_OPTION',
    location: { file: project.at('recipes/test.user@r1.js'), line: 3 },
  });
});

test('a schema that is a function answers for the options it is given', async () => {
  const project = await createProject(
    tool(`({ kind }) => ({
      kind: { type: 'string', choices: ['soup', 'cake'], default: 'soup' },
      ...(kind === 'cake' && { layers: { type: 'int', default: 3 } }),
    })`),
  );
  await project.write({ 'galley.js': wants({ kind: 'cake' }) });
  await succeed(project, 'sync');
  expect(JSON.parse((await assetOf(project, TOOL)).options ?? '')).toEqual({ kind: 'cake', layers: 3 });
  await project.write({ 'galley.js': wants({ layers: 2 }) });
  const { events } = await galley(project, 'sync');
  expect(events.codes()).toEqual(['UNKNOWN_OPTION']);
});

test('dependencies and products may follow from options, defaults included', async () => {
  const project = await createProject({
    ...tool(
      `{ with: { type: 'list', default: ['salt'] } }`,
      `export const dependencies = (options) => options.with.map((name) => ({ recipe: \`test.\${name}@r1\` }));
       export const products = (options) => ({ [\`tool-\${options.with.length}\`]: 'tool' });
       export const build = 'env | grep ^GALLEY_ASSET_ | cut -d= -f1 | sort > tool; chmod +x tool';`,
    ),
    'galley.js': wants({}),
    'recipes/test.salt@r1.js': `export const install = 'true';`,
    'recipes/test.oil@r1.js': `export const install = 'true';`,
  });
  const seen = async (product: string) =>
    (await succeed(project, ['run', 'cat', (await succeed(project, `product ${product}`)).stdout.trim()])).stdout;
  expect(await seen('tool-1')).toBe('GALLEY_ASSET_DIR\nGALLEY_ASSET_SALT\n');
  await project.write({ 'galley.js': wants({ with: ['salt', 'oil'] }) });
  expect(await seen('tool-2')).toBe('GALLEY_ASSET_DIR\nGALLEY_ASSET_OIL\nGALLEY_ASSET_SALT\n');
});

test.each([
  ['a type that does not exist', `{ a: { type: 'text' } }`, 'one of string, int, float, boolean, semver, list, table'],
  ['a default that it refuses', `{ a: { type: 'int', range: [1, 2], default: 3 } }`, 'a number from 1 to 2'],
  ['a range that does not go with its type', `{ a: { type: 'string', range: [1, 2] } }`, 'no range'],
  ['a range that is upside down', `{ a: { type: 'int', range: [2, 1] } }`, 'a list [lowest, highest]'],
  ['two options of one variable', `{ 'a-b': { type: 'int' }, a_b: { type: 'int' } }`, 'GALLEY_OPTION_A_B'],
])('a schema with %s is an error of the recipe', async (_name, schema, says) => {
  const project = await createProject({ ...tool(schema), 'galley.js': wants({}) });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.codes()).toEqual(['INVALID_VALUE']);
  expect(events.messages()).toContain(says);
  expect(events.problems()[0]?.location?.file).toBe(project.at(`recipes/${TOOL}.js`));
});
