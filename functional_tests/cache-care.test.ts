// What goes out of a cache and what stays: projects that exist keep what they want, living processes what they use.
import { spawn } from 'node:child_process';
import { copyFile, readFile, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { assetOf, entriesOf, entryOf, listNames } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { mountDisk } from './rig/small-disk.ts';
import { expectTold } from './rig/told.ts';

const TOOL = 'test.tool@r1';
const USER = 'test.user@r1';
const FILE = `recipes/${TOOL}.js`;
const making = (text: string): string => `export const install = 'echo ${text} > tool';`;

interface Told {
  removed?: { kind: string; path: string }[];
  would_remove?: { kind: string; path: string }[];
  kept: { path: string; why: string }[];
}

async function tell(project: Project, args: string): Promise<Told> {
  return JSON.parse((await succeed(project, `${args} --json`)).stdout) as Told;
}

test('gc removes what projects have turned from, and keeps what they want, compilers too', async () => {
  const project = await createProject({
    [FILE]: making('old'),
    [`recipes/${USER}.js`]: `export const dependencies = [{ recipe: '${TOOL}' }]; ${making('user')}`,
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${USER}'];`,
  });
  await succeed(project, 'sync');
  await project.write({ [FILE]: making('new') });
  // The second sync finds all it needs in the cache, and demands no tool.
  for (const _ of [1, 2]) await succeed(project, 'sync --verbose');
  expect((await tell(project, 'cache gc')).removed).toEqual([]);
  const dry = await tell(project, 'cache gc --older-than 0d --dry-run');
  expect(await entriesOf(project, TOOL)).toHaveLength(2);
  const { removed } = await tell(project, 'cache gc --older-than 0d');
  expect(removed).toEqual(dry.would_remove);
  expect(await assetOf(project, TOOL)).toEqual({ tool: 'new\n' });
  await entryOf(project, USER);
  expect((await succeed(project, 'sync --verbose')).events.outcomes()).toEqual({ [USER]: 'cached' });
});

test('a project wants nothing any more when its manifest is gone, and until then it may be as old as it likes', async () => {
  const project = await createProject({ [FILE]: making('tool') });
  await succeed(project, 'sync');
  const [lease = ''] = await listNames(path.join(project.cacheDir, 'leases/projects'));
  const then = new Date(Date.now() - 400 * 86_400_000);
  await utimes(path.join(project.cacheDir, 'leases/projects', lease), then, then);
  await utimes(path.join(await entryOf(project, TOOL), 'galley-fingerprint'), then, then);
  await succeed(project, 'cache gc --older-than 0d --max-size 0');
  await entryOf(project, TOOL);
  await unlink(project.at('galley.js'));
  await succeed(project, 'cache gc --max-size 0', { cwd: '..' });
  expect(await entriesOf(project, TOOL)).toEqual([]);
  expect(await listNames(path.join(project.cacheDir, 'leases/projects'))).toEqual([]);
});

test('a project of which the cache has lost the note writes it again, also when it has nothing to do', async () => {
  const project = await createProject({ [FILE]: making('tool') });
  await succeed(project, 'sync');
  await rm(path.join(project.cacheDir, 'leases'), { recursive: true });
  await succeed(project, 'sync', { told: 'words' });
  await succeed(project, 'cache gc --older-than 0d');
  await entryOf(project, TOOL);
});

test('gc with a size removes what was unused for longest, and says when projects want more than that', async () => {
  const project = await createProject({ [FILE]: making('1') });
  for (const text of ['1', '2', '3']) {
    await project.write({ [FILE]: making(text) });
    await succeed(project, 'sync');
  }
  await succeed(project, 'cache gc --max-size 4');
  const kept = await Promise.all(
    (await entriesOf(project, TOOL)).map((entry) => readFile(path.join(entry, 'asset/tool'), 'utf8')),
  );
  expect(kept.sort()).toEqual(['2\n', '3\n']);
  const { events } = await succeed(project, 'cache gc --max-size 1');
  expect(events.of('log.message').map(({ text }) => text)).toContainEqual(expect.stringMatching(/^2 B are left, more/));
  expect(await assetOf(project, TOOL)).toEqual({ tool: '3\n' });
});

test.each([
  ['--max-size', 'many', '10G'],
  ['--older-than', '30', '30d'],
])('gc %s %s is refused', async (flag, value, example) => {
  const project = await createProject();
  const { status, events } = await galley(project, ['cache', 'gc', flag, value]);
  expect([status, events.codes()]).toEqual([2, ['USAGE']]);
  expect(events.messages()).toContain(example);
});

test('nothing is taken from a build that runs, neither what it makes nor what it makes it from', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await project.write({
    [FILE]: making('tool'),
    [`recipes/${USER}.js`]: `
      export const dependencies = [{ recipe: 'tool' }];
      export const install = ${JSON.stringify(`${control.script('user')}; cat "$GALLEY_ASSET_TOOL/tool" > user`)};`,
  });
  const run = start(project, 'install user');
  const command = await control.next('user');
  const refused = await galley(project, 'cache remove tool --yes');
  expect([refused.status, refused.events.codes()]).toEqual([3, ['CACHE_IN_USE']]);
  expectTold('CACHE_IN_USE', refused, project, 'cache remove tool --yes');
  expect(refused.events.messages()).toContain(`process ${run.pid} uses it (galley --reporter json install user)`);
  for (const words of ['gc --older-than 0d', 'clean --yes']) {
    const { kept } = await tell(project, `cache ${words}`);
    expect(kept.map(({ why }) => why)).toContainEqual(expect.stringContaining(`process ${run.pid} uses it`));
  }
  await command.exit();
  expect((await run.finished).status).toBe(0);
  expect(await assetOf(project, USER)).toEqual({ user: 'tool\n' });
  await succeed(project, 'cache remove tool --yes');
  expect(await entriesOf(project, TOOL)).toEqual([]);
});

test('nothing is taken from a program that runs, whether galley started it or a launcher', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await copyFile(process.execPath, project.at('node'));
  await project.write({
    [FILE]: `export const products = { tool: 'tool' }; export const fetch = { path: '../node' };
      export const install = 'mv "$GALLEY_STAGE_DIR/node" tool';`,
  });
  await succeed(project, 'sync');
  const launched = (name: string): string => control.script(name).replace(/^'[^']+'/, '.galley/bin/tool');
  const whyKept = async (): Promise<string[]> => (await tell(project, 'cache clean --yes')).kept.map(({ why }) => why);

  const run = start(project, ['run', '--', 'sh', '-c', launched('by galley')]);
  const first = await control.next('by galley');
  expect(await whyKept()).toContainEqual(expect.stringContaining(`process ${run.pid} uses it`));
  await first.exit();
  await run.finished;

  const shell = spawn('sh', ['-c', launched('by itself')], { cwd: project.dir, stdio: 'ignore' });
  const second = await control.next('by itself');
  expect(await whyKept()).toEqual([expect.stringContaining(`process ${second.pid} runs from it`)]);
  await entryOf(project, TOOL);
  await second.exit();
  expect(shell.pid).toBeDefined();
  expect(await whyKept()).toEqual([]);
});

test('gc gives room back on a disk that is full to the last byte', async ({ skip }) => {
  const project = await createProject({}, { expectTidy: false });
  if (!(await mountDisk(project.cacheDir, 'size=2m'))) skip('a disk can only be mounted by root on Linux');
  await project.write({ [FILE]: `export const install = 'head -c 500000 /dev/zero > tool';` });
  await succeed(project, 'sync');
  await project.write({ [FILE]: making('small') });
  await succeed(project, 'sync');
  await writeFile(path.join(project.cacheDir, 'logs/filler'), Buffer.alloc(4_000_000)).catch(() => {});
  expect((await galley(project, 'cache gc --older-than 0d')).status).toBe(0);
  expect(await assetOf(project, TOOL)).toEqual({ tool: 'small\n' });
});

test('clean removes what projects want too, and asks first', async () => {
  const project = await createProject({ [FILE]: making('tool') });
  await succeed(project, 'sync');
  const refused = await galley(project, 'cache clean');
  expect([refused.status, refused.events.codes()]).toEqual([2, ['USAGE']]);
  await entryOf(project, TOOL);
  await succeed(project, 'cache clean --yes');
  expect(await listNames(path.join(project.cacheDir, 'assets'))).toEqual([]);
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'built' });
});

test.skipIf(process.platform !== 'linux')(
  'a name that is no UTF-8 is refused in an asset, and goes like any other',
  async () => {
    const make = `printf text > $'caf\\\\xe9.txt'`;
    const project = await createProject({
      'recipes/test.left@r1.js': `export const build = "${make}"; export const install = 'echo made > made';`,
      'recipes/test.failed@r1.js': `export const build = "${make}; exit 1";`,
      'recipes/test.installed@r1.js': `export const install = "${make}";`,
      'recipes/test.taken@r1.js': `export const fetch = { path: '../tree' };`,
      'tree/plain': '',
    });
    await writeFile(Buffer.concat([Buffer.from(`${project.at('tree')}/`), Buffer.from('caf\xe9.txt', 'latin1')]), '');
    // The second time, what the first has left is in the way.
    for (const outcome of ['built', 'cached']) {
      const { status, events } = await galley(project, 'sync');
      const errors = events.of('package.finished').map(({ package: label, error }) => [label, error?.code]);
      expect(status).toBe(1);
      expect(events.outcomes()).toMatchObject({ 'test.left@r1': outcome });
      expect(Object.fromEntries(errors)).toMatchObject({
        'test.failed@r1': 'COMMAND_FAILED',
        'test.installed@r1': 'FILE_NAME_INVALID',
        'test.taken@r1': 'FILE_NAME_INVALID',
      });
      const { message } = events.of('package.finished', 'test.installed@r1')[0]?.error ?? {};
      expect(message).toMatch(/\/install\/caf\\xe9\.txt": its name is not UTF-8$/);
    }
    await succeed(project, 'cache clean --yes');
    expect(await entriesOf(project, 'test.failed@r1')).toEqual([]);
  },
);
