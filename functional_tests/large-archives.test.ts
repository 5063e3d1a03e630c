// Archives so large that a thread of their own unpacks them while they arrive: what holds for small ones holds for them.
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { assetOf, entryOf, listNames } from './rig/disk.ts';
import { findForgery } from './rig/fingerprint.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { findEscaped, lookOutside } from './rig/outside.ts';
import { createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { startStuckServer } from './rig/stuck-server.ts';
import { type Item, tarOfItems } from './rig/tar.ts';
import { countWorkers } from './rig/workers.ts';

const TOOL = 'test.tool@r1';
const FILE = `recipes/${TOOL}.js`;
/** Packed, it has twice what is held back until it is known how large an archive is. */
const LARGE = randomBytes(1_500_000).toString('base64');

const archiveOf = async (...items: Item[]): Promise<Buffer> =>
  gzipSync(await tarOfItems({ name: 'bin/', type: 'directory' }, { name: 'large', text: LARGE }, ...items), {
    level: 1,
  });

test('large archives become assets as small ones do, and those that lie, leave their directory or break are refused', async () => {
  const tool = { name: 'bin/tool', text: '#!/bin/sh\n', mode: 0o755 };
  const good = await archiveOf(tool, { name: 'link', type: 'symlink', linkname: 'bin/tool' });
  const archives = {
    good,
    lying: good,
    unsafe: await archiveOf({ name: '../escaped', text: 'x' }),
    damaged: Buffer.from(good).fill(0, 500_000, 500_009),
    cut: good.subarray(0, -20_000),
  };
  const server = await startServer(
    Object.fromEntries(Object.entries(archives).map(([name, bytes]) => [`/${name}.tar.gz`, bytes])),
  );
  const sha256 = createHash('sha256').update(good).digest('hex');
  const recipe = (name: string, more = '{}'): [string, string] => [
    `recipes/test.${name}@r1.js`,
    `export const fetch = { url: '${server.url(`/${name}.tar.gz`)}', ...${more} };`,
  ];
  const project = await createProject(
    Object.fromEntries([
      recipe('good', `{ sha256: '${sha256}' }`),
      recipe('lying', `{ sha256: '${'0'.repeat(64)}' }`),
      ...['unsafe', 'damaged', 'cut'].map((name) => recipe(name)),
    ]),
  );
  await project.write({ '../home/secret': 'secret' });
  const before = await lookOutside(project);
  const { events } = await galley(project, 'sync');
  const codes = Object.fromEntries(events.of('package.finished').map((event) => [event.package, event.error?.code]));
  expect(codes).toEqual({
    'test.good@r1': undefined,
    'test.lying@r1': 'DIGEST_MISMATCH',
    'test.unsafe@r1': 'ARCHIVE_UNSAFE',
    'test.damaged@r1': 'ARCHIVE_INVALID',
    'test.cut@r1': 'ARCHIVE_INVALID',
  });
  expect(await findForgery(await entryOf(project, 'test.good@r1'))).toEqual([]);
  expect(await assetOf(project, 'test.good@r1')).toMatchObject({ large: LARGE, 'bin/tool': '#!/bin/sh\n' });
  expect(await lookOutside(project)).toEqual(before);
  expect(await findEscaped(project)).toEqual([]);
});

test('a run that is cancelled while a large archive is unpacked leaves no half of it', async () => {
  const archive = await archiveOf({ name: 'more', text: LARGE });
  const server = await startStuckServer(archive);
  const project = await createProject({ [FILE]: `export const fetch = '${server.url('/tool.tar.gz')}';` });
  const run = start(project, 'sync');
  await server.stuck;
  run.kill('SIGINT');
  expect((await run.finished).status).toBe(130);
  expect(await listNames(path.join(project.cacheDir, 'assets')).catch(() => [])).toEqual([]);
  expect(await listNames(path.join(project.cacheDir, 'locks'))).toEqual([]);
  server.goOn();
  await succeed(project, 'sync');
  expect(Object.keys(await assetOf(project, TOOL)).sort()).toEqual(['bin/', 'large', 'more']);
});

test('only large archives take a thread more', async () => {
  const large = await archiveOf();
  const server = await startServer({
    '/small.tar.gz': gzipSync(await tarOfItems({ name: 'a' })),
    '/large.tar.gz': large,
  });
  const threads = async (name: string): Promise<number> =>
    await countWorkers(await createProject({ [FILE]: `export const fetch = '${server.url(`/${name}.tar.gz`)}';` }));
  expect((await threads('large')) - (await threads('small'))).toBe(1);
});
