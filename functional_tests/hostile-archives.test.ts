// Every hostile archive of the corpus through the built program: unpacked while it arrives, in the thread that is there for
// large ones, by ctx.extract and by ctx.extract_all. What becomes of it is the same everywhere, and nothing outside changes.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listing } from '../src/archive/testing/archives.ts';
import type { HostileCase } from '../src/archive/testing/hostile/case.ts';
import { HOSTILE } from '../src/archive/testing/hostile/corpus.ts';
import { findStrange } from '../src/archive/testing/strange.ts';
import { cutTar } from '../src/archive/testing/tars.ts';
import { Chance } from './rig/chance.ts';
import { entryOf } from './rig/disk.ts';
import { galley } from './rig/galley.ts';
import { findLeftovers } from './rig/leftovers.ts';
import { findEscaped, lookOutside } from './rig/outside.ts';
import { createProject, type Project } from './rig/project.ts';
import { isLong } from './rig/rounds.ts';
import { startServer } from './rig/server.ts';

/** Those for which the limits of everybody are far enough away have to be tried with others. */
const CASES = HOSTILE.filter(({ limits }) => limits === undefined).map((hostile, index) => ({
  ...hostile,
  id: `c${index}`,
}));
type Numbered = (typeof CASES)[number];

/** More than is held back until it is known whether there is much. */
const LARGE = cutTar({ name: 'large', content: randomBytes(1_200_000) });

test('hostile archives are refused by name or harmless while they arrive, in the thread and from their files', async () => {
  const project = await createProject();
  await project.write({ '../home/secret': 'secret' });
  const chance = new Chance();
  const streamed = CASES.filter(({ file, becomes }) => file === 'x.tar' && 'code' in becomes);
  const arriving = isLong ? CASES : chance.some(CASES, 24);
  const large = isLong ? streamed : chance.some(streamed, 8);
  process.stdout.write(`${arriving.length} archives, and ${large.length} large ones, seed ${chance.seed}\n`);
  const bytes = new Map(CASES.map(({ id }) => [id, hostileBytes(project, id)]));
  const server = await startServer(
    Object.fromEntries([
      ...arriving.map(({ id, file }) => [`/${id}/${file}`, bytes.get(id) as Buffer] as const),
      ...large.map(({ id }) => [`/large/${id}/x.tar`, Buffer.concat([LARGE, bytes.get(id) as Buffer])] as const),
    ]),
  );
  await project.write(
    Object.fromEntries([
      ...arriving.map(({ id, file }) => [
        `recipes/arriving.${id}@r1.js`,
        `export const fetch = { url: '${server.url(`/${id}/${file}`)}', dest: '${file}' };`,
      ]),
      ...large.map(({ id }) => [
        `recipes/large.${id}@r1.js`,
        `export const fetch = '${server.url(`/large/${id}/x.tar`)}';`,
      ]),
    ]),
  );
  const before = await lookOutside(project);
  const { events } = await galley(project, 'sync --jobs 4');
  const outcomes = new Map(events.of('package.finished').map((event) => [event.package, event.error]));
  for (const hostile of arriving) {
    expectError(hostile, outcomes.get(`arriving.${hostile.id}@r1`));
    await expectTree(project, hostile);
  }
  for (const hostile of large) expectError(hostile, outcomes.get(`large.${hostile.id}@r1`));
  expect(await lookOutside(project)).toEqual(before);
  expect(await findEscaped(project)).toEqual([]);
  expect(await findLeftovers(project)).toEqual([]);
});

test('hostile archives are refused by name or harmless when a recipe extracts them', async () => {
  const project = await createProject();
  await project.write({ '../home/secret': 'secret' });
  const server = await startServer(
    Object.fromEntries(CASES.map(({ id, file }) => [`/${id}/${file}`, hostileBytes(project, id)])),
  );
  const fetched = CASES.map(({ id, file }) => ({ url: server.url(`/${id}/${file}`), dest: calledIn({ id, file }) }));
  const formats = CASES.filter((hostile, index) => CASES.findIndex(({ file }) => file === hostile.file) === index);
  await project.write({
    'recipes/test.called@r1.js': `
      export const fetch = ${JSON.stringify(fetched)};
      export async function stage(ctx) {
        for (const { dest: file } of fetch)
          await ctx.extract(file, { dest: 'out/' + file }).then(
            () => ctx.log.info(JSON.stringify({ file })),
            ({ code, message }) => ctx.log.info(JSON.stringify({ file, code, message })),
          );
        await ctx.remove('out');
      }`,
    ...Object.fromEntries(
      formats.map(({ id, file }) => [
        `recipes/all.${id}@r1.js`,
        `export const fetch = '${server.url(`/${id}/${file}`)}'; export const stage = (ctx) => ctx.extract_all();`,
      ]),
    ),
  });
  const before = await lookOutside(project);
  const { events } = await galley(project, 'sync --jobs 4');
  const told = events
    .of('log.message')
    .map(({ text }) => JSON.parse(text) as { file: string; code?: string; message?: string });
  const outcomes = new Map(told.map((one) => [one.file, one]));
  for (const hostile of CASES) {
    const { code, message } = outcomes.get(calledIn(hostile)) ?? {};
    expectError(hostile, code === undefined ? undefined : { code, message: message ?? '' });
  }
  const all = new Map(events.of('package.finished').map((event) => [event.package, event.error]));
  for (const hostile of formats) expectError(hostile, all.get(`all.${hostile.id}@r1`));
  expect(await lookOutside(project)).toEqual(before);
  expect(await findEscaped(project)).toEqual([]);
});

/** A name of its own in the directory of all. */
function calledIn({ id, file }: Pick<Numbered, 'id' | 'file'>): string {
  return file.startsWith('x.') ? `${id}-${file}` : file;
}

function hostileBytes({ homeDir }: Project, id: string): Buffer {
  return (CASES.find((hostile) => hostile.id === id) as Numbered).bytes(homeDir);
}

function expectError({ name, file, becomes }: HostileCase, error: { code: string; message: string } | undefined): void {
  const title = `${file}: ${name}`;
  if ('tree' in becomes) expect(error, title).toBeUndefined();
  else expect([error?.code, error?.message], title).toEqual([becomes.code, expect.stringContaining(becomes.says)]);
}

async function expectTree(project: Project, { id, name, file, becomes }: Numbered): Promise<void> {
  if (!('tree' in becomes) || becomes.tree.length === 0) return;
  const asset = path.join(await entryOf(project, `arriving.${id}@r1`), 'asset');
  expect(listing(asset), `${file}: ${name}`).toEqual(becomes.tree);
  expect(findStrange(asset)).toEqual([]);
}
