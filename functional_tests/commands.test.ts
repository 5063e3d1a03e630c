// The commands one by one: what each does, what it prints for a script, and how it ends.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/catalog.ts';
import { expectGolden } from '../src/testing/golden.ts';
import { assetOf, entriesOf, entryOf, listNames } from './rig/disk.ts';
import { galley, PROGRAM, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { expectTold } from './rig/told.ts';

const [TOOL, NOTES, OVEN] = ['test.tool@r1', 'test.notes@r1', 'test.oven@r1'];
const SCRIPT = '#!/bin/sh\necho "tool: $*"\nexit $EXIT\n';
const HELP = path.resolve(import.meta.dirname, '../test_data/help');

/** A program, a package without a product that depends on it, and something that is on the host already. */
let project: Project;
beforeEach(async () => {
  project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const products = { tool: 'bin/tool' };
      export async function install(ctx) {
        await ctx.run('echo building the tool');
        await ctx.mkdir('bin');
        await ctx.write('bin/tool', ${JSON.stringify(SCRIPT)});
        await ctx.chmod('bin/tool', 0o755);
      }`,
    [`recipes/${NOTES}.js`]: `
      export const dependencies = [{ recipe: '${TOOL}', needed_by: 'install' }];
      export const install = 'tool noted > notes';`,
    [`recipes/${OVEN}.js`]: `
      export const check = 'true';
      export const products = { oven: 'number 5' };`,
  });
});

/** Text that is JSON, as a value of this shape. */
const parse = <T>(text: string): T => JSON.parse(text) as T;

test.each(['', 'cache', 'depot', ...COMMANDS.map(({ name }) => name)])(
  'galley %s --help is text for people on stdout',
  async (name) => {
    const words = [...name.split(' '), '--help'].filter((word) => word !== '');
    const { stdout, stderr } = await succeed(project, words, { told: 'words' });
    expectGolden(path.join(HELP, `${name.replace(' ', '-') || 'galley'}.txt`), stdout);
    expect(stderr).toBe('');
    if (COMMANDS.some((command) => command.name === name)) expect(stdout).toContain('Examples:');
  },
);

test('galley in a directory that is there no more says so in one line', () => {
  const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" version';
  const options = { cwd: project.rootDir, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, PROGRAM], options);
  expect([status, stderr]).toEqual([3, 'galley cannot work here: the working directory has been removed\n']);
});

test('galley without a command shows its help and ends well', async () => {
  const { stdout } = await succeed(project, [], { told: 'words' });
  expect(stdout).toContain('Usage: galley');
});

test('a project that init started can be synced, and so can the recipe that it started', async () => {
  const { events } = await succeed(project, 'init fresh');
  expect(events.of('log.message').map(({ text }) => text)).toContain(`Writing ${project.at('fresh/galley.js')}`);
  const empty = await succeed(project, 'sync', { cwd: 'fresh' });
  expect(empty.events.of('log.message')[0]?.text).toContain('names no packages yet');
  await succeed(project, 'init --recipe acme.spoon@r1', { cwd: 'fresh' });
  const manifest = project.at('fresh/galley.js');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, text.replace('packages = []', "packages = ['acme.spoon@r1']"));
  await succeed(project, 'sync', { cwd: 'fresh' });
  expect(await assetOf(project, 'acme.spoon@r1')).toEqual({ 'share/spoon.txt': 'spoon 1.0.0\n' });
  expect((await succeed(project, 'test', { cwd: 'fresh' })).events.tests()).toEqual({ 'acme.spoon@r1': 'passed' });
});

test('sync makes everything, and install nothing outside the cache', async () => {
  await succeed(project, 'install');
  expect(await entriesOf(project, NOTES)).toHaveLength(1);
  expect(await listNames(project.at('.galley/bin'))).toEqual([]);
  await succeed(project, 'sync');
  expect(await listNames(project.at('.galley/bin'))).toEqual(['tool']);
});

test('sync and install of a query make that package and what it needs', async () => {
  const { events } = await succeed(project, 'install notes');
  expect(events.outcomes()).toEqual({ [TOOL]: 'built', [NOTES]: 'built' });
  const again = await succeed(project, ['sync', TOOL, 'oven']);
  expect(again.events.outcomes()).toEqual({ [TOOL]: 'cached', [OVEN]: 'present' });
});

test('sync --json answers with every package, its outcome, key, asset and products', async () => {
  const { stdout } = await succeed(project, 'sync --json');
  const answer = parse<{ outcome: string; packages: Record<string, unknown>[]; failures: unknown[] }>(stdout);
  expect([answer.outcome, answer.failures]).toEqual(['ok', []]);
  const assetDir = path.join(await entryOf(project, TOOL), 'asset');
  expect(answer.packages).toContainEqual(
    expect.objectContaining({
      package: TOOL,
      outcome: 'built',
      asset_dir: assetDir,
      products: { tool: path.join(assetDir, 'bin/tool') },
    }),
  );
});

test('sync --check-assets runs the test of every asset, and fails when one of them fails', async () => {
  const NAMES = ['test.good@r1', 'test.bad@r1'];
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(NAMES)};`,
    'recipes/test.good@r1.js': `export const install = 'touch made'; export const test = 'test -f "$GALLEY_ASSET_DIR/made"';`,
    'recipes/test.bad@r1.js': `export const install = 'touch made';
      export async function test(ctx) { await ctx.run('echo "it does not cook"; exit 3'); }`,
  });
  await succeed(project, 'sync');
  const { status, stderr } = await galley(project, 'sync --check-assets', { told: 'words' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/test\.bad@r1\.js:2:\d+: error: Cannot test test\.bad@r1/);
  expect(stderr).toContain('| it does not cook');
  expect(stderr).not.toContain('Cannot test test.good@r1');
});

test('run starts a product before the same name on the host, with its arguments and its exit status', async () => {
  await project.write({ 'host/tool': '#!/bin/sh\necho wrong' });
  const env = { PATH: `${project.at('host')}:${process.env.PATH}`, EXIT: '7' };
  const { status, stdout } = await galley(project, ['run', 'tool', '--verbose', 'a b'], { env });
  expect([status, stdout]).toEqual([7, 'tool: --verbose a b\n']);
});

test('run ends as a shell says it when a signal ends the program', async () => {
  expect((await galley(project, ['run', '--', 'sh', '-c', 'kill -TERM $$'])).status).toBe(143);
});

test('run works where it is called, and tells the program where the project is', async () => {
  await project.write({ 'sub/here': '' });
  const { stdout } = await succeed(project, ['run', 'sh', '-c', 'pwd; echo "$GALLEY_PROJECT_ROOT"'], { cwd: 'sub' });
  expect(stdout).toBe(`${project.at('sub')}\n${project.dir}\n`);
});

test('run does not start the program when a package cannot be made', async () => {
  await project.write({ [`recipes/${NOTES}.js`]: `export const build = 'exit 3';` });
  const { status, stdout } = await galley(project, ['run', 'echo', 'started']);
  expect([status, stdout]).toEqual([1, '']);
});

test('asset makes one package and prints its directory and nothing else', async () => {
  const { stdout, events } = await succeed(project, 'asset notes');
  expect(stdout).toBe(`${path.join(await entryOf(project, NOTES), 'asset')}\n`);
  expect(Object.keys(events.outcomes()).sort()).toEqual([NOTES, TOOL]);
  expect(parse(await succeed(project, 'asset notes --json').then((run) => run.stdout))).toBe(stdout.trim());
});

test('product prints where a product is, or the words of a user-managed one', async () => {
  const file = (await succeed(project, 'product tool')).stdout.trim();
  expect(file).toBe(path.join(await entryOf(project, TOOL), 'asset/bin/tool'));
  expect((await succeed(project, 'product oven')).stdout).toBe('number 5\n');
});

test('product without a name lists all, made or not', async () => {
  const { stdout } = await succeed(project, 'product --json');
  expect(Object.keys(parse(stdout))).toEqual(['oven', 'tool']);
  expect((await succeed(project, 'product')).stdout).toMatch(/^oven +number 5\ntool +\/.*\/bin\/tool\n$/);
  expect(await entriesOf(project, TOOL)).toEqual([]);
});

test('list shows every package of the manifest with its state', async () => {
  await succeed(project, 'install tool');
  const { stdout } = await succeed(project, 'list --json');
  const states = parse<{ package: string; state: string }[]>(stdout).map((row) => [row.package, row.state]);
  expect(states).toEqual([
    [TOOL, 'cached'],
    [NOTES, 'missing'],
    [OVEN, 'user-managed'],
  ]);
  expect((await succeed(project, 'list')).stdout).toMatch(/^test\.tool@r1 +cached +[0-9a-f]{12} +offers tool$/m);
});

test('lint gives advice and ends well, or shows all problems and does not', async () => {
  await project.write({
    [`recipes/${NOTES}.js`]: `export const build = 'true';`,
    [`recipes/${TOOL}.js`]: `export const fetch = 'https://127.0.0.1:9/tool.tar.gz';`,
  });
  const { events } = await succeed(project, 'lint');
  expect(events.codes().sort()).toEqual(['NO_CHECK', 'NO_PIN']);
  for (const code of ['NO_CHECK', 'NO_PIN'] as const) expectTold(code, { events }, project, 'lint');
  await project.write({ [`recipes/${NOTES}.js`]: `export const biuld = 'true'; export const stage = 7;` });
  const wrong = await galley(project, 'lint');
  expect(wrong.status).toBe(2);
  expect(wrong.events.codes().sort()).toEqual(['INVALID_VALUE', 'NO_PIN', 'UNKNOWN_FIELD']);
});

test('log prints what the commands of a package printed, or where that is kept', async () => {
  await succeed(project, 'install');
  expect((await succeed(project, 'log tool')).stdout).toContain('building the tool\n');
  const file = (await succeed(project, 'log tool --path')).stdout.trim();
  expect(await readFile(file, 'utf8')).toContain('building the tool\n');
});

test('cache info tells what is there, without a project', async () => {
  await succeed(project, 'install');
  const { stdout } = await succeed(project, 'cache info --json', { cwd: '..' });
  const info = parse<{ root: string; entries: { identity: string; complete: boolean }[] }>(stdout);
  expect(info.root).toBe(project.cacheDir);
  expect(info.entries.map(({ identity, complete }) => [identity, complete]).sort()).toEqual([
    [NOTES, true],
    [TOOL, true],
  ]);
  expect((await succeed(project, 'cache info')).stdout).toContain(NOTES);
});

test('cache remove asks for --yes, and what it removed is made again', async () => {
  await succeed(project, 'install');
  const refused = await galley(project, 'cache remove tool');
  expect([refused.status, refused.events.codes()]).toEqual([2, ['USAGE']]);
  const dry = await succeed(project, 'cache remove tool --dry-run');
  expect(dry.stdout.trim()).toMatch(new RegExp(`  ${RegExp.escape(await entryOf(project, TOOL))}$`));
  await succeed(project, 'cache remove tool --yes');
  expect(await entriesOf(project, TOOL)).toEqual([]);
  expect((await succeed(project, 'install tool')).events.outcomes()).toEqual({ [TOOL]: 'built' });
});

test('version prints the version of package.json', async () => {
  const { version } = parse<{ version: string }>(await readFile(path.resolve(HELP, '../../package.json'), 'utf8'));
  expect((await succeed(project, 'version')).stdout).toBe(`${version}\n`);
  expect((await succeed(project, '--version', { told: 'words' })).stdout).toBe(`${version}\n`);
  expect(parse((await succeed(project, 'version --json')).stdout)).toMatchObject({ version });
});
