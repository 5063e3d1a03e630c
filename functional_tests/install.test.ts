// When is an install complete, and what becomes of the entry? One table, row by row as the contract has it; then what
// is left for the next try after failures and cancels.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Outcome } from '../src/model/event.ts';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf, entriesOf, entryOf, listNames, readTree } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';
import { startServer } from './rig/server.ts';

const TOOL = 'test.tool@r1';

interface Row {
  recipe: string;
  outcome: Outcome;
  /** The branch of the fallback that decides, when the verb does not. */
  branch?: 'install_dir' | 'stage_dir' | 'programmatic';
  /** What the asset holds; absent when there is none. */
  asset?: Files;
  /** What is kept of the entry without an asset. */
  kept?: string[];
  /** How the second sync ends. */
  again: Outcome;
}

const FETCH = `export const fetch = { path: 'fetched' };`;

const TABLE: Record<string, Row> = {
  'a string that exits 0 is complete': {
    recipe: `export const install = 'echo a > a';`,
    outcome: 'built',
    asset: { a: 'a\n' },
    again: 'cached',
  },
  'a string that exits 0 and leaves nothing is complete': {
    recipe: `export const install = 'true';`,
    outcome: 'built',
    asset: {},
    again: 'cached',
  },
  'a string that fails keeps the fetch and the work': {
    recipe: `${FETCH} export const install = 'echo a > a; false';`,
    outcome: 'failed',
    kept: ['failed', 'fetch'],
    again: 'failed',
  },
  'a string that fails without a fetch keeps the work': {
    recipe: `export const install = 'false';`,
    outcome: 'failed',
    kept: ['failed'],
    again: 'failed',
  },
  'a function that marks is complete': {
    recipe: `export async function install(ctx) { await ctx.write('a', 'a'); ctx.mark_install_complete(); }`,
    outcome: 'built',
    asset: { a: 'a' },
    again: 'cached',
  },
  'a function that marks twice is complete': {
    recipe: `export async function install(ctx) {
      ctx.mark_install_complete(); await ctx.write('a', 'a'); ctx.mark_install_complete();
    }`,
    outcome: 'built',
    asset: { a: 'a' },
    again: 'cached',
  },
  'a function that marks and leaves nothing is complete': {
    recipe: 'export function install(ctx) { ctx.mark_install_complete(); }',
    outcome: 'built',
    asset: {},
    again: 'cached',
  },
  'a function that marks and then throws has failed': {
    recipe: `export async function install(ctx) { ctx.mark_install_complete(); throw new Error('no'); }`,
    outcome: 'failed',
    kept: ['failed'],
    again: 'failed',
  },
  'a function that fills install_dir without a mark is complete': {
    recipe: `export async function install(ctx) { await ctx.write('a', 'a'); }`,
    outcome: 'built',
    branch: 'install_dir',
    asset: { a: 'a' },
    again: 'cached',
  },
  'a function that leaves nothing is programmatic, and purged': {
    recipe: `export async function install(ctx) { await ctx.write(ctx.path.join(ctx.stage_dir, 'a'), 'a'); }`,
    outcome: 'ran',
    branch: 'programmatic',
    kept: [],
    again: 'ran',
  },
  'a function that leaves nothing keeps what it fetched': {
    recipe: `${FETCH} export async function install() {}`,
    outcome: 'ran',
    branch: 'programmatic',
    kept: ['fetch'],
    again: 'ran',
  },
  'absent, with a filled install_dir, is complete': {
    recipe: `export const build = 'echo a > "$GALLEY_INSTALL_DIR/a"';`,
    outcome: 'built',
    branch: 'install_dir',
    asset: { a: 'a\n' },
    again: 'cached',
  },
  'absent, with a filled stage_dir, takes that': {
    recipe: `export const build = 'mkdir b; echo a > b/a';`,
    outcome: 'built',
    branch: 'stage_dir',
    asset: { 'b/a': 'a\n' },
    again: 'cached',
  },
  'absent, with both filled, takes install_dir': {
    recipe: `export const build = 'echo a > a; echo b > "$GALLEY_INSTALL_DIR/b"';`,
    outcome: 'built',
    branch: 'install_dir',
    asset: { b: 'b\n' },
    again: 'cached',
  },
  'absent, with nothing, is programmatic': {
    recipe: `export const build = 'true';`,
    outcome: 'ran',
    branch: 'programmatic',
    kept: [],
    again: 'ran',
  },
};

test.each(Object.entries(TABLE))('an install that is %s', async (_name, row) => {
  const project = await createProject({ [`recipes/${TOOL}/recipe.js`]: row.recipe, [`recipes/${TOOL}/fetched`]: 'f' });
  const first = await galley(project, 'sync');
  expect(first.events.outcomes(), first.events.messages()).toEqual({ [TOOL]: row.outcome });
  expect(first.status).toBe(row.outcome === 'failed' ? 1 : 0);
  expect(first.events.of('install.fallback').map(({ branch }) => branch)).toEqual(row.branch ? [row.branch] : []);
  if (row.asset) {
    expect(await readdir(await entryOf(project, TOOL))).toEqual(['asset', 'galley-complete', 'galley-fingerprint']);
    expect(await assetOf(project, TOOL)).toEqual(row.asset);
  } else {
    const [entry = ''] = await entriesOf(project, TOOL);
    expect(await listNames(entry)).toEqual(row.kept);
    expect(first.events.of('entry.purged').map(({ kept }) => kept)).toEqual([row.kept]);
  }
  expect((await galley(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: row.again });
});

test('a programmatic package runs once in every sync', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const dependent = `export const dependencies = [{ recipe: '${TOOL}' }]; export const install = 'touch made';`;
  await project.write({
    [`recipes/${TOOL}.js`]: `export async function install(ctx) { await ctx.run(${JSON.stringify(counter.note('ran'))}); }`,
    'recipes/test.one@r1.js': dependent,
    'recipes/test.two@r1.js': dependent,
  });
  for (const runs of [1, 2, 3]) {
    await succeed(project, 'sync');
    expect(await counter.count('ran')).toBe(runs);
  }
});

test('the work of a failure is there to be looked at until the next try', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `export const build = 'echo half > half; test -f "$HOME/oven"';`,
  });
  expect((await galley(project, 'sync')).status).toBe(1);
  const entry = await entryOf(project, TOOL);
  expect(await readTree(path.join(entry, 'failed'))).toMatchObject({ 'stage/half': 'half\n' });
  await project.write({ '../home/oven': '' });
  await succeed(project, 'sync');
  expect(await readdir(entry)).toEqual(['asset', 'galley-complete', 'galley-fingerprint']);
});

test('a download that was verified is not downloaded again after a failure', async () => {
  const server = await startServer({ '/flour': 'white' });
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `export const fetch = '${server.url('/flour')}'; export const build = 'test -f "$HOME/oven"';`,
  });
  expect((await galley(project, 'sync')).status).toBe(1);
  await project.write({ '../home/oven': '' });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ flour: 'white' });
  expect(server.asked('/flour')).toBe(1);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a run that %s cancels ends its commands and keeps nothing of the work', async (signal, status) => {
  const project = await createProject();
  const control = await openControl(project);
  const script = JSON.stringify(`echo half > half; ${control.script('build')}; true`);
  await project.write({ [`recipes/${TOOL}.js`]: `export const build = ${script};` });
  const run = start(project, 'sync');
  const command = await control.next('build');
  run.kill(signal);
  await command.gone;
  const { events, ...finished } = await run.finished;
  expect(finished.status).toBe(status);
  expect(events.outcomes()).toEqual({ [TOOL]: 'cancelled' });
  expect(await entriesOf(project, TOOL)).toEqual([]);
});

test('a command that ignores the signals is killed all the same', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await project.write({ [`recipes/${TOOL}.js`]: `export const build = ${JSON.stringify(control.script('build'))};` });
  const run = start(project, 'sync');
  const command = await control.next('build');
  await command.ignore('SIGTERM');
  await command.ignore('SIGINT');
  run.kill('SIGTERM');
  await command.received('SIGTERM');
  await command.gone;
  expect((await run.finished).status).toBe(143);
  expect(await entriesOf(project, TOOL)).toEqual([]);
});
