// A signal ends a run in good order whatever it is doing: its commands with all they started, its downloads, its verbs
// and its waits. Locks and work are gone afterwards, which every project of the rig asserts, and the next sync works.
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { assetOf, entriesOf } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { findLeftovers } from './rig/leftovers.ts';
import { createProject } from './rig/project.ts';
import { startStuckServer } from './rig/stuck-server.ts';

const TOOL = 'test.tool@r1';
const FILE = `recipes/${TOOL}.js`;
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** A recipe whose one command is started by this verb. */
const VERBS: Record<string, (script: string) => string> = {
  check: (script) => `export const check = ${script}; export const install = 'true';`,
  'fetch(ctx)': (script) => `export async function fetch(ctx) { await ctx.run(${script}); }`,
  stage: (script) => `export const stage = ${script};`,
  'build(ctx)': (script) => `export async function build(ctx) { await ctx.run(${script}); }`,
  install: (script) => `export const install = ${script};`,
  'install of a user-managed package': (script) => `export const check = 'false'; export const install = ${script};`,
  'setup check': (script) =>
    `export const install = 'true'; export const setup = { host: { check: ${script}, install: 'true' } };`,
  'setup install': (script) =>
    `export const install = 'true'; export const setup = { host: { check: 'false', install: ${script} } };`,
  deploy: (script) => `export const install = 'true'; export const deploy = ${script};`,
};
const MANIFEST = (setup: string): string => `
  export const recipe_roots = ['recipes'];
  export const packages = [{ recipe: '${TOOL}', setup: ${setup} }];`;

test.each(Object.keys(VERBS))('a signal during %s ends the command and leaves nothing', async (name) => {
  const project = await createProject();
  const control = await openControl(project);
  await project.write({
    'galley.js': MANIFEST(name.startsWith('setup') ? `['host']` : '[]'),
    [FILE]: VERBS[name]?.(JSON.stringify(control.script('verb'))) ?? '',
  });
  const run = start(project, 'sync');
  const command = await control.next('verb');
  run.kill('SIGTERM');
  await command.gone;
  const { status, events } = await run.finished;
  expect(status).toBe(143);
  expect(events.outcomes()).toEqual({ [TOOL]: 'cancelled' });
  expect(events.of('run.finished').map(({ outcome }) => outcome)).toEqual(['cancelled']);
});

test.each(SIGNALS)('%s reaches what commands have started', async (signal, status) => {
  const project = await createProject();
  const control = await openControl(project);
  const script = `${control.script('behind')} & (${control.script('grandchild')}; true) & wait`;
  await project.write({ [FILE]: `export const build = ${JSON.stringify(script)};` });
  const run = start(project, 'sync');
  const commands = [await control.next('behind'), await control.next('grandchild')];
  run.kill(signal);
  await Promise.all(commands.map(({ gone }) => gone));
  expect((await run.finished).status).toBe(status);
  expect(await entriesOf(project, TOOL)).toEqual([]);
});

test('a grandchild that does not listen is killed, and so is what outlived its shell', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const script = `(trap '' TERM INT; ${control.script('deaf')}) & (${control.script('left')} &) ; exec sleep 60`;
  await project.write({ [FILE]: `export const build = ${JSON.stringify(script)};` });
  const run = start(project, 'sync');
  const [deaf, left] = [await control.next('deaf'), await control.next('left')];
  for (const ignored of ['SIGTERM', 'SIGINT'] as const) await deaf.ignore(ignored);
  run.kill('SIGTERM');
  await deaf.received('SIGTERM');
  await Promise.all([deaf.gone, left.gone]);
  expect((await run.finished).status).toBe(143);
});

test('a second SIGINT ends a run at once, with its commands and locks', async () => {
  const project = await createProject({}, { expectTidy: false });
  const control = await openControl(project);
  await project.write({ [FILE]: `export const build = ${JSON.stringify(control.script('deaf'))};` });
  const run = start(project, 'sync');
  const deaf = await control.next('deaf');
  for (const ignored of ['SIGTERM', 'SIGINT'] as const) await deaf.ignore(ignored);
  run.kill('SIGINT');
  await deaf.received('SIGTERM');
  const hurriedAt = Date.now();
  run.kill('SIGINT');
  await deaf.gone;
  expect((await run.finished).status).toBe(130);
  // The grace of a command that does not listen is 2 s; nobody waits for that now.
  expect(Date.now() - hurriedAt).toBeLessThan(1_500);
  const left = (await findLeftovers(project)).filter((line) => !line.startsWith(TOOL));
  expect(left).toEqual([]);
});

test('a cancelled wait for a lock ends, and the owner finishes its work', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await project.write({
    [FILE]: `export const install = ${JSON.stringify(`${control.script('owner')} && echo a > a`)};`,
  });
  const owner = start(project, 'sync');
  const command = await control.next('owner');
  const waiter = start(project, 'sync');
  await waiter.event('lock.waiting');
  waiter.kill('SIGINT');
  expect((await waiter.finished).status).toBe(130);
  expect((await waiter.finished).events.outcomes()).toEqual({ [TOOL]: 'cancelled' });
  await command.exit();
  expect((await owner.finished).status).toBe(0);
  expect(await assetOf(project, TOOL)).toEqual({ a: 'a\n' });
});

test('a signal ends several packages at once, those that wait for others too', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const names = ['one', 'two', 'three'];
  await project.write({
    ...Object.fromEntries(
      names.map((name) => [
        `recipes/test.${name}@r1.js`,
        `export const build = ${JSON.stringify(control.script(name))};`,
      ]),
    ),
    [FILE]: `export const dependencies = ${JSON.stringify(names.map((name) => ({ recipe: `test.${name}@r1` })))};`,
  });
  const run = start(project, 'sync --jobs 3');
  const commands = await Promise.all(names.map((name) => control.next(name)));
  run.kill('SIGTERM');
  await Promise.all(commands.map(({ gone }) => gone));
  const { status, events } = await run.finished;
  expect(status).toBe(143);
  expect(new Set(Object.values(events.outcomes()))).toEqual(new Set(['cancelled']));
});

test('a signal ends a download, and the next sync makes it whole', async () => {
  const server = await startStuckServer('flour '.repeat(10_000));
  const project = await createProject({ [FILE]: `export const fetch = '${server.url('/flour')}';` });
  const run = start(project, 'sync');
  await server.stuck;
  run.kill('SIGTERM');
  expect((await run.finished).status).toBe(143);
  expect(await findLeftovers(project)).toEqual([]);
  server.goOn();
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ flour: 'flour '.repeat(10_000) });
});

test('a signal ends a verb that computes', async () => {
  const project = await createProject({
    [FILE]: `export async function build(ctx) { ctx.log.info('begun'); await ctx.run('true'); for (;;) {} }`,
  });
  const run = start(project, 'sync');
  await run.event('command.finished');
  run.kill('SIGTERM');
  const { status, events } = await run.finished;
  expect(status).toBe(143);
  expect(events.outcomes()).toEqual({ [TOOL]: 'cancelled' });
});

test('a run that was cancelled is simply run again', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const script = `echo a >> a; test -f "$HOME/go" || ${control.script('build')}`;
  await project.write({ [FILE]: `export const build = ${JSON.stringify(script)};` });
  const run = start(project, 'sync');
  await control.next('build');
  run.kill('SIGINT');
  await run.finished;
  await project.write({ '../home/go': '' });
  expect((await galley(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'built' });
  expect(await assetOf(project, TOOL)).toEqual({ a: 'a\n' });
});

test('a signal ends what galley itself reads and copies, however large it is', async () => {
  const large = `await ctx.run('truncate -s 8T large')`;
  const project = await createProject({
    'recipes/test.hash@r1.js': `export async function build(ctx) { ${large}; await ctx.hash('large'); }`,
    'recipes/test.copy@r1.js': `export async function build(ctx) { ${large}; await ctx.copy('large', 'copy'); }`,
    'recipes/test.publish@r1.js': `export async function install(ctx) { ${large}; }`,
  });
  const run = start(project, 'sync --jobs 3');
  const ended = new Set<unknown>();
  await run.event('command.finished', (event) => ended.add(event.package).size === 3);
  run.kill('SIGTERM');
  const { status, events } = await run.finished;
  expect(status).toBe(143);
  expect(Object.values(events.outcomes())).toEqual(['cancelled', 'cancelled', 'cancelled']);
});
