// The shell that runs every script of a project: by name, by its words, or built by the project itself.
import path from 'node:path';
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { assetOf, entriesOf, readTree } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const TOOL = 'test.tool@r1';

const manifest = (shell: string, ...packages: string[]): string => `
  export const recipe_roots = ['recipes'];
  export const default_shell = ${shell};
  export const packages = ${JSON.stringify(packages.length > 0 ? packages : [TOOL])};`;

/** Whose script this is: its own name, which a shell sets to how it was started, and whether it stops at a failure. */
const TELLS = 'if test "$BASH_VERSION"; then echo bash $0; else echo "" $0; fi > who; false; echo went on >> who';

async function who(project: Project): Promise<string> {
  return (await assetOf(project, TOOL)).who ?? '';
}

const SHELLS: Record<string, { shell: string; tells: RegExp; stops: boolean }> = {
  'bash, stopping at the first failure': { shell: `'bash'`, tells: /^bash bash\n$/, stops: true },
  'sh, stopping at the first failure': { shell: `'sh'`, tells: / sh\n$/, stops: true },
  'words to which the script is added': {
    shell: `{ inline: ['bash', '--norc', '-c'] }`,
    tells: /^bash bash\nwent on\n$/,
    stops: false,
  },
  'words to which a file with the script is added': {
    shell: `{ file: ['bash', '--norc'], ext: 'kitchen' }`,
    tells: /^bash \/.*\.kitchen\nwent on\n$/,
    stops: false,
  },
};

test.each(Object.entries(SHELLS))('scripts and ctx.run are run by %s', async (_name, { shell, tells, stops }) => {
  const project = await createProject({
    'galley.js': manifest(shell),
    [`recipes/${TOOL}.js`]: `export const install = ${JSON.stringify(TELLS)};`,
  });
  const { status } = await galley(project, 'sync');
  expect(status).toBe(stops ? 1 : 0);
  if (!stops) expect(await who(project)).toMatch(tells);
  await project.write({
    [`recipes/${TOOL}.js`]: `export async function install(ctx) {
      await ctx.run(${JSON.stringify(TELLS)}, { check: false });
    }`,
  });
  await succeed(project, 'sync');
  const assets = await Promise.all(
    (await entriesOf(project, TOOL)).map((entry) => readTree(path.join(entry, 'asset'))),
  );
  for (const { who: told } of assets.filter((asset) => asset.who)) expect(told).toMatch(tells);
  expect(assets.length).toBeGreaterThan(0);
});

test('a single command may have a shell of its own', async () => {
  const project = await createProject({
    'galley.js': manifest(`'sh'`),
    [`recipes/${TOOL}.js`]: `export async function install(ctx) {
      await ctx.run('echo "$BASH_VERSION" > bash', { shell: 'bash' });
      await ctx.run('this is no shell', { shell: { inline: ['touch', 'made', '--'] } });
    }`,
  });
  await succeed(project, 'sync');
  const asset = await assetOf(project, TOOL);
  expect(asset.bash).toMatch(/^\d/);
  expect(Object.keys(asset)).toEqual(['bash', 'made', 'this is no shell']);
});

test('a shell that is not on this machine is told as what it is', async () => {
  const project = await createProject({
    'galley.js': manifest(`{ inline: ['no-such-shell', '-c'] }`),
    [`recipes/${TOOL}.js`]: `export const install = 'true';`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(3);
  expect(events.codes()).toEqual(['COMMAND_NOT_FOUND']);
  expect(events.messages()).toContain('no-such-shell');
});

/** A default shell out of the package `test.shell@r1`. */
const made = (shell: string): string => `{ dependencies: [{ recipe: 'test.shell@r1' }], shell: ${shell} }`;

const OWN_SHELL = made(`async (ctx) => ({ inline: [(await ctx.asset('shell')) + '/own', '-c'] })`);

/** A shell that notes each call, needs another package for its build, and serves two packages with scripts. */
async function writeOwnShell(project: Project, shell = OWN_SHELL): Promise<void> {
  const { note } = createCounter(project);
  const cooks = (name: string): string => `export const install = ${JSON.stringify(`${note(name)}; touch it`)};`;
  await project.write({
    'galley.js': manifest(shell, TOOL, 'test.other@r1'),
    'recipes/test.flour@r1.js': `export const install = ${JSON.stringify(`${note('flour')}; echo flour $0 > flour`)};`,
    'recipes/test.shell@r1.js': shellRecipe(project, 'called'),
    [`recipes/${TOOL}.js`]: cooks('tool'),
    'recipes/test.other@r1.js': cooks('other'),
  });
}

function shellRecipe(project: Project, name: string): string {
  const { note } = createCounter(project);
  const text = `#!/bin/sh\n${note(name)}\nexec bash -e "$@"\n`;
  return `
    export const dependencies = [{ recipe: 'test.flour@r1' }];
    export async function install(ctx) {
      await ctx.run(${JSON.stringify(note('shell'))});
      await ctx.run('cp "$GALLEY_ASSET_FLOUR/flour" .');
      await ctx.write('own', ${JSON.stringify(text)});
      await ctx.chmod('own', 0o755);
    }`;
}

test('a shell that the project builds runs every script but those of its own closure', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOwnShell(project);
  const { events } = await succeed(project, 'sync');
  const order = await counter.order();
  expect(order.slice(0, 2)).toEqual(['flour', 'shell']);
  expect(order.slice(2).sort()).toEqual(['called', 'called', 'other', 'tool']);
  expect(await assetOf(project, 'test.shell@r1')).toMatchObject({ flour: 'flour bash\n' });
  expect(events.outcomes()[TOOL]).toBe('built');
  expect((await succeed(project, 'sync')).events.outcomes()[TOOL]).toBe('cached');
  expect(await counter.order()).toEqual(order);
});

test('another shell of the project makes again what has scripts', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOwnShell(project);
  await succeed(project, 'sync');
  const before = (await counter.order()).length;
  await project.write({ 'recipes/test.shell@r1.js': shellRecipe(project, 'called anew') });
  await succeed(project, 'sync');
  expect((await counter.order()).slice(before).sort()).toEqual([
    'called anew',
    'called anew',
    'other',
    'shell',
    'tool',
  ]);
});

test('the closure of a shell chooses among its own, whatever else the project has', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOwnShell(project);
  await project.write({
    'galley.js': manifest(OWN_SHELL, TOOL, 'best.flour@r1'),
    'recipes/best.flour@r1.js': `export const install = 'echo best > flour';`,
    'recipes/test.shell@r1.js': shellRecipe(project, 'called').replace(
      `{ recipe: 'test.flour@r1' }`,
      `{ recipe: 'flour', weak: { recipe: 'test.flour@r1' } }`,
    ),
  });
  await succeed(project, 'sync');
  const order = await counter.order();
  expect(order.slice(0, 2)).toEqual(['flour', 'shell']);
  expect(order.slice(2).sort()).toEqual(['called', 'called', 'tool']);
});

test('a shell of the project is built for nobody who runs no script', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOwnShell(project);
  await project.write({
    'galley.js': manifest(made(`() => { throw new Error('evaluated'); }`)),
    [`recipes/${TOOL}.js`]: `export const fetch = { path: 'test.flour@r1.js' };`,
  });
  await succeed(project, 'sync');
  expect(await counter.order()).toEqual([]);
});

test('a shell of the project runs checks, setup pairs and deploys too', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOwnShell(project);
  await project.write({
    'galley.js': `${manifest(OWN_SHELL, 'test.check@r1')}
      packages.push({ recipe: 'test.host@r1', setup: ['it'] }, 'test.deploy@r1');`,
    'recipes/test.check@r1.js': `export const check = ${JSON.stringify(`${counter.note('check')}; true`)};`,
    'recipes/test.host@r1/recipe.js': `
      export const fetch = { path: 'recipe.js' };
      export const setup = { it: { check: ${JSON.stringify(`${counter.note('setup')}; true`)}, install: 'true' } };`,
    'recipes/test.deploy@r1/recipe.js': `
      export const fetch = { path: 'recipe.js' }; export const deploy = ${JSON.stringify(counter.note('deploy'))};`,
  });
  await succeed(project, 'sync');
  const order = await counter.order();
  expect(order.slice(0, 2)).toEqual(['flour', 'shell']);
  expect(order.slice(2).sort()).toEqual(['called', 'called', 'called', 'check', 'deploy', 'setup']);
});

test.each([
  ['answers nonsense', made(`() => 'fish'`), 'one of bash, sh, powershell, cmd'],
  ['throws', made(`() => { throw new Error('no idea'); }`), 'no idea'],
  ['asks for what is not declared', OWN_SHELL.replace(`asset('shell')`, `asset('flour')`), 'no dependency offers it'],
])('a shell function that %s fails whoever needs it', async (_name, shell, says) => {
  const project = await createProject();
  await writeOwnShell(project, shell);
  const { status, events } = await galley(project, 'sync');
  expect([1, 2]).toContain(status);
  expect(events.messages()).toContain(says);
  expect(events.outcomes()[TOOL]).toBe('failed');
});
