// Disks that are full or read-only: the message says so, the status is that of the environment, nothing half written
// passes for whole, and when there is room again the next sync goes on.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, type TestContext, test } from 'vitest';
import { anotherMachine } from './rig/depot.ts';
import { assetOf, entriesOf } from './rig/disk.ts';
import { findForgery } from './rig/fingerprint.ts';
import { galley, succeed } from './rig/galley.ts';
import { findLeftovers } from './rig/leftovers.ts';
import { createProject, type Project } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { mountDisk, type SmallDisk } from './rig/small-disk.ts';
import { tarOf } from './rig/tar.ts';

const TOOL = 'test.tool@r1';
const FILE = `recipes/${TOOL}.js`;
const BIG = 'flour '.repeat(1_000_000);

/** Steps that need more room than there is. */
const STEPS: Record<string, (url: (path: string) => string) => string> = {
  'a download': (url) => `export const fetch = '${url('/noise')}';`,
  'an archive that is unpacked while it comes': (url) => `export const fetch = '${url('/big.tar.gz')}';`,
  'an archive that is unpacked': (url) =>
    `export const fetch = '${url('/big.tar.gz')}'; export const stage = (ctx) => ctx.extract('big.tar.gz');`,
  'ctx.write': () => `export const build = (ctx) => ctx.write('big', 'flour '.repeat(1_000_000));`,
  'ctx.copy': () =>
    `export const build = async (ctx) => { await ctx.write('a', 'flour '.repeat(500_000)); await ctx.copy('a', 'b'); };`,
  'the log of a command': () =>
    `export const build = (ctx) => ctx.run('yes flour | head -c 6000000', { quiet: true });`,
};

test.each(Object.keys(STEPS))('a full disk stops %s with a clear message, and room lets it go on', async (name) => {
  const { project, disk } = await onDisk('size=4m');
  const server = await startServer({
    '/noise': randomBytes(6_000_000),
    '/big.tar.gz': gzipSync(await tarOf({ big: BIG })),
  });
  await project.write({ [FILE]: STEPS[name]?.(server.url) ?? '' });
  const { status, events } = await galley(project, 'sync');
  expect(events.codes()).toEqual(['NO_SPACE']);
  expect(events.messages()).toContain(project.cacheDir);
  expect(status).toBe(3);
  expect(await findLeftovers(project)).toEqual([]);
  await disk.remount('size=64m');
  await succeed(project, 'sync');
  for (const entry of await entriesOf(project, TOOL)) expect(await findForgery(entry)).toEqual([]);
});

test('a full disk stops an import and blames no depot, and room lets it go on', async () => {
  const { project, disk } = await onDisk('size=2m');
  await project.write({ [FILE]: `export const install = 'head -c 3000000 /dev/urandom > tool';` });
  const depot = path.join(project.rootDir, 'depot');
  await succeed(anotherMachine(project), ['push', depot]);
  const env = { GALLEY_DEPOTS: depot };
  const { status, events } = await galley(project, 'install', { env });
  expect([status, events.codes(), events.of('depot.refused')]).toEqual([3, ['NO_SPACE'], []]);
  expect(await findLeftovers(project)).toEqual([]);
  await disk.remount('size=64m');
  expect((await succeed(project, 'install', { env })).events.outcomes()).toEqual({ [TOOL]: 'imported' });
});

test('a disk that becomes full while packages are published leaves whole ones or none', async () => {
  const { project, disk } = await onDisk('size=3m');
  const names = Array.from({ length: 12 }, (_, index) => `test.p${index}@r1`);
  const install = 'head -c 400000 /dev/zero > a; cp a b';
  await project.write(
    Object.fromEntries(names.map((name) => [`recipes/${name}.js`, `export const install = '${install}';`])),
  );
  const { status, events } = await galley(project, 'sync --jobs 2');
  expect(status).not.toBe(0);
  const built = events.of('entry.published').map(({ package: label }) => label);
  for (const label of built) {
    const [entry = ''] = await entriesOf(project, label);
    expect(await findForgery(entry), label).toEqual([]);
  }
  await disk.remount('size=64m');
  const again = (await succeed(project, 'sync')).events.outcomes();
  for (const label of names) {
    expect(again[label], label).toBe(built.includes(label) ? 'cached' : 'built');
    expect(Object.keys(await assetOf(project, label)), label).toEqual(['a', 'b']);
  }
});

test('a read-only cache says so when something has to be made', async () => {
  const { project, disk } = await onDisk('size=64m');
  await project.write({ [FILE]: `export const install = 'echo a > a';` });
  await disk.remount('ro');
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(3);
  expect(events.codes()).toEqual(['IO_ERROR']);
  expect(events.messages()).toContain('read-only');
  await disk.remount('rw');
  await succeed(project, 'sync');
});

test('a read-only cache serves what it has', async () => {
  const { project, disk } = await onDisk('size=64m');
  await project.write({ [FILE]: `export const install = 'echo a > a';` });
  await succeed(project, 'sync');
  // What a killed process has left cannot be cleared here, and is in nobody's way.
  await writeFile(`${project.cacheDir}/locks/scratch-0123456789ab.lock`, '');
  await disk.remount('ro');
  for (const command of ['asset tool', 'install', 'list']) await succeed(project, command);
});

let skip: TestContext['skip'];
test.beforeEach((context) => {
  skip = context.skip;
});

/** A project whose cache is a disk of its own. */
async function onDisk(options: string): Promise<{ project: Project; disk: SmallDisk }> {
  const project = await createProject({}, { expectTidy: false });
  const disk = await mountDisk(project.cacheDir, options);
  return { project, disk: disk ?? skip('a disk can only be mounted by root on Linux') };
}
