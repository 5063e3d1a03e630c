// graph and why: who needs whom, seen through the built command line, without anything being made.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { listNames } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const UTF8 = { LANG: 'C.UTF-8' };

/** An application whose dependencies are of every kind, a recipe that is broken, and one that nobody needs. */
let project: Project;
beforeEach(async () => {
  project = await createProject({
    'galley.js': `
export const recipe_roots = ['recipes'];
export const packages = [
  'test.app@r1',
  { recipe: 'test.zlib@r1', options: { v: '1"2' } },
  { recipe: 'test.other@r1', platforms: ['windows'] },
  { recipe: 'test.other@r1', platforms: ['windows'] },
  { recipe: 'test.made@r1', source: { fetch: async () => {}, dependencies: [{ recipe: 'test.tool@r1' }] } },
];
export const default_shell = {
  dependencies: [{ recipe: 'test.shell@r1' }],
  shell: async (ctx) => ({ inline: [await ctx.asset('shell')] }),
};`,
    'recipes/test.app@r1.js': `
export const dependencies = [
  { recipe: 'test.lib@r1' },
  { recipe: 'zlib', weak: { recipe: 'test.zlib@r1' }, needed_by: 'install', as: 'z', runtime: true },
  { recipe: 'test.oven@r1', needed_by: 'check', setup: ['door'] },
];`,
    'recipes/test.lib@r1.js': `
export const dependencies = [{ recipe: 'zlib' }, { product: 'cc' }];`,
    'recipes/test.zlib@r1.js': `
export const options = { v: { type: 'string', default: '1' } };
export const dependencies = [{ recipe: 'test.cc@r1' }];`,
    'recipes/test.cc@r1.js': `export const products = { cc: 'bin/cc' }; export const install = 'touch made';`,
    'recipes/test.oven@r1.js': `
export const check = 'touch "$HOME/asked"';
export const setup = { door: { check: 'true', install: 'true' } };`,
    'recipes/test.tool@r1.js': '',
    'recipes/test.shell@r1.js': '',
    'recipes/test.spare@r1.js': '',
  });
});

test('graph shows what needs what, by which phase and in which way, and makes nothing', async () => {
  const { stdout } = await succeed(project, 'graph', { env: UTF8 });
  expect(stdout).toBe(`test.app@r1  missing
├── test.lib@r1  missing  needed by build
│   ├── test.zlib@r1{"v":"1\\"2"}  missing  needed by build, reference "zlib"
│   │   └── test.cc@r1  missing  needed by build
│   └── test.cc@r1  missing  needed by build, product "cc"
├── test.zlib@r1{"v":"1\\"2"}  missing  needed by install, weak "zlib", as z, runtime  (*)
└── test.oven@r1  user-managed  needed by check, setup door
test.zlib@r1{"v":"1\\"2"}  missing  (*)
test.made@r1  missing: The recipe of test.made@r1 has not been fetched yet
└── test.tool@r1  missing  needed by recipe
test.other@r1  skipped
test.shell@r1  missing  default shell
`);
  expect(await listNames(project.homeDir), 'no check has run').toEqual([]);
  expect(await listNames(`${project.cacheDir}/assets`)).toEqual([]);
  expect(await listNames(project.dir)).toEqual(['.git', 'galley.js', 'recipes']);
});

test('graph of a query shows only what that needs, in ASCII where the terminal has no more', async () => {
  const { stdout } = await succeed(project, 'graph zlib', { env: { LANG: 'C' } });
  expect(stdout).toBe('test.zlib@r1{"v":"1\\"2"}  missing\n`-- test.cc@r1  missing  needed by build\n');
  const unknown = await galley(project, 'graph zlip');
  expect([unknown.status, unknown.events.codes()]).toEqual([2, ['QUERY_UNKNOWN']]);
  expect(unknown.events.messages()).toContain('Did you mean "zlib"?');
  const format = await galley(project, 'graph --format dots');
  expect([format.status, format.events.messages()]).toEqual([2, expect.stringContaining('did you mean "dot"?')]);
});

test('graph --json is the same in every run, and tells what is in the cache and what is broken', async () => {
  await project.write({ 'recipes/test.lib@r1.js': 'export const biuld = 1;' });
  const { stdout } = await succeed(project, 'graph --json');
  expect((await succeed(project, 'graph --format json')).stdout).toBe(stdout);
  const graph = JSON.parse(stdout) as { packages: { name: string; state: string; problem?: string }[] };
  expect(graph.packages.find(({ name }) => name === 'test.lib@r1')).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('"biuld"'),
  });
});

test.skipIf(!(await hasGraphviz()))('graph --format dot is drawn by Graphviz with the names as they are', async () => {
  await writeFile(project.at('graph.dot'), (await succeed(project, 'graph --format dot')).stdout);
  const { stdout } = await promisify(execFile)('dot', ['-Tsvg', project.at('graph.dot')]);
  for (const text of ['test.app@r1', 'test.zlib@r1{&quot;v&quot;:&quot;1\\&quot;2&quot;}'])
    expect(stdout).toContain(`>${text}</text>`);
});

test('why shows every path from the manifest, the shortest first, with the place of each step', async () => {
  const { stdout } = await succeed(project, 'why zlib', { env: UTF8 });
  expect(stdout).toBe(`test.zlib@r1{"v":"1\\"2"}  named by the manifest  galley.js:5:3

test.app@r1                   named by the manifest                          galley.js:4:3
└── test.zlib@r1{"v":"1\\"2"}  needed by install, weak "zlib", as z, runtime  recipes/test.app@r1.js:4:3

test.app@r1                       named by the manifest              galley.js:4:3
└── test.lib@r1                   needed by build                    recipes/test.app@r1.js:3:3
    └── test.zlib@r1{"v":"1\\"2"}  needed by build, reference "zlib"  recipes/test.lib@r1.js:2:30
`);
  expect((await succeed(project, 'why shell')).stdout).toContain('the default shell of the manifest');
  expect((await succeed(project, 'why tool')).stdout).toMatch(/needed by recipe +galley\.js:8:\d+/);
});

test('why says how many paths it does not show', async () => {
  const { stdout } = await succeed(project, 'why cc --paths 1');
  expect(stdout).toMatch(/\n\nand 3 more paths: see --paths\n$/);
  const json = JSON.parse((await succeed(project, 'why cc --paths 2 --json')).stdout) as object[];
  expect(json).toMatchObject([{ package: 'test.cc@r1', more: 2, paths: [{ length: 2 }, { length: 3 }] }]);
  expect((await galley(project, 'why cc --paths none')).status).toBe(2);
});

test('why of a recipe that nothing needs says so, and of a name that nobody has, what was meant', async () => {
  expect((await succeed(project, 'why spare')).stdout).toBe('test.spare@r1  needed by nothing in this project\n');
  expect((await succeed(project, 'why other')).stdout).toContain('named by the manifest');
  const unknown = await galley(project, 'why spate');
  expect([unknown.status, unknown.events.codes()]).toEqual([2, ['QUERY_UNKNOWN']]);
  expect(unknown.events.messages()).toContain('Did you mean "spare"?');
});

async function hasGraphviz(): Promise<boolean> {
  return await promisify(execFile)('dot', ['-V']).then(
    () => true,
    () => false,
  );
}
