// The deploy verb: for packages of the manifest, when what they are has changed since this checkout deployed them.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Counter, createCounter } from './rig/counter.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const TOOL = 'test.tool@r1';

/** A recipe whose asset holds a text, and whose deploy is a shell string. */
const recipe = (deploy: string, text = 'one'): string =>
  `export const install = 'echo ${text} > text'; export const deploy = ${JSON.stringify(deploy)};`;

async function deployments(counter: Counter): Promise<number> {
  return await counter.count('deploy');
}

test.each(['events', 'words'] as const)('deploy runs after a change and not on a no-op, told in %s', async (told) => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({ [`recipes/${TOOL}.js`]: recipe(counter.note('deploy')) });
  await succeed(project, 'sync', { told });
  expect(await deployments(counter)).toBe(1);
  await succeed(project, 'sync', { told });
  expect(await deployments(counter)).toBe(1);
  await project.write({ [`recipes/${TOOL}.js`]: recipe(counter.note('deploy'), 'two') });
  await succeed(project, 'sync', { told });
  expect(await deployments(counter)).toBe(2);
});

test('a deploy that fails fails its package and not its dependents, and is tried again', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    [`recipes/${TOOL}.js`]: recipe(`${counter.note('deploy')}; test -f "$HOME/oven"`),
    'recipes/test.dependent@r1.js': `export const dependencies = [{ recipe: '${TOOL}' }]; export const install = 'touch made';`,
  });
  const failed = await galley(project, 'sync');
  expect(failed.status).toBe(1);
  expect(failed.events.codes()).toEqual(['COMMAND_FAILED']);
  expect(failed.events.outcomes()).toEqual({ [TOOL]: 'failed', 'test.dependent@r1': 'built' });
  await project.write({ '../home/oven': '' });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ [TOOL]: 'cached', 'test.dependent@r1': 'cached' });
  expect(await deployments(counter)).toBe(2);
});

test('--no-deploy and install leave it out, and the next sync does it', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({ [`recipes/${TOOL}.js`]: recipe(counter.note('deploy')) });
  await succeed(project, 'install');
  await succeed(project, 'sync --no-deploy', { told: 'words' });
  expect(await deployments(counter)).toBe(0);
  await succeed(project, 'sync', { told: 'words' });
  expect(await deployments(counter)).toBe(1);
});

test('a dependency is not deployed, until the manifest wants it itself', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const manifest = (...wanted: string[]): string =>
    `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(wanted)};`;
  await project.write({
    'galley.js': manifest('test.dependent@r1'),
    [`recipes/${TOOL}.js`]: recipe(counter.note('deploy')),
    'recipes/test.dependent@r1.js': `export const dependencies = [{ recipe: '${TOOL}' }]; export const install = 'touch made';`,
  });
  await succeed(project, 'sync');
  expect(await deployments(counter)).toBe(0);
  await project.write({ 'galley.js': manifest('test.dependent@r1', TOOL) });
  await succeed(project, 'sync');
  expect(await deployments(counter)).toBe(1);
});

test('each checkout deploys for itself what the cache already has', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    [`recipes/${TOOL}.js`]: recipe(counter.note('deploy')),
    'other/galley.js': `export const recipe_roots = ['../recipes']; export const packages = ['${TOOL}'];`,
  });
  await succeed(project, 'sync');
  const { events } = await succeed(project, 'sync', { cwd: 'other' });
  expect(events.outcomes()).toEqual({ [TOOL]: 'cached' });
  expect(await deployments(counter)).toBe(2);
});

test('a user-managed package is deployed after an install that ran', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    'recipes/test.oven@r1.js': `
      export const check = 'test -f "$HOME/oven"';
      export const install = 'touch "$HOME/oven"';
      export const deploy = ${JSON.stringify(counter.note('deploy'))};`,
  });
  for (const expected of [1, 1]) {
    await succeed(project, 'sync');
    expect(await deployments(counter)).toBe(expected);
  }
  await rm(path.join(project.homeDir, 'oven'));
  await succeed(project, 'sync');
  expect(await deployments(counter)).toBe(2);
});

test('a deploy function sees the asset and writes into the project', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const install = 'echo a > made';
      export async function deploy(ctx) {
        await ctx.copy(ctx.path.join(ctx.asset_dir, 'made'), 'deployed/made');
      }`,
  });
  await succeed(project, 'sync');
  expect((await galley(project, 'run cat deployed/made')).stdout).toBe('a\n');
});
