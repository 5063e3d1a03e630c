// Packages that wrap something outside the cache: looked for, locked, looked for again, installed, looked for once more;
// and nothing of them stays. What they wrap is a file in the home directory of the test.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf, entriesOf } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const OVEN = 'test.oven@r1';
const IS_HOT = 'test -f "$HOME/oven"';
const HEAT = 'echo hot > "$HOME/oven"';

/** Writes a recipe whose verbs are these shell strings. */
async function writeOven(project: Project, verbs: Record<string, string>): Promise<void> {
  const lines = Object.entries({ check: IS_HOT, ...verbs }).map(
    ([name, script]) => `export const ${name} = ${JSON.stringify(script)};`,
  );
  await project.write({ [`recipes/${OVEN}.js`]: lines.join('\n') });
}

test('a check that passes settles the package without a lock', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOven(project, { build: counter.note('build'), install: counter.note('install') });
  await project.write({ '../home/oven': 'hot' });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ [OVEN]: 'present' });
  expect(events.checks(OVEN)).toEqual(['pre-lock true']);
  expect(events.types()).not.toContain('lock.acquired');
  expect(await counter.order()).toEqual([]);
});

test('a check that fails is asked again under the lock, and a last time after the install', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOven(project, {
    check: `${counter.note('check')}; ${IS_HOT}`,
    build: counter.note('build'),
    install: `${counter.note('install')}; ${HEAT}`,
  });
  const { events } = await succeed(project, 'sync');
  expect(events.outcomes()).toEqual({ [OVEN]: 'installed' });
  expect(events.checks(OVEN)).toEqual(['pre-lock false', 'post-lock false', 'final true']);
  expect(await counter.order()).toEqual(['check', 'check', 'build', 'install', 'check']);
  expect(events.of('entry.purged').map(({ kept }) => kept)).toEqual([[]]);
  expect(await entriesOf(project, OVEN)).toEqual([]);
});

test('several cycles of losing and finding what is wrapped install it once each', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOven(project, { install: `${counter.note('install')}; ${HEAT}` });
  for (const cycle of [1, 2, 3]) {
    expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [OVEN]: 'installed' });
    expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [OVEN]: 'present' });
    expect(await counter.count('install')).toBe(cycle);
    await rm(path.join(project.homeDir, 'oven'));
  }
});

test('a sync without any reporter notices what was lost since the last one', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writeOven(project, { install: `${counter.note('install')}; ${HEAT}` });
  await succeed(project, 'sync', { told: 'words' });
  await succeed(project, 'sync', { told: 'words' });
  expect(await counter.count('install')).toBe(1);
  await rm(path.join(project.homeDir, 'oven'));
  await succeed(project, 'sync', { told: 'words' });
  expect(await counter.count('install')).toBe(2);
});

test('a check may be a function, and look at the project', async () => {
  const project = await createProject({
    [`recipes/${OVEN}.js`]: `
      export async function check(ctx) {
        return (await ctx.read('kitchen.txt')) === 'hot';
      }`,
    'kitchen.txt': 'hot',
  });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [OVEN]: 'present' });
});

test('of two processes the second waits, looks again and installs nothing', async () => {
  const project = await createProject();
  const [counter, control] = [createCounter(project), await openControl(project)];
  await writeOven(project, { install: `${counter.note('install')}; ${control.script('install')}; ${HEAT}` });
  const first = start(project, 'sync');
  const command = await control.next('install');
  const second = start(project, 'sync');
  const { owner } = await second.event('lock.waiting');
  expect(owner?.pid).toBe(first.pid);
  await command.exit();
  const [one, two] = [await first.finished, await second.finished];
  expect([one.status, two.status]).toEqual([0, 0]);
  expect(one.events.outcomes()).toEqual({ [OVEN]: 'installed' });
  expect(two.events.outcomes()).toEqual({ [OVEN]: 'present' });
  expect(two.events.checks(OVEN)).toEqual(['pre-lock false', 'post-lock true']);
  expect(await counter.count('install')).toBe(1);
});

test('of two processes the second installs when the first has failed', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await writeOven(project, { install: `${control.script('install')}; ${HEAT}` });
  const first = start(project, 'sync');
  const command = await control.next('install');
  const second = start(project, 'sync');
  await second.event('lock.waiting');
  await command.exit(1);
  await (await control.next('install')).exit();
  expect((await first.finished).status).toBe(1);
  expect((await second.finished).status).toBe(0);
  expect((await second.finished).events.checks(OVEN)).toEqual(['pre-lock false', 'post-lock false', 'final true']);
});

test('two projects that wrap the same thing wait for one another', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await writeOven(project, { install: `${control.script('install')}; ${HEAT}` });
  await project.write({
    'other/galley.js': `export const recipe_roots = ['../recipes']; export const packages = ['${OVEN}'];`,
  });
  const first = start(project, 'sync');
  const command = await control.next('install');
  const second = start(project, 'sync', { cwd: 'other' });
  await second.event('lock.waiting');
  await command.exit();
  expect((await first.finished).events.outcomes()).toEqual({ [OVEN]: 'installed' });
  expect((await second.finished).events.outcomes()).toEqual({ [OVEN]: 'present' });
});

interface Refusal {
  recipe: string;
  code: string;
  /** What the message has to say. */
  says: string;
}

const REFUSALS: Record<string, Refusal> = {
  'marks its install': {
    recipe: 'export const check = "false"; export function install(ctx) { ctx.mark_install_complete(); }',
    code: 'CHECK_OWNS_NO_ASSET',
    says: 'Remove "check"',
  },
  'has a check that throws': {
    recipe: 'export function check() { throw new Error("who knows"); }',
    code: 'RECIPE_THREW',
    says: 'who knows',
  },
  'has a check whose command fails': {
    recipe: 'export async function check(ctx) { await ctx.run("exit 3"); return true; }',
    code: 'COMMAND_FAILED',
    says: 'status 3',
  },
  'has a check that answers a number': {
    recipe: 'export function check() { return 1; }',
    code: 'INVALID_RESULT',
    says: 'answered 1, expected true or false',
  },
  'has a check that answers nothing': {
    recipe: 'export function check() {}',
    code: 'INVALID_RESULT',
    says: 'expected true or false',
  },
  'is not there and has no install': {
    recipe: 'export const check = "false";',
    code: 'CHECK_FAILED',
    says: 'has no install',
  },
  'is still not there after its install': {
    recipe: 'export const check = "false"; export const install = "true";',
    code: 'CHECK_FAILED',
    says: 'still not there after its install',
  },
};

test.each(Object.entries(REFUSALS))('a wrapper that %s fails, and nothing of it stays', async (_name, refusal) => {
  const project = await createProject({ [`recipes/${OVEN}.js`]: refusal.recipe });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.codes()).toEqual([refusal.code]);
  expect(events.messages()).toContain(refusal.says);
  expect(await entriesOf(project, OVEN)).toEqual([]);
});

test('what an install fetched and built is gone, whether it worked or not', async () => {
  const project = await createProject({
    [`recipes/${OVEN}/recipe.js`]: `
      export const check = '${IS_HOT}';
      export const fetch = { path: 'wood' };
      export const build = 'echo fire > fire';
      export const install = 'cd "$GALLEY_STAGE_DIR"; ls; test "$(cat wood)" = dry && cp fire "$HOME/oven"';`,
    [`recipes/${OVEN}/wood`]: 'wet',
  });
  expect((await galley(project, 'sync')).status).toBe(1);
  expect(await entriesOf(project, OVEN)).toEqual([]);
  await project.write({ [`recipes/${OVEN}/wood`]: 'dry' });
  const { events } = await succeed(project, 'sync');
  expect(events.output(OVEN)).toEqual(['fire', 'wood']);
  expect(await entriesOf(project, OVEN)).toEqual([]);
});

test('a failed install shows the output of the check and of the install', async () => {
  const project = await createProject();
  await writeOven(project, { check: 'echo the check looked; false', install: 'echo the install worked' });
  const { stderr } = await galley(project, 'sync', { told: 'words' });
  expect(stderr).toContain('the check looked');
  expect(stderr).toContain('the install worked');
});

test('what a wrapper wraps is an asset to others when it says where it is', async () => {
  const project = await createProject();
  await writeOven(project, { install: HEAT });
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.bread@r1'];`,
    [`recipes/${OVEN}.js`]: `
      export const check = '${IS_HOT}';
      export const install = '${HEAT}';
      export const asset = ${JSON.stringify(project.homeDir)};
      export const products = { heat: 'very hot' };`,
    'recipes/test.bread@r1.js': `
      export const dependencies = [{ recipe: '${OVEN}' }];
      export async function build(ctx) {
        await ctx.write('bread', (await ctx.read((await ctx.asset('oven')) + '/oven')) + (await ctx.product('heat')));
      }`,
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, 'test.bread@r1')).toEqual({ bread: 'hot\nvery hot' });
});
