// Launchers in bin_dir: what is called through them is the program itself, and nobody else's file is touched.
import { execFile } from 'node:child_process';
import { chmod, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { entryOf, listNames } from './rig/disk.ts';
import { succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const TOOL = 'test.tool@r1';

/** A recipe with these products; scripts are made as the texts say, and `true` is a copy of a real program. */
function recipe(products: Record<string, string>, scripts: Record<string, string>): string {
  return `export const products = ${JSON.stringify(products)};
    export async function install(ctx) {
      await ctx.mkdir('bin');
      for (const [name, text] of Object.entries(${JSON.stringify(scripts)})) {
        await ctx.write('bin/' + name, text);
        await ctx.chmod('bin/' + name, 0o755);
      }
      await ctx.write('bin/data', 'no program');
      await ctx.run('cp "$(type -P true)" bin/true');
    }`;
}

const SAY = '#!/bin/sh\necho "$(dirname "$0") $*"\n';

const foreign = (file: string): string =>
  `"${file}" is not a launcher that this checkout has placed, and stays: product "say" gets none`;

test('a program is reached by a link, a script by two lines of sh that keep its own place', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: recipe(
      { say: 'bin/say', yes: 'bin/true', data: 'bin/data', gone: 'bin/gone' },
      { say: SAY },
    ),
  });
  await succeed(project, 'sync');
  const assetDir = path.join(await entryOf(project, TOOL), 'asset');
  const binDir = project.at('.galley/bin');
  // Only what can be run gets a launcher.
  expect(await listNames(binDir)).toEqual(['say', 'yes']);
  expect(await readlink(path.join(binDir, 'yes'))).toBe(path.join(assetDir, 'bin/true'));
  expect(await readFile(path.join(binDir, 'say'), 'utf8')).toBe(`#!/bin/sh\nexec '${assetDir}/bin/say' "$@"\n`);
  const { stdout } = await promisify(execFile)(path.join(binDir, 'say'), ['a b', '$c']);
  expect(stdout).toBe(`${assetDir}/bin a b $c\n`);
});

test('what a wrapper names gets a launcher when it is a path, which may be relative to the project, and a program', async () => {
  const products = { inside: 'tools/say', outside: '/bin/sh', word: 'sh', text: 'very/hot' };
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `
      export const products = ${JSON.stringify(products)};
      export const check = 'true';`,
    'tools/say': SAY,
  });
  await chmod(project.at('tools/say'), 0o755);
  await succeed(project, 'sync');
  expect(await listNames(project.at('.galley/bin'))).toEqual(['inside', 'outside']);
  // A program that the cache does not own may look for its neighbours beside its own name.
  expect(await readFile(project.at('.galley/bin/outside'), 'utf8')).toBe(`#!/bin/sh\nexec '/bin/sh' "$@"\n`);
  expect((await succeed(project, 'run inside ahoy')).stdout).toBe(`${project.at('tools')} ahoy\n`);
});

test('a launcher goes with its product, and follows it to another asset', async () => {
  const project = await createProject({
    [`recipes/${TOOL}.js`]: recipe({ one: 'bin/one', two: 'bin/two' }, { one: SAY, two: SAY }),
  });
  await succeed(project, 'sync');
  const before = await readFile(project.at('.galley/bin/one'), 'utf8');
  await project.write({ [`recipes/${TOOL}.js`]: recipe({ one: 'bin/one' }, { one: `${SAY}# newer\n` }) });
  const { events } = await succeed(project, 'sync');
  expect(events.of('launcher.removed').map(({ product }) => product)).toEqual(['two']);
  expect(await listNames(project.at('.galley/bin'))).toEqual(['one']);
  expect(await readFile(project.at('.galley/bin/one'), 'utf8')).not.toBe(before);
});

test('a file that somebody else put into bin_dir stays as it is, and the run says so', async () => {
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes']; export const bin_dir = 'tools'; export const packages = ['${TOOL}'];`,
    [`recipes/${TOOL}.js`]: recipe({ say: 'bin/say', other: 'bin/other' }, { say: SAY, other: SAY }),
    'tools/say': 'mine',
    'tools/unrelated': 'mine too',
  });
  const { events } = await succeed(project, 'sync');
  expect(events.of('log.message').map(({ text }) => text)).toEqual([foreign(project.at('tools/say'))]);
  await project.write({ [`recipes/${TOOL}.js`]: recipe({}, {}) });
  await succeed(project, 'sync');
  expect(await listNames(project.at('tools'))).toEqual(['say', 'unrelated']);
  expect(await readFile(project.at('tools/say'), 'utf8')).toBe('mine');
});

test('a launcher that is gone or cannot be run is made again', async () => {
  const project = await createProject({ [`recipes/${TOOL}.js`]: recipe({ say: 'bin/say' }, { say: SAY }) });
  await succeed(project, 'sync');
  const file = project.at('.galley/bin/say');
  for (const damage of [() => chmod(file, 0o644), () => rm(file)]) {
    await damage();
    await succeed(project, 'sync');
    expect((await promisify(execFile)(file, ['again'])).stdout).toContain('again');
  }
});

test('what takes the place of a launcher is neither replaced nor removed, and no record makes a sync remove a tree', async () => {
  const tools = { [`recipes/${TOOL}.js`]: recipe({ say: 'bin/say' }, { say: SAY }) };
  const project = await createProject({
    ...tools,
    'src/main.c': 'mine',
    '.galley/launchers.json': '{"bin_dir":"","names":["src","."]}',
  });
  await succeed(project, 'sync');
  expect(await readFile(project.at('src/main.c'), 'utf8')).toBe('mine');
  await rm(project.at('.galley/bin/say'));
  await project.write({ '.galley/bin/say/notes': 'mine' });
  const warnings = async () => (await succeed(project, 'sync')).events.of('log.message').map(({ text }) => text);
  expect(await warnings()).toEqual([foreign(project.at('.galley/bin/say'))]);
  await rm(project.at('.galley/bin/say'), { recursive: true });
  await succeed(project, 'sync');
  await writeFile(project.at('.galley/bin/say'), 'mine');
  await project.write({ [`recipes/${TOOL}.js`]: recipe({}, {}) });
  expect(await warnings()).toEqual([
    `"${project.at('.galley/bin/say')}" is no launcher any more, and stays: it is not what galley has placed`,
  ]);
  expect(await readFile(project.at('.galley/bin/say'), 'utf8')).toBe('mine');
});
