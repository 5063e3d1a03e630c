// Archives from a server that unpack beside their directory, in every way that formats allow, and archives that are no
// whole ones. They are refused, and nothing outside is read, made, changed or removed.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { galley } from './rig/galley.ts';
import { findEscaped, lookOutside } from './rig/outside.ts';
import { createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { type Item, tarOf, tarOfItems } from './rig/tar.ts';

const TOOL = 'test.tool@r1';
const FILE = `recipes/${TOOL}.js`;

/** Archives that leave their directory, or try to. */
const UNSAFE: Record<string, (homeDir: string) => Item[]> = {
  dots: () => [{ name: '../escaped' }],
  'dots-inside': () => [{ name: 'a/b/../../../escaped' }],
  absolute: (home) => [{ name: `${home}/escaped` }],
  'link-then-write': (home) => [
    { name: 'link', type: 'symlink', linkname: home },
    { name: 'link/escaped', text: 'x' },
  ],
  'relative-link-then-write': () => [
    { name: 'd/link', type: 'symlink', linkname: '../../..' },
    { name: 'd/link/escaped', text: 'x' },
  ],
  'links-in-a-row': () => [
    { name: 'a', type: 'symlink', linkname: '.' },
    { name: 'a/b', type: 'symlink', linkname: '..' },
    { name: 'a/b/escaped', text: 'x' },
  ],
  'write-over-a-link': (home) => [
    { name: 'link', type: 'symlink', linkname: `${home}/escaped` },
    { name: 'link', text: 'x' },
  ],
  'hard-link-out': (home) => [{ name: 'link', type: 'link', linkname: `${home}/secret` }],
  'hard-link-dots': () => [{ name: 'link', type: 'link', linkname: '../../../../../home/secret' }],
  'hard-link-through-a-link': (home) => [
    { name: 'link', type: 'symlink', linkname: home },
    { name: 'secret', type: 'link', linkname: 'link/secret' },
  ],
  device: () => [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }],
  pipe: () => [{ name: 'pipe', type: 'fifo' }],
};

test('archives that leave their directory are refused while they are unpacked and when they are, and leave nothing', async () => {
  const project = await createProject();
  const names = Object.keys(UNSAFE);
  const served = await Promise.all(
    names.map(async (name) => {
      const items = UNSAFE[name]?.(project.homeDir) ?? [];
      return [`/${name}.tar.gz`, gzipSync(await tarOfItems({ name: 'fine', text: 'fine' }, ...items))] as const;
    }),
  );
  const server = await startServer(Object.fromEntries(served));
  await project.write({
    '../home/secret': 'secret',
    ...Object.fromEntries(
      names.flatMap((name) => {
        const fetch = `export const fetch = '${server.url(`/${name}.tar.gz`)}';`;
        return [
          [`recipes/declared.${name}@r1.js`, fetch],
          [`recipes/called.${name}@r1.js`, `${fetch} export const stage = (ctx) => ctx.extract('${name}.tar.gz');`],
        ];
      }),
    ),
  });
  const before = await lookOutside(project);
  const { status, events } = await galley(project, 'sync --jobs 4');
  expect(status).toBe(1);
  const codes = events.of('package.finished').map((event) => [event.package, event.error?.code]);
  const expected = names.flatMap((name) => [`called.${name}@r1`, `declared.${name}@r1`]);
  expect(codes.sort()).toEqual(expected.sort().map((label) => [label, 'ARCHIVE_UNSAFE']));
  expect(await lookOutside(project)).toEqual(before);
  expect(await findEscaped(project)).toEqual([]);
});

test('archives that are cut short or damaged are refused', async () => {
  const whole = gzipSync(await tarOf({ a: 'a'.repeat(50_000), b: 'b' }), { level: 0 });
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 30_000, 30_100);
  const server = await startServer({
    '/cut.tar.gz': whole.subarray(0, 20_000),
    '/damaged.tar.gz': damaged,
    '/cut.tar': (await tarOf({ a: 'a'.repeat(50_000) })).subarray(0, 20_000),
    '/words.tar': 'no archive at all '.repeat(100),
  });
  const names = ['cut.tar.gz', 'damaged.tar.gz', 'cut.tar', 'words.tar'];
  const project = await createProject(
    Object.fromEntries(
      names.map((name) => [`recipes/test.${name}@r1.js`, `export const fetch = '${server.url(`/${name}`)}';`]),
    ),
  );
  const { events } = await galley(project, 'sync');
  const codes = Object.fromEntries(events.of('package.finished').map((event) => [event.package, event.error?.code]));
  expect(codes).toEqual(Object.fromEntries(names.map((name) => [`test.${name}@r1`, 'ARCHIVE_INVALID'])));
});

test('an archive cannot be unpacked through a link that leads out', async () => {
  const server = await startServer({ '/fine.tar': await tarOf({ escaped: 'fine' }) });
  const project = await createProject({
    [FILE]: `
      export const fetch = '${server.url('/fine.tar')}';
      export async function stage(ctx) {
        await ctx.run('ln -s "$HOME" link; mkdir inside; ln -s inside within');
        for (const dest of ['link', 'link/deeper', '../../..', ctx.project_root]) {
          ctx.log.info(await ctx.extract('fine.tar', { dest }).then(() => 'allowed', (error) => error.code));
        }
      }`,
  });
  const { events } = await galley(project, 'sync');
  expect(events.of('log.message').map(({ text }) => text)).toEqual(Array(4).fill('PATH_OUTSIDE'));
  expect(await findEscaped(project)).toEqual([]);
});
