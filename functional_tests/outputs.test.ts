// `galley build`: what a project makes arrives where it is wanted, whatever it comes from, once, and goes again.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { Json } from '../src/model/json.ts';
import { anotherMachine } from './rig/depot.ts';
import { entryOf, listNames } from './rig/disk.ts';
import { type Finished, galley, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const TOOL = 'test.tool@r1';
const SAY = '#!/bin/sh\necho "say $*"\n';

/** A package with a program, a script, data and a directory among its products. */
const RECIPE = `
  export const products = { say: 'bin/say', yes: 'bin/true', notes: 'notes.txt', bin: 'bin' };
  export async function install(ctx) {
    await ctx.mkdir('bin');
    await ctx.write('bin/say', ${JSON.stringify(SAY)});
    await ctx.chmod('bin/say', 0o755);
    await ctx.run('cp "$(type -P true)" bin/true');
    await ctx.write('notes.txt', 'notes');
  }`;

function manifest(outputs: readonly object[], packages: readonly string[] = [TOOL]): Record<string, string> {
  return {
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = ${JSON.stringify(packages)};
      export const outputs = ${JSON.stringify(outputs)};`,
  };
}

interface Output {
  product: string;
  output_path: string;
  bytes_copied: number;
  copy_duration: number;
  source_verified: boolean;
  effective_source: string;
  checksum: string;
  trial?: Json;
}

function outputsOf({ stdout }: Finished): Output[] {
  return (JSON.parse(stdout) as { outputs: Output[] }).outputs;
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o7777;

/** Where the same product may come from, and how its package ends then. */
const ORIGINS = [
  { from: 'fresh', outcome: 'built', by: 'cache', args: '--output-dir fresh/deep' },
  { from: 'cached', outcome: 'cached', by: 'cache', args: 'tool --output-dir cached' },
  { from: 'memory', outcome: 'cached', by: 'memory', args: '--output-dir memory --output-strategy memory,cache' },
  { from: 'depot', outcome: 'imported', by: 'cache', args: '--output-dir depot' },
];

test('a product arrives under its name, with its mode and digest, wherever it comes from', async () => {
  const project = await createProject({ [`recipes/${TOOL}.js`]: RECIPE });
  const depot = path.join(project.rootDir, 'depot');
  for (const { from, outcome, by, args } of ORIGINS) {
    if (from === 'depot') await succeed(project, ['push', depot]);
    const machine = from === 'depot' ? anotherMachine(project) : project;
    const run = await succeed(machine, `build ${args} --json`, { env: { GALLEY_DEPOTS: depot } });
    expect(run.events.outcomes()).toEqual({ [TOOL]: outcome });
    expect(run.events.of('output.attempted').map(({ strategy, code }) => [strategy, code])).toEqual(
      Array(3).fill([by, undefined]),
    );
    const dir = project.at(from === 'fresh' ? 'fresh/deep' : from);
    expect(await listNames(dir)).toEqual(['notes', 'say', 'yes']);
    const assetDir = path.join(await entryOf(machine, TOOL), 'asset');
    for (const output of outputsOf(run)) {
      const file = path.join(dir, output.product);
      const original = path.join(
        assetDir,
        { say: 'bin/say', yes: 'bin/true', notes: 'notes.txt' }[output.product] ?? '',
      );
      expect(output).toEqual({
        ...{ product: output.product, package: TOOL, output_path: file },
        bytes_copied: (await stat(original)).size,
        copy_duration: expect.any(Number),
        ...{ source_verified: true, effective_source: by, checksum: await sha256(original) },
      });
      expect(await sha256(file)).toBe(output.checksum);
      expect(await modeOf(file), output.product).toBe(output.product === 'notes' ? 0o644 : 0o755);
    }
    const told = run.events.of('log.message').map(({ text }) => text);
    expect(told).toContain('Product "bin" is not placed: it is a directory');
  }
});

test('what a wrapper names is placed too: a file of the project by its path, a word as a launcher that finds it on PATH', async () => {
  const project = await createProject({
    'recipes/test.wrapper@r1.js': `
      export const products = { inside: 'tools/say', word: 'sh', text: 'two words' };
      export const check = 'true';`,
    'tools/say': SAY,
  });
  await chmod(project.at('tools/say'), 0o750);
  const run = await succeed(project, 'build --output-dir out --json');
  const inside = outputsOf(run).find(({ product }) => product === 'inside');
  expect(inside).toMatchObject({
    effective_source: 'project',
    source_verified: true,
    checksum: await sha256(project.at('tools/say')),
  });
  expect(await modeOf(project.at('out/inside'))).toBe(0o750);
  expect(outputsOf(run).find(({ product }) => product === 'word')).toMatchObject({
    effective_source: 'memory',
    source_verified: true,
  });
  const { stdout } = await promisify(execFile)(project.at('out/word'), ['-c', 'echo "$0 $1"', 'a', 'b c']);
  expect(stdout).toBe('a b c\n');
  expect(await listNames(project.at('out'))).toEqual(['inside', 'word']);
});

test('a product that is a link is what it leads to: of another asset as published, of elsewhere with a warning', async () => {
  const project = await createProject({
    'recipes/test.flour@r1.js': `export const install = 'echo rye > rye';`,
    salt: 'sea\n',
  });
  await project.write({
    'recipes/test.bread@r1.js': `
      export const dependencies = [{ recipe: 'test.flour@r1' }];
      export const products = { rye: 'rye', salt: 'salt', lost: 'lost' };
      export const install = 'ln -s "$GALLEY_ASSET_FLOUR/rye" rye; ln -s ${project.at('salt')} ${project.at('lost')} .';`,
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.bread@r1'];`,
  });
  const run = await galley(project, 'build test.bread --output-dir out --json');
  const ways = run.events.of('output.attempted').map(({ product, strategy, code }) => [product, strategy, code]);
  // They are placed at the same time.
  expect(ways.sort()).toEqual([
    ['lost', 'project', 'IO_ERROR'],
    ['rye', 'cache', undefined],
    ['salt', 'project', undefined],
  ]);
  const warnings = run.events.of('log.message').filter(({ level }) => level === 'warn');
  expect(warnings.map(({ text }) => text)).toEqual(
    ['salt', 'lost'].map((name) =>
      expect.stringContaining(`"${name}" of test.bread@r1 is a link to ${project.at(name)}`),
    ),
  );
});

test('the outputs of the manifest are placed once, and again when something else is there', async () => {
  const project = await createProject({
    ...manifest([
      { product: 'say', name: 'app-1.0', to: 'dist' },
      { product: 'yes', to: '.' },
      { product: 'say', to: 'dist', platform: 'windows' },
    ]),
    [`recipes/${TOOL}.js`]: RECIPE,
  });
  const file = project.at('dist/app-1.0');
  expect((await succeed(project, 'build')).stdout).toBe(`${file}\n${project.at('yes')}\n`);
  const { ino } = await stat(file);
  const again = await succeed(project, 'build --json');
  expect(outputsOf(again).map(({ bytes_copied, source_verified }) => [bytes_copied, source_verified])).toEqual([
    [0, true],
    [0, true],
  ]);
  expect((await stat(file)).ino).toBe(ino);
  // Each of these is another file than the one that was placed, or may be.
  const changes = [
    () => writeFile(file, 'mine'),
    () => chmod(file, 0o700),
    () => utimes(file, 1, 1),
    () => rm(file),
    async () => {
      await rename(file, `${file}.old`);
      await symlink(`${file}.old`, file);
    },
  ];
  for (const change of changes) {
    await change();
    const [output] = outputsOf(await succeed(project, 'build --json'));
    expect(output?.bytes_copied, `${change}`).toBe(SAY.length);
    expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual([SAY, 0o755]);
  }
  expect(await readFile(`${file}.old`, 'utf8'), 'a link is replaced, not followed').toBe(SAY);
});

test('an output that the manifest asks for no more goes, unless somebody has changed it', async () => {
  const outputs = [
    { product: 'say', to: 'dist' },
    { product: 'yes', to: 'dist' },
    { product: 'notes', to: 'dist' },
  ];
  const project = await createProject({ ...manifest(outputs), [`recipes/${TOOL}.js`]: RECIPE });
  await succeed(project, 'build');
  await succeed(project, 'build --output-dir elsewhere');
  await writeFile(project.at('dist/notes'), 'mine');
  await writeFile(project.at('dist/other'), 'not ours');
  await project.write(manifest([{ product: 'say', name: 'tell', to: 'dist' }]));
  // What is built in part says nothing about the rest.
  await succeed(project, 'build tool');
  expect(await listNames(project.at('dist'))).toEqual(['notes', 'other', 'say', 'tell', 'yes']);
  const { events } = await succeed(project, 'build');
  expect(
    events
      .of('output.removed')
      .map(({ product }) => product)
      .sort(),
  ).toEqual(['say', 'yes']);
  expect(events.of('log.message').map(({ text }) => text)).toEqual([
    `"${project.at('dist/notes')}" is no longer an output of the manifest, and stays: it is not what was placed there`,
  ]);
  expect(await listNames(project.at('dist'))).toEqual(['notes', 'other', 'tell']);
  expect(await listNames(project.at('elsewhere'))).toEqual(['notes', 'say', 'yes']);
  expect((await succeed(project, 'build')).events.of('log.message')).toEqual([]);
});

test('a copy of a project does not remove what the other one has placed, and nobody can have a file removed by its content', async () => {
  const project = await createProject({
    ...manifest([{ product: 'say', to: 'dist' }]),
    [`recipes/${TOOL}.js`]: RECIPE,
  });
  await succeed(project, 'build');
  const copy = { ...project, rootDir: `${project.rootDir}-copy` };
  onTestFinished(() => rm(copy.rootDir, { recursive: true, force: true }));
  await cp(project.rootDir, copy.rootDir, { recursive: true });
  await writeFile(path.join(copy.rootDir, 'galley.js'), manifest([])['galley.js'] as string);
  expect((await succeed(copy, 'build')).events.of('output.removed')).toEqual([]);
  expect(await listNames(project.at('dist'))).toEqual(['say']);
  // As who commits a record may know: the content, and the directory that people check out to.
  await writeFile(project.at('victim'), SAY);
  const record = await readFile(project.at('.galley/outputs.json'), 'utf8');
  await writeFile(project.at('.galley/outputs.json'), record.replaceAll('dist/say', 'victim'));
  await succeed(project, 'build');
  expect(await readFile(project.at('victim'), 'utf8')).toBe(SAY);
});

test('outputs in a directory that is a source of their package are no part of it', async () => {
  const project = await createProject({
    ...manifest([
      { product: 'say', to: '.' },
      { product: 'say', to: 'src/dist' },
    ]),
    [`recipes/${TOOL}.js`]: `
      export const products = { say: 'say' };
      export const fetch = { path: '..', include: ['src', 'say', 'out'] };
      export const install = 'cp "$(find "$GALLEY_STAGE_DIR" -path "*src/say")" say';`,
    'src/say': SAY,
  });
  await chmod(project.at('src/say'), 0o755);
  for (const outcome of ['built', 'cached', 'cached'])
    expect((await succeed(project, 'build')).events.outcomes()[TOOL]).toBe(outcome);
  for (const _ of [1, 2])
    expect((await succeed(project, 'build --output-dir out')).events.outcomes()[TOOL]).toBe('cached');
});

test('programs for Windows get .exe behind their whole name, data does not', async () => {
  const outputs = [
    { product: 'say', name: 'app-1.0', to: 'dist' },
    { product: 'notes', to: 'dist', platform: 'windows-arm64' },
    { product: 'yes', to: 'dist', platform: 'darwin' },
    { product: 'ghost', to: 'dist' },
  ];
  const project = await createProject({
    ...manifest(outputs, [TOOL, 'test.ghost@r1']),
    [`recipes/${TOOL}.js`]: RECIPE,
    'recipes/test.ghost@r1.js': `export const platforms = ['windows']; export const products = { ghost: 'ghost' };`,
  });
  const first = await succeed(project, 'build --platform windows-arm64');
  expect(first.events.of('log.message').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Product "ghost" is not placed: test.ghost@r1 is not for /),
  ]);
  expect(await listNames(project.at('dist'))).toEqual(['app-1.0.exe', 'notes']);
  await succeed(project, 'build --platform windows-x86_64 --output-dir all');
  expect(await listNames(project.at('all'))).toEqual(['notes', 'say.exe', 'yes.exe']);
  // What is wanted for another platform only is no reason to keep it, whatever the machine that looks.
  await project.write(manifest([{ product: 'say', name: 'app-1.0', to: 'dist', platform: 'linux-x86_64' }]));
  await succeed(project, 'build --platform linux-x86_64');
  expect(await listNames(project.at('dist'))).toEqual(['app-1.0']);
  await project.write(manifest([{ product: 'say', name: 'app-1.0', to: 'dist', platform: 'windows' }]));
  await succeed(project, 'build --platform linux-x86_64');
  expect(await listNames(project.at('dist'))).toEqual([]);
});

test('a product that only a dependency offers is placed, and a dry run places nothing', async () => {
  const project = await createProject({
    ...manifest([{ product: 'say', to: 'dist' }], ['test.user@r1']),
    [`recipes/${TOOL}.js`]: RECIPE,
    'recipes/test.user@r1.js': `export const dependencies = [{ recipe: '${TOOL}' }]; export const install = 'echo a > a';`,
  });
  const told = async (args: string) => (await succeed(project, args)).events.of('log.message').map(({ text }) => text);
  const place = `Would place say at ${project.at('dist/say')}`;
  expect(await told('build --dry-run')).toEqual(['Would build test.user@r1', `Would build ${TOOL}`, place]);
  expect(await listNames(project.at('dist'))).toEqual([]);
  await succeed(project, 'build');
  // The user is cached now and needs no tool any more; the output does.
  await rm(project.at('dist/say'));
  await succeed(project, 'build');
  expect(await readFile(project.at('dist/say'), 'utf8')).toBe(SAY);
  const [removal, ...rest] = await told('build --cache-clean --dry-run');
  expect(removal).toMatch(/^Would remove 2 assets/);
  expect(rest).toEqual(['Would build test.user@r1', `Would build ${TOOL}`, place]);
});

test('--rebuild ignores the cache, and --localhost-test runs the copy, fresh and cached alike', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: RECIPE.replace("yes: 'bin/true', notes: 'notes.txt', bin: 'bin'", ''),
  });
  for (const outcome of ['built', 'cached']) {
    const run = await succeed(project, 'build --output-dir out --localhost-test --json -- a --json');
    expect(run.events.outcomes()[TOOL]).toBe(outcome);
    expect(outputsOf(run)[0]?.trial).toEqual({ product: 'say', exit_status: 0, output: 'say a --json\n' });
  }
  expect((await galley(project, 'build --cache-clean')).events.codes()).toEqual(['USAGE']);
  const cleaned = await succeed(project, 'build --output-dir out --cache-clean --yes');
  expect(cleaned.events.outcomes()[TOOL]).toBe('built');
  expect((await succeed(project, 'build --output-dir out --rebuild')).events.outcomes()[TOOL]).toBe('built');
  await project.write({ [`recipes/${TOOL}.js`]: RECIPE.replace('$*\\"', '$*\\"; exit 3') });
  const failed = await galley(project, 'build tool --output-dir out --localhost-test');
  expect([failed.status, failed.events.codes()]).toEqual([1, ['COMMAND_FAILED']]);
  expect(failed.events.of('output.tried').find(({ product }) => product === 'say')?.exitCode).toBe(3);
});

test('settings of outputs come from variables, files and flags, and what cannot be is refused', async () => {
  const project = await createProject({ [`recipes/${TOOL}.js`]: RECIPE });
  const sources = async (args: string, env = {}) =>
    outputsOf(await succeed(project, `build --json ${args}`, { env })).map(({ effective_source: from }) => from);
  const memory = ['memory', 'memory', 'memory'];
  expect(await sources('--output-dir a', { GALLEY_OUTPUT_STRATEGY_PRIORITY: 'memory, cache' })).toEqual(memory);
  await project.write({ 'galley.json': JSON.stringify({ output_strategy: ['memory'] }) });
  expect(await sources('--output-dir b')).toEqual(memory);
  expect(await sources('--output-dir c --output-strategy cache')).toEqual(['cache', 'cache', 'cache']);
  const off = outputsOf(
    await succeed(project, 'build --json --output-dir d', { env: { GALLEY_VERIFY_COPIES: 'false' } }),
  );
  expect(off.map(({ source_verified }) => source_verified)).toEqual([false, false, false]);
  for (const [variable, value] of [
    ['GALLEY_COPY_RETRY_COUNT', '-1'],
    ['GALLEY_COPY_TIMEOUT_SECS', '0'],
    ['GALLEY_OUTPUT_STRATEGY_PRIORITY', 'cache,cache'],
  ] as const) {
    const { status, stderr } = await galley(project, 'build', { env: { [variable]: value }, told: 'words' });
    expect([status, stderr], variable).toEqual([2, expect.stringContaining(variable)]);
    expect(stderr).toContain('SETTING_INVALID');
  }
});
