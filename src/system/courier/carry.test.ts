import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../model/failure.ts';
import { sha256OfBytes } from '../digest.ts';
import { createDisk } from '../disk.ts';
import type { FileOperation } from '../oplog.ts';
import { carry } from './carry.ts';
import type { Carrying } from './errand.ts';
import { pour } from './pour.ts';

const root = await mkdtemp(path.join(tmpdir(), 'galley-carry-'));
afterAll(() => rm(root, { recursive: true }));

const from = path.join(root, 'source');
const dir = path.join(root, 'out');
const to = path.join(dir, 'app');
const operations: FileOperation[] = [];
const disk = createDisk((operation) => operations.push(operation));

beforeEach(async () => {
  await rm(dir, { recursive: true, force: true });
  await writeFile(from, 'bytes');
  operations.length = 0;
});

const send = (errand: Partial<Carrying> = {}) =>
  carry({ do: 'carry', from, to, mode: 0o751, verify: true, keepOut: [], ...errand }, { disk, unfinished: new Set() });

test.each([true, false])(
  'a copy gets its name only when its bytes and mode are safe (verified: %s)',
  async (verify) => {
    await send({ verify });
    const steps = operations.map(({ op }) => op).filter((op, index, all) => op !== all[index - 1]);
    expect(steps).toEqual(['mkdir', 'fsync-dir', 'write', 'chmod', 'fsync', 'rename', 'fsync-dir']);
    expect([await readFile(to, 'utf8'), (await stat(to)).mode & 0o7777]).toEqual(['bytes', 0o751]);
  },
);

test('nothing is done where the stamp says that it is there, and the stamp changes with the file', async () => {
  const { stamp, sha256 } = await send();
  expect(sha256).toBe(sha256OfBytes('bytes'));
  operations.length = 0;
  expect(await send({ unless: stamp })).toEqual({ sizeBytes: 5, copiedBytes: 0, stamp });
  expect(operations).toEqual([]);
  await writeFile(to, 'other');
  expect((await send({ unless: stamp })).copiedBytes).toBe(5);
});

test('a source with other bytes than expected is blamed, and nothing is placed', async () => {
  const expected = sha256OfBytes('others');
  const facts = { path: from, expected, actual: sha256OfBytes('bytes') };
  await expect(send({ sha256: expected })).rejects.toMatchObject({ code: 'VERIFICATION_FAILED', facts });
  expect(await readdir(dir)).toEqual([]);
});

test('nothing is placed where a link leads into a directory that is looked after', async () => {
  const own = path.join(root, 'own');
  await mkdir(own, { recursive: true });
  await symlink(own, dir);
  for (const file of [to, path.join(dir, 'deep/app')])
    await expect(send({ to: file, keepOut: [own] })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  expect(await readdir(own)).toEqual([]);
});

test('what dead processes have left of this name goes, and nothing else', async () => {
  await mkdir(dir);
  const others = ['.app', '.app.0123456789ab.tmp.bak', '.apple.0123456789ab.tmp', 'tmp'];
  for (const name of ['.app.0123456789ab.tmp', ...others]) await writeFile(path.join(dir, name), '');
  await send();
  expect((await readdir(dir)).sort()).toEqual([...others, 'app'].sort());
});

test('a temporary that somebody has taken away is an error that passes by itself', async () => {
  const taking = { ...disk, fsync: async (file: string) => rm(file) };
  const errand: Carrying = { do: 'carry', from, to, mode: 0o755, verify: true, keepOut: [] };
  await expect(carry(errand, { disk: taking, unfinished: new Set() })).rejects.toMatchObject({ transient: true });
});

test('a copy that fails because its source cannot be read is told as the fault of the source', async () => {
  const failing = (during: () => Promise<void>) => ({
    ...disk,
    copyFile: async (_: string, file: string) => {
      await during();
      throw new Failure('IO_ERROR', 'Cannot copy', { facts: { path: file, errno: 'EIO' } });
    },
  });
  const parts = (during: () => Promise<void>) => ({ disk: failing(during), unfinished: new Set<string>() });
  const errand: Carrying = { do: 'carry', from, to, mode: 0o755, verify: true, keepOut: [] };
  await expect(
    carry(
      errand,
      parts(async () => {}),
    ),
  ).rejects.toMatchObject({ facts: { errno: 'EIO' } });
  await expect(
    carry(
      errand,
      parts(() => rm(from)),
    ),
  ).rejects.toMatchObject({ facts: { errno: 'ENOENT', path: from } });
});

test.each([0, 1, 1024 * 1024, 2_500_000])(
  'an open file of %i bytes is copied whole, though its name is gone',
  async (sizeBytes) => {
    const bytes = Buffer.alloc(sizeBytes, 'galley');
    await writeFile(from, bytes);
    const fd = openSync(from, 'r');
    await rm(from);
    await using copy = await disk.openWriter(`${from}.copy`, { start: 'replace' });
    // Twice, as an attempt that failed is repeated with the same open file.
    for (const _ of [1, 2])
      expect(await pour({ fd, name: from }, { write: async () => {} })).toBe(sha256OfBytes(bytes));
    await pour({ fd, name: from }, copy);
    closeSync(fd);
    expect(sha256OfBytes(await readFile(`${from}.copy`))).toBe(sha256OfBytes(bytes));
  },
);
