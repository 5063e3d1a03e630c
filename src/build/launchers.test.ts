// Launchers on a real disk, without a build: what was placed is replaced and removed, and nothing else is, whatever the
// record says and whatever a person or another checkout has put there.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Event } from '../model/event.ts';
import { systemClock } from '../system/clock.ts';
import { createFiles, type Files } from '../system/files.ts';
import { createLocks } from '../system/lock.ts';
import { launcherFiles, writeLaunchers } from './launchers.ts';
import type { Project } from './project.ts';
import type { Run } from './world.ts';

const KEY = 'linux-x86_64-0123abcd';
const RECORD = '.galley/launchers.json';

/** A directory with a cache and checkouts in it, as one person has them. */
function createHome() {
  const homeDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'galley-launchers-'));
  onTestFinished(() => rmSync(homeDir, { recursive: true, force: true }));
  const at = (...names: string[]): string => path.join(homeDir, ...names);
  const locks = createLocks({ clock: systemClock });

  function write(file: string, text: string): void {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  }

  /** What one sync tells; of a program, each revision is another asset. */
  async function sync(checkout: string, programs: Record<string, string>, options: SyncOptions = {}) {
    const { binDir = '.galley/bin', isWhole = true, files = createFiles() } = options;
    const packages = Object.entries(programs).map(([name, revision]) => {
      const assetDir = at(`cache/assets/test.${name}@${revision}/${KEY}/asset`);
      write(`cache/assets/test.${name}@${revision}/${KEY}/asset/${name}`, name.startsWith('s') ? '#!/bin/sh\n' : 'ELF');
      chmodSync(path.join(assetDir, name), 0o755);
      return [
        name,
        { inManifest: true, outcome: 'built', asset: { assetDir }, loaded: { products: { [name]: name } } },
      ];
    });
    const events: Event[] = [];
    const manifest = { rootDir: at(checkout), binDir: at(checkout, binDir) };
    const signal = new AbortController().signal;
    const cache = { lockName: (name: string) => locks.acquire(at(name), { signal, command: 'sync' }) };
    const world = { files, emit: (event: Event) => events.push(event), cache, signal };
    const project = { manifest, world, stateDir: at(checkout, '.galley') } as unknown as Project;
    const run = { graph: { products: () => new Map(packages as never) }, manifest, world } as unknown as Run;
    const isComplete = await writeLaunchers(project, run, isWhole);
    return { isComplete, told: events.map(tell), files: await launcherFiles(project) };
  }

  const tell = (event: Event): string => {
    if (event.type === 'log.message') return event.text.replaceAll(homeDir, '~');
    return 'product' in event ? `${event.type} ${event.product}` : event.type;
  };
  /** `name@revision` of the program that a launcher starts. */
  const started = (file: string): string | undefined => {
    const text = lstatSync(at(file)).isSymbolicLink() ? readlinkSync(at(file)) : readFileSync(at(file), 'utf8');
    return /test\.(\w+@\w+)/.exec(text)?.[1];
  };
  return { at, write, sync, started };
}

interface SyncOptions {
  binDir?: string;
  isWhole?: boolean;
  files?: Files;
}

const stays = (file: string, name: string): string =>
  `"${file}" is not a launcher that this checkout has placed, and stays: product "${name}" gets none`;
const staysChanged = (file: string): string =>
  `"${file}" is no launcher any more, and stays: it is not what galley has placed`;

test('launchers follow their products, into another bin_dir too, and go with them; a part of a sync removes none', async () => {
  const { at, sync, started } = createHome();
  expect((await sync('a', { tool: 'r1', say: 'r1' })).told).toEqual(['launcher.written tool', 'launcher.written say']);
  expect((await sync('a', { tool: 'r1', say: 'r1' })).told).toEqual([]);
  expect((await sync('a', { tool: 'r2' }, { isWhole: false })).told).toEqual(['launcher.written tool']);
  expect([started('a/.galley/bin/tool'), started('a/.galley/bin/say')]).toEqual(['tool@r2', 'say@r1']);
  const moved = await sync('a', { tool: 'r2' }, { binDir: 'bin' });
  expect(moved.told).toEqual(['launcher.removed say', 'launcher.removed tool', 'launcher.written tool']);
  expect(moved.files).toEqual([at('a/bin/tool')]);
  await sync('a', {}, { binDir: 'bin' });
  expect([...readdirSync(at('a/bin')), ...readdirSync(at('a/.galley/bin'))]).toEqual([]);
});

test('no record makes a sync remove what is no launcher: trees, the project, or files outside of it', async () => {
  const { at, write, sync } = createHome();
  write('a/src/main.c', 'mine');
  write('victim/data/notes', 'mine');
  symlinkSync('../victim', at('a/tools'));
  symlinkSync('/bin/true', at('a/src/true'));
  const script = { script: 'mine' };
  const records = [
    { bin_dir: '', names: ['src', '.', '..', ''] },
    { bin_dir: '.', names: ['src', '../victim', 7] },
    { bin_dir: 'tools', names: ['data'] },
    { bin_dir: '../victim', names: ['data'] },
    { bin_dir: 'src', names: ['main.c', 'true'] },
    ...[at('a/.galley'), undefined].map((written_for) => ({
      written_for,
      launchers: {
        ...{ src: [], '': [script], '.': [script], '..': [script], '../victim': [script], 'tools/data': [script] },
        ...{ 'src/main.c': [script], 'tools/data/notes': [script], '../victim/data/notes': [script], 'x\0y': [script] },
      },
    })),
    { launchers: { src: 7, 'src/main.c': [7, {}] } },
    { launchers: [] },
    [],
    null,
  ];
  for (const record of records) {
    write(`a/${RECORD}`, JSON.stringify(record));
    const { told } = await sync('a', {});
    expect(
      told.filter((text) => text.startsWith('launcher.')),
      JSON.stringify(record),
    ).toEqual([]);
    expect(readdirSync(at('a/src'))).toEqual(['main.c', 'true']);
    expect(existsSync(at('victim/data/notes'))).toBe(true);
    expect((await sync('a', {})).told, 'said once').toEqual([]);
  }
  expect(readdirSync(at('a')).sort()).toEqual(['.galley', 'src', 'tools']);
});

test('a record of another checkout reaches nothing outside of this one', async () => {
  const { at, write, sync } = createHome();
  await sync('a', { tool: 'r1' }, { binDir: '../shared' });
  for (const record of [readFileSync(at(`a/${RECORD}`), 'utf8'), '{"bin_dir":"../shared","names":["tool"]}']) {
    write(`b/${RECORD}`, record);
    expect((await sync('b', {})).told).toEqual([]);
  }
  write(`b/${RECORD}`, readFileSync(at(`a/${RECORD}`), 'utf8'));
  expect(await sync('b', { tool: 'r2' }, { binDir: '../shared' })).toMatchObject({
    isComplete: false,
    told: [stays('~/shared/tool', 'tool')],
  });
  // What it would have placed itself it may use, and what is of this checkout goes.
  expect((await sync('b', { tool: 'r1' }, { binDir: '../shared' })).isComplete).toBe(true);
  expect((await sync('a', {}, { binDir: '../shared' })).told).toEqual(['launcher.removed tool']);
});

test('what a person puts in the place of a launcher stays, whatever it is', async () => {
  const { at, write, sync } = createHome();
  const own: Record<string, () => void> = {
    'a script': () => write('a/bin/tool', '#!/bin/sh\nexec mine\n'),
    'a script of our form': () => write('a/bin/tool', `#!/bin/sh\nexec '/bin/true' "$@"\n`),
    'a large file': () => write('a/bin/tool', 'x'.repeat(100_000)),
    'a directory': () => write('a/bin/tool/notes', 'mine'),
    'an empty directory': () => mkdirSync(at('a/bin/tool')),
    'a link': () => symlinkSync('/bin/true', at('a/bin/tool')),
  };
  for (const [what, put] of Object.entries(own)) {
    await sync('a', { tool: 'r1' }, { binDir: 'bin' });
    unlinkSync(at('a/bin/tool'));
    put();
    const before = lstatSync(at('a/bin/tool'));
    const record = readFileSync(at(`a/${RECORD}`), 'utf8');
    const inPlace = await sync('a', { tool: 'r2' }, { binDir: 'bin' });
    expect(inPlace, what).toMatchObject({ isComplete: false, told: [stays('~/a/bin/tool', 'tool')] });
    write(`a/${RECORD}`, record);
    expect((await sync('a', {}, { binDir: 'bin' })).told, what).toEqual([staysChanged('~/a/bin/tool')]);
    const after = lstatSync(at('a/bin/tool'));
    expect([after.ino, after.mtimeMs, after.size], what).toEqual([before.ino, before.mtimeMs, before.size]);
    rmSync(at('a/bin/tool'), { recursive: true });
  }
});

test('launchers in a bin_dir outside the project are kept up to date, also those of an older galley', async () => {
  const { at, write, sync, started } = createHome();
  const binDir = '../bin';
  await sync('a', { tool: 'r1', say: 'r1' }, { binDir });
  await sync('a', { tool: 'r2', say: 'r2' }, { binDir });
  expect([started('bin/tool'), started('bin/say')]).toEqual(['tool@r2', 'say@r2']);
  write(`a/${RECORD}`, JSON.stringify({ bin_dir: binDir, names: ['say', 'tool'] }));
  expect((await sync('a', { tool: 'r3' }, { binDir })).told).toEqual(['launcher.removed say', 'launcher.written tool']);
  await sync('a', { tool: 'r3' });
  expect(readdirSync(at('bin'))).toEqual([]);
});

test('launchers of a project that was moved or copied have come along with it', async () => {
  const { at, sync, started } = createHome();
  await sync('a', { tool: 'r1', say: 'r1' }, { binDir: 'bin' });
  cpSync(at('a'), at('copy'), { recursive: true, verbatimSymlinks: true });
  renameSync(at('a'), at('moved'));
  for (const checkout of ['copy', 'moved']) {
    expect((await sync(checkout, { tool: 'r2' }, { binDir: 'bin' })).told).toHaveLength(2);
    expect([readdirSync(at(checkout, 'bin')), started(`${checkout}/bin/tool`)]).toEqual([['tool'], 'tool@r2']);
  }
});

test('a bin_dir that is a link is where it leads', async () => {
  const { at, sync, started } = createHome();
  for (const dir of ['a', 'one', 'two']) mkdirSync(at(dir));
  symlinkSync('../one', at('a/bin'));
  await sync('a', { tool: 'r1' }, { binDir: 'bin' });
  await sync('a', { tool: 'r2' }, { binDir: 'bin' });
  unlinkSync(at('a/bin'));
  symlinkSync('../two', at('a/bin'));
  const { told, files } = await sync('a', { tool: 'r2' }, { binDir: 'bin' });
  expect([told, files]).toEqual([['launcher.removed tool', 'launcher.written tool'], [at('a/bin/tool')]]);
  expect([readdirSync(at('one')), started('two/tool')]).toEqual([[], 'tool@r2']);
});

test('a launcher that has lost its mode is placed again', async () => {
  const { at, sync } = createHome();
  await sync('a', { say: 'r1' });
  chmodSync(at('a/.galley/bin/say'), 0o644);
  await sync('a', { say: 'r1' });
  expect(lstatSync(at('a/.galley/bin/say')).mode & 0o777).toBe(0o755);
});

test('wherever a sync dies, the launchers it leaves are still known', async () => {
  for (let last = 0, isDone = false; !isDone; last++) {
    const { at, sync, started } = createHome();
    await sync('a', { tool: 'r1', gone: 'r1' });
    isDone = await sync('a', { tool: 'r2', say: 'r2' }, { files: dieAfter(last) }).then(
      () => true,
      () => false,
    );
    expect(await sync('a', { tool: 'r3' }), `after ${last} changes`).toMatchObject({ isComplete: true });
    expect([readdirSync(at('a/.galley/bin')), started('a/.galley/bin/tool')]).toEqual([['tool'], 'tool@r3']);
  }
});

/** Files of which so many changes work. */
function dieAfter(last: number): Files {
  const files = createFiles();
  let done = 0;
  const limit =
    <Args extends unknown[], Answer>(change: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      if (++done > last) throw new Error('killed');
      return await change(...args);
    };
  const { unlink, symlink, rename, writeAtomic, writeIfChanged } = files;
  return {
    ...files,
    unlink: limit(unlink),
    symlink: limit(symlink),
    rename: limit(rename),
    writeAtomic: limit(writeAtomic),
    writeIfChanged: limit(writeIfChanged),
  };
}

test("syncs at once are in nobody's way, nor is a file that has the name of a temporary of old", async () => {
  const { at, write, sync, started } = createHome();
  write('a/.galley/bin/tool.galley-new', 'mine');
  await sync('a', { tool: 'r0' });
  await Promise.all([1, 2, 3].map((n) => sync('a', { tool: `r${n}`, tea: 'r1', say: `r${n}` })));
  expect(await sync('a', { tool: 'r4', tea: 'r1', say: 'r4' })).toMatchObject({ isComplete: true });
  expect(readdirSync(at('a/.galley/bin')).sort()).toEqual(['say', 'tea', 'tool', 'tool.galley-new']);
  expect([started('a/.galley/bin/tool'), readFileSync(at('a/.galley/bin/tool.galley-new'), 'utf8')]).toEqual([
    'tool@r4',
    'mine',
  ]);
});
