// Verbs as strings, functions and not at all: where they run, what they see, and how their output comes back.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { assetOf, entryOf, logOf } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const TOOL = 'test.tool@r1';

test('a verb that is absent does not run, and its phase is passed in silence', async () => {
  const project = await createProject({ [`recipes/${TOOL}.js`]: `export const install = 'touch made';` });
  const { events } = await succeed(project, 'sync');
  expect(events.phases(TOOL)).not.toContain('build');
  expect(events.of('command.started')).toHaveLength(1);
});

test('every verb starts in the directory that its phase works in', async () => {
  const project = await createProject();
  const say = (phase: string): string => `echo "${phase} $PWD" >> ${project.rootDir}/started`;
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{ recipe: '${TOOL}', setup: ['host'] }, 'test.wrapper@r1'];`,
    [`recipes/${TOOL}.js`]: `
      export async function fetch(ctx) { await ctx.run('${say('fetch')}'); }
      export const stage = '${say('stage')}';
      export const build = '${say('build')}';
      export const install = '${say('install')}';
      export const setup = { host: { check: '${say('setup')}', install: 'true' } };
      export const deploy = '${say('deploy')}';`,
    'recipes/test.wrapper@r1.js': `export const check = '${say('check')}';`,
  });
  await succeed(project, 'sync');
  const started = (await readFile(path.join(project.rootDir, 'started'), 'utf8')).trim().split('\n');
  const entry = await entryOf(project, TOOL);
  const at = project.dir;
  // A fetch function without pins runs ahead of its phase too, in a directory of its own.
  const inPhases = started.filter((line) => !line.startsWith(`fetch ${project.cacheDir}/scratch/`));
  expect([...new Set(inPhases)].sort()).toEqual([
    `build ${entry}/work/stage`,
    `check ${at}`,
    `deploy ${at}`,
    `fetch ${entry}/work/tmp`,
    `install ${entry}/install`,
    `setup ${at}`,
    `stage ${entry}/work/stage`,
  ]);
});

test('a command sees a clean environment: what is listed, and nothing else of the person', async () => {
  const project = await createProject();
  // Outside of the asset, in which paths would be rewritten.
  const file = path.join(project.rootDir, 'env');
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const env = ['TOKEN'];
      export const packages = [{ recipe: '${TOOL}', options: { flavours: ['sweet', 'sour'] } }];`,
    [`recipes/${TOOL}.js`]: `
      export const env = ['CFLAGS'];
      export const options = { tone: { type: 'string', default: 'loud' }, 'max-heat': { type: 'int', default: 7 },
        flavours: { type: 'list', default: [] } };
      export const build = 'env > ${file}';
      export const install = 'true';`,
  });
  const env = { SECRET: 'no', TOKEN: 't', CFLAGS: '-O3', LC_TIME: 'C', HTTPS_PROXY: 'p', NODE_OPTIONS: '' };
  await succeed(project, 'sync --jobs 3', { env });
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const seen = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s) as [string, string]));
  const entry = await entryOf(project, TOOL);
  const [work, tmp] = [`${entry}/work`, `${entry}/work/tmp`];
  // What bash adds by itself.
  for (const name of ['PWD', 'OLDPWD', 'SHLVL', '_']) delete seen[name];
  expect(seen).toEqual({
    CFLAGS: '-O3',
    GALLEY_ASSET_DIR: `${entry}/asset`,
    GALLEY_FETCH_DIR: `${entry}/fetch`,
    GALLEY_IDENTITY: TOOL,
    GALLEY_INSTALL_DIR: `${entry}/install`,
    GALLEY_JOBS: '3',
    GALLEY_OPTION_FLAVOURS: '["sweet","sour"]',
    GALLEY_OPTION_MAX_HEAT: '7',
    GALLEY_OPTION_TONE: 'loud',
    GALLEY_STAGE_DIR: `${work}/stage`,
    GALLEY_TMP_DIR: tmp,
    GIT_CEILING_DIRECTORIES: project.cacheDir,
    GOCACHE: `${tmp}/go-build`,
    HOME: project.homeDir,
    HTTPS_PROXY: 'p',
    LANG: 'C.UTF-8',
    LC_TIME: 'C',
    PATH: process.env.PATH,
    PIP_CACHE_DIR: `${tmp}/pip`,
    SOURCE_DATE_EPOCH: '315532800',
    TMPDIR: tmp,
    TOKEN: 't',
    XDG_CACHE_HOME: `${tmp}/cache`,
    ZIG_GLOBAL_CACHE_DIR: `${tmp}/zig`,
    ZIG_LOCAL_CACHE_DIR: `${tmp}/zig-local`,
    npm_config_cache: `${tmp}/npm`,
  });
});

test('a repository around the cache is not the one of what is built in it', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const build = 'git rev-parse --show-toplevel > top || true';
      export const install = 'cp "$GALLEY_STAGE_DIR"/top .';`,
  });
  execFileSync('git', ['init', '--quiet', path.dirname(project.cacheDir)]);
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ top: '' });
});

test('PATH begins with the products of the dependencies that the phase has, as they were declared', async () => {
  const tool = (name: string): string =>
    `export const products = { '${name}': 'bin/${name}' }; export const install = 'mkdir bin; touch bin/${name}';`;
  const project = await createProject({
    'recipes/test.whisk@r1.js': tool('whisk'),
    'recipes/test.ladle@r1.js': tool('ladle'),
    'recipes/test.plate@r1.js': tool('plate'),
    'recipes/test.meal@r1.js': `
      export const dependencies = [
        { recipe: 'test.whisk@r1' }, { recipe: 'test.plate@r1', needed_by: 'install' }, { recipe: 'test.ladle@r1', as: 'big-spoon' },
      ];
      export const build = 'echo "$PATH" > build-path; env | grep ^GALLEY_ASSET_ | sort > assets';
      export const install = 'echo "$PATH" > install-path; cp "$GALLEY_STAGE_DIR"/* .';`,
  });
  await succeed(project, 'sync');
  const [whisk, ladle, plate, meal] = await Promise.all(
    ['whisk', 'ladle', 'plate', 'meal'].map((name) => entryOf(project, `test.${name}@r1`)),
  );
  const host = process.env.PATH;
  expect(await assetOf(project, 'test.meal@r1')).toEqual({
    'build-path': `${whisk}/asset/bin:${ladle}/asset/bin:${host}\n`,
    'install-path': `${whisk}/asset/bin:${plate}/asset/bin:${ladle}/asset/bin:${host}\n`,
    assets: `GALLEY_ASSET_BIG_SPOON=${ladle}/asset\nGALLEY_ASSET_DIR=${meal}/asset\nGALLEY_ASSET_WHISK=${whisk}/asset\n`,
  });
});

/** Writes to both streams in turn, sixty times. */
const ALTERNATING = 'for i in $(seq 30); do echo "out $i"; echo "err $i" >&2; done';
const EXPECTED = Array.from({ length: 30 }, (_, index) => [`out ${index + 1}`, `err ${index + 1}`]).flat();

test('a string verb and ctx.run with capture: false keep the exact order of both streams', async () => {
  const project = await createProject({
    'recipes/test.string@r1.js': `export const build = '${ALTERNATING}';`,
    'recipes/test.function@r1.js': `
      export async function build(ctx) {
        const answer = await ctx.run('${ALTERNATING}', { capture: false });
        if (answer.stdout !== '' || answer.stderr !== '') throw new Error('captured');
      }`,
  });
  const { events } = await succeed(project, 'sync');
  for (const identity of ['test.string@r1', 'test.function@r1']) {
    expect(events.output(identity, 'both')).toEqual(EXPECTED);
    expect((await logOf(project, identity)).trim().split('\n')).toEqual(EXPECTED);
  }
});

test('ctx.run splits the streams and keeps the order within each', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export async function build(ctx) {
        const { stdout, stderr } = await ctx.run('${ALTERNATING}');
        await ctx.write('stdout', stdout);
        await ctx.write('stderr', stderr);
      }`,
  });
  const { events } = await succeed(project, 'sync');
  const [out, err] = ['out', 'err'].map((kind) => EXPECTED.filter((line) => line.startsWith(kind)));
  expect(events.output(TOOL, 'stdout')).toEqual(out);
  expect(events.output(TOOL, 'stderr')).toEqual(err);
  expect(await assetOf(project, TOOL)).toEqual({ stdout: `${out?.join('\n')}\n`, stderr: `${err?.join('\n')}\n` });
});

test('what a command prints is told while it runs', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await project.write({
    [`recipes/${TOOL}.js`]: `export const install = ${JSON.stringify(control.script('install'))};`,
  });
  const run = start(project, 'sync');
  const command = await control.next('install');
  await command.print('still cooking');
  expect((await run.event('output.line')).text).toBe('still cooking');
  await command.exit();
  expect((await run.finished).status).toBe(0);
});

test('a command that fails ends its verb, and the words of the run show its last lines and its log', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `export const build = 'for i in $(seq 100); do echo "line $i"; done; exit 4';`,
  });
  const { status, stderr, stdout } = await galley(project, 'sync', { told: 'words' });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('exited with status 4');
  expect(stderr).toContain('line 100');
  expect(stderr).not.toContain('line 1\n');
  expect(stderr).toContain(path.join(project.cacheDir, 'logs', TOOL));
  expect((await logOf(project, TOOL)).split('\n')).toHaveLength(101);
});
