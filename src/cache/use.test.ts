import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readLeases } from '../system/lease.ts';
import { openCache } from './cache.ts';
import { makeTemporaryCache, REF, surroundings, type TemporaryCache } from './testing/temporary-cache.ts';
import { createUse, shutGate } from './use.ts';

const SHA256 = 'ab'.repeat(32) as Parameters<TemporaryCache['cache']['downloads']['find']>[0];
const DOWNLOAD = `downloads/sha256/ab/${SHA256}`;
const UNIT = `assets/${REF.identity}/${REF.platform}-${REF.key}`;

const never = new AbortController().signal;
let here: TemporaryCache;
beforeEach(async () => {
  here = await makeTemporaryCache();
});
afterEach(() => here[Symbol.asyncDispose]());

/** What a collector would be told. */
const told = () =>
  readLeases(here.cache.layout.runLeasesDir).map(({ owner, names }) => [owner?.command, [...names].filter(Boolean)]);

it('a process that looks for nothing uses nothing', async () => {
  expect(await here.cache.peek(REF)).toBeUndefined();
  expect(told()).toEqual([]);
});

it.each<[string, string, (here: TemporaryCache) => Promise<unknown>]>([
  ['an entry that it looks for', UNIT, ({ cache }) => cache.find(REF)],
  ['an entry that it makes', UNIT, async ({ begin }) => (await begin()).release()],
  ['a download that it looks for', DOWNLOAD, ({ cache }) => cache.downloads.find(SHA256)],
  ['a download that it copies', DOWNLOAD, ({ cache, top }) => cache.downloads.checkout(SHA256, `${top}/copy`, never)],
  ['a download that it makes', DOWNLOAD, ({ cache, top }) => cache.downloads.adopt(`${top}/part`, SHA256)],
  ['a recipe', 'recipes/acme.far@r1/0abc', ({ cache }) => cache.ensureRecipe('acme.far@r1', '0abc', async () => {})],
  ['a log that it writes', 'logs/acme.tool@r1/1.log', ({ cache }) => cache.newLog('acme.tool@r1', '1.log')],
])('a process uses %s until it closes the cache', async (_, name, use) => {
  await use(here).catch(() => {});
  expect(told()).toEqual([['test', [name]]]);
  await use(here).catch(() => {});
  expect(told()).toEqual([['test', [name]]]);
  here.cache.close();
  expect(told()).toEqual([]);
  await use(here).catch(() => {});
  expect(told()).toEqual([['test', [name]]]);
});

it('who comes to a shut gate looks when it is open, and does not shut it', async () => {
  await here.publish({ tool: 'tool' });
  here.cache.close();
  const gate = await here.cache.lockName('gc', surroundings());
  const found = here.cache.find(REF);
  // Told before it waits, or the one behind the gate could not see it.
  await vi.waitFor(() => expect(told()).toEqual([['test', [UNIT]]]));
  fs.unlinkSync(here.cache.layout.entry(REF).markerFile);
  await gate.release();
  expect(await found).toBeUndefined();
  expect(fs.readdirSync(here.cache.layout.locksDir)).toEqual([]);
});

it('all in this process who come to a shut gate for the same thing look when it is open', async () => {
  const parts = { layout: here.cache.layout, ...surroundings() };
  const gate = await shutGate({ ...parts, ...surroundings() });
  const use = createUse(parts);
  const passed: string[] = [];
  const asked = ['first', 'second'].map(async (who) => {
    await use.announce(path.join(here.cache.layout.rootDir, DOWNLOAD));
    passed.push(who);
  });
  await parts.clock.sleep(50, parts.signal);
  expect(passed).toEqual([]);
  await gate.release();
  await Promise.all(asked);
  expect([...use.names()]).toEqual([DOWNLOAD]);
  use.end();
});

it('who finds the gate open takes no lock to look', async () => {
  const { locks, ...others } = surroundings();
  const acquire = () => Promise.reject(new Error('no lock is needed'));
  const parts = { ...others, files: here.files, locks: { ...locks, acquire } };
  const cache = await openCache({ rootDir: here.cache.layout.rootDir, ...parts });
  expect(await cache.find(REF)).toBeUndefined();
  cache.close();
});
