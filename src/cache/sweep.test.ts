import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HeldLock } from '../system/lock.ts';
import { sweep } from './sweep.ts';
import { makeTemporaryCache, REF, surroundings, type TemporaryCache } from './testing/temporary-cache.ts';

let here: TemporaryCache;
beforeEach(async () => {
  here = await makeTemporaryCache();
});
afterEach(() => here[Symbol.asyncDispose]());

const at = (...names: string[]): string => path.join(here.top, 'cache', ...names);
const entryDir = (): string => path.dirname(here.cache.layout.assetDir(REF));

/** What a killed process leaves is a lock file that nobody has locked. */
function leaveLock(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '');
}

it('sweep clears away the work of the dead, but not what was downloaded', async () => {
  leaveLock(here.cache.layout.lockFile(REF));
  for (const dir of ['work/stage', 'install', 'fetch']) fs.mkdirSync(path.join(entryDir(), dir), { recursive: true });
  fs.writeFileSync(path.join(entryDir(), 'fetch/flour'), '');
  await here.cache.sweep();
  expect(fs.readdirSync(entryDir())).toEqual(['fetch']);
  expect(fs.readdirSync(at('locks'))).toEqual([]);
});

it('sweep removes an entry in which nothing is worth keeping', async () => {
  leaveLock(here.cache.layout.lockFile(REF));
  fs.mkdirSync(path.join(entryDir(), 'work'), { recursive: true });
  await here.cache.sweep();
  expect(fs.existsSync(entryDir())).toBe(false);
});

it('sweep finishes an entry that was published but for the last step', async () => {
  const { assetDir } = await here.publish({ a: 'a' });
  leaveLock(here.cache.layout.lockFile(REF));
  for (const dir of ['work', 'fetch', 'replaced']) fs.mkdirSync(path.join(entryDir(), dir));
  fs.writeFileSync(path.join(entryDir(), 'fetch/flour'), '');
  await here.cache.sweep();
  expect(fs.readdirSync(entryDir())).toEqual(['asset', 'galley-complete', 'galley-fingerprint']);
  expect(fs.readFileSync(path.join(assetDir, 'a'), 'utf8')).toBe('a');
});

it('sweep leaves the living alone, also in this process', async () => {
  const entry = await here.begin();
  await using scratch = await here.cache.scratch(new AbortController().signal);
  await here.cache.sweep();
  expect(fs.existsSync(entry.dirs.stageDir)).toBe(true);
  expect(fs.existsSync(scratch.dir)).toBe(true);
  await entry.release();
});

it('sweep removes scratch directories of the dead, and locks of what has no directory', async () => {
  leaveLock(here.cache.layout.scratchLockFile('0123456789ab'));
  leaveLock(here.cache.layout.namedLockFile('0123-udev'));
  fs.mkdirSync(at('scratch/0123456789ab/tmp'), { recursive: true });
  await here.cache.sweep();
  expect(fs.readdirSync(at('scratch'))).toEqual([]);
  expect(fs.readdirSync(at('locks'))).toEqual([]);
});

it('sweep removes the directory of a lock whose file somebody has removed, once nobody can be its owner', async () => {
  const dir = `${here.cache.layout.scratchLockFile('0123456789ab')}.lock`;
  fs.mkdirSync(dir, { recursive: true });
  await here.cache.sweep();
  expect(fs.readdirSync(at('locks'))).toEqual([path.basename(dir)]);
  fs.utimesSync(dir, 0, 0);
  await here.cache.sweep();
  expect(fs.readdirSync(at('locks'))).toEqual([]);
});

it('sweep looks at locks alone, each under its lock, and releases them also when it cannot clear away', async () => {
  const { layout } = here.cache;
  const [known, unknown, beside] = [layout.lockFile(REF), layout.namedLockFile('gc'), at('locks/gc.lock.lock')];
  for (const file of [known, unknown, beside, at('locks/README')]) leaveLock(file);
  fs.mkdirSync(entryDir(), { recursive: true });
  const said: string[] = [];
  const tryAcquire = async (file: string) => {
    said.push(`take ${path.basename(file)}`);
    if (file === unknown) return undefined;
    return {
      anchor: () => {},
      release: async () => void said.push(`release ${path.basename(file)}`),
    } as unknown as HeldLock;
  };
  const parts = { layout, command: 'test', locks: { ...surroundings().locks, tryAcquire } };
  const files = { ...here.files, removeTree: () => Promise.reject(new Error('a bug')) };
  await expect(sweep({ ...parts, files })).rejects.toThrow('a bug');
  expect(said).toEqual([`take ${path.basename(known)}`, `release ${path.basename(known)}`]);
  await sweep({ ...parts, files: here.files });
  expect(said.slice(2)).toEqual([...said.slice(0, 2), 'take gc.lock']);
});

it('sweep removes the leases of the dead', async () => {
  const { runLeasesDir } = here.cache.layout;
  leaveLock(path.join(runLeasesDir, '0123456789ab.lease'));
  await here.cache.sweep();
  expect(fs.readdirSync(runLeasesDir)).toEqual([]);
});
