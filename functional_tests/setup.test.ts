// Setup pairs: the state of this host beside an asset. Only where selected, in the order of `depends`, each under a lock
// of its own, looked at on every run and never part of the key.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const TOOL = 'test.tool@r1';

interface Pair {
  check: string;
  install: string;
  platforms?: string[];
  depends?: string[];
}

const isThere = (name: string): string => `test -f "$HOME/${name}"`;
const makeIt = (name: string): string => `touch "$HOME/${name}"`;

/** Writes a package with these pairs, and a manifest that selects some of them. */
async function writePairs(project: Project, pairs: Record<string, Pair>, selected: string[]): Promise<void> {
  const entry = { recipe: TOOL, setup: selected };
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = [${JSON.stringify(entry)}];`,
    [`recipes/${TOOL}.js`]: `
      export const install = 'touch made';
      export const setup = ${JSON.stringify(pairs)};`,
  });
}

test('a selected pair is installed and others are not', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const pair = (name: string): Pair => ({ check: isThere(name), install: `${counter.note(name)}; ${makeIt(name)}` });
  await writePairs(project, { wanted: pair('wanted'), other: pair('other') }, ['wanted']);
  await succeed(project, 'sync');
  expect(await counter.order()).toEqual(['wanted']);
});

test('a pair is looked at on every run, and installed again when its state is lost', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const pair = {
    check: `${counter.note('check')}; ${isThere('it')}`,
    install: `${counter.note('install')}; ${makeIt('it')}`,
  };
  await writePairs(project, { it: pair }, ['it']);
  await succeed(project, 'sync', { told: 'words' });
  expect(await counter.order()).toEqual(['check', 'check', 'install', 'check']);
  await succeed(project, 'sync', { told: 'words' });
  expect(await counter.count('check')).toBe(4);
  await rm(path.join(project.homeDir, 'it'));
  await succeed(project, 'sync', { told: 'words' });
  expect(await counter.count('install')).toBe(2);
});

test('what a pair depends on comes first, and is selected with it', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const pair = (name: string, ...depends: string[]): Pair => ({
    check: isThere(name),
    install: `${counter.note(name)}; ${makeIt(name)}`,
    depends,
  });
  const pairs = {
    roof: pair('roof', 'walls'),
    walls: pair('walls', 'ground'),
    ground: pair('ground'),
    garden: pair('garden'),
  };
  await writePairs(project, pairs, ['roof']);
  await succeed(project, 'sync');
  expect(await counter.order()).toEqual(['ground', 'walls', 'roof']);
});

test('independent pairs are installed at the same time', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const pair = (name: string): Pair => ({ check: isThere(name), install: `${control.script(name)}; ${makeIt(name)}` });
  await writePairs(project, { left: pair('left'), right: pair('right') }, ['left', 'right']);
  const run = start(project, 'sync --jobs 2');
  const [left, right] = [await control.next('left'), await control.next('right')];
  await left.exit();
  await right.exit();
  expect((await run.finished).status).toBe(0);
});

test('each pair has a lock of its own: the second process waits for one and installs the other', async () => {
  const project = await createProject();
  const [counter, control] = [createCounter(project), await openControl(project)];
  const slow = {
    check: isThere('slow'),
    install: `${counter.note('slow')}; ${control.script('slow')}; ${makeIt('slow')}`,
  };
  const quick = { check: isThere('quick'), install: `${counter.note('quick')}; ${makeIt('quick')}` };
  await writePairs(project, { slow, quick }, ['slow']);
  await project.write({
    'other/galley.js': `export const recipe_roots = ['../recipes'];
      export const packages = [{ recipe: '${TOOL}', setup: ['slow', 'quick'] }];`,
  });
  const first = start(project, 'sync');
  const command = await control.next('slow');
  const second = start(project, 'sync', { cwd: 'other' });
  const installs = await second.event('command.started', ({ script }) => script.includes(counter.note('quick')));
  await second.event('command.finished', ({ id }) => id === installs.id);
  await command.exit();
  expect([(await first.finished).status, (await second.finished).status]).toEqual([0, 0]);
  expect((await counter.order()).sort()).toEqual(['quick', 'slow']);
});

test('a pair for another platform is passed over, and so is its place in the order', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  const others = [process.platform === 'linux' ? 'darwin' : 'linux'];
  const pairs = {
    foreign: { check: 'false', install: counter.note('foreign'), platforms: others },
    own: { check: isThere('own'), install: `${counter.note('own')}; ${makeIt('own')}`, depends: ['foreign'] },
  };
  await writePairs(project, pairs, ['own', 'foreign']);
  await succeed(project, 'sync');
  expect(await counter.order()).toEqual(['own']);
});

test('a pair that a dependency selects is installed before the phase that needs it', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await writePairs(project, { it: { check: isThere('it'), install: `${counter.note('setup')}; ${makeIt('it')}` } }, []);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.user@r1'];`,
    'recipes/test.user@r1.js': `
      export const dependencies = [{ recipe: '${TOOL}', setup: ['it'] }];
      export const build = ${JSON.stringify(counter.note('build'))};
      export const install = 'true';`,
  });
  await succeed(project, 'sync');
  expect(await counter.order()).toEqual(['setup', 'build']);
});

test('pairs are no part of the key', async () => {
  const project = await createProject();
  const pair = { check: isThere('it'), install: makeIt('it') };
  await writePairs(project, { it: pair }, []);
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'built' });
  await writePairs(project, { it: pair }, ['it']);
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'cached' });
});

test('a pair sees its asset and may write into the project', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{ recipe: '${TOOL}', setup: ['note'] }];`,
    [`recipes/${TOOL}.js`]: `
      export const install = 'echo a > made';
      export const setup = {
        note: {
          check: (ctx) => ctx.exists('note'),
          install: async (ctx) => ctx.copy(ctx.path.join(ctx.asset_dir, 'made'), 'note'),
        },
      };`,
  });
  await succeed(project, 'sync');
  expect((await galley(project, 'run cat note')).stdout).toBe('a\n');
});

test('a pair that is still not there after its install fails its package', async () => {
  const project = await createProject();
  await writePairs(project, { it: { check: 'false', install: 'true' } }, ['it']);
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.codes()).toEqual(['CHECK_FAILED']);
  expect(events.messages()).toContain('Setup "it"');
});

test('a pair that does not exist is an error with the nearest name', async () => {
  const project = await createProject();
  await writePairs(project, { udev: { check: 'true', install: 'true' } }, ['udve']);
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.codes()).toEqual(['INVALID_VALUE']);
  expect(events.messages()).toContain('Did you mean "udev"?');
});
