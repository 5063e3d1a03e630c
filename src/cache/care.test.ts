import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { plainPath } from '../system/errno.ts';
import { createFiles, type Files } from '../system/files.ts';
import { openLease } from '../system/lease.ts';
import { temporaryName } from '../system/temporary.ts';
import { removeUnused } from './collect.ts';
import type { Holding } from './holdings.ts';
import { makeTemporaryCache, REF, surroundings, type TemporaryCache } from './testing/temporary-cache.ts';

const UNIT = `assets/${REF.identity}/${REF.platform}-${REF.key}`;
const LOCK = `${REF.identity}-${REF.platform}-${REF.key}`;
const ALL = { olderThanMs: 0 };

let here: TemporaryCache;
let files: Files;
beforeEach(async () => {
  files = createFiles();
  here = await makeTemporaryCache(files);
  await here.publish({ tool: 'tool' });
  // What this process has made is not in use by it any more.
  here.cache.close();
});
afterEach(() => here[Symbol.asyncDispose]());

const at = (...names: string[]): string => path.join(here.cache.layout.rootDir, ...names);
const survey = async () => await (await here.cache.care()).survey();
const collect = async (policy = ALL, dryRun = false) => await (await here.cache.care()).collect(policy, { dryRun });

function write(name: string, text = ''): void {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
}

/** What a collection has done, in short. */
async function outcome(policy = ALL) {
  const { removed, kept } = await collect(policy);
  return { removed: removed.map(({ path: name }) => name), kept: kept.map(({ why }) => why) };
}

describe('a collection', () => {
  it('that is only tried says what would go, and touches nothing', async () => {
    const dead = here.cache.layout.scratchLockFile('00');
    write(path.relative(at(), dead));
    const { chosen, removed, kept, survey: found } = await collect(ALL, true);
    expect(chosen.map(({ path: name }) => name)).toEqual([UNIT]);
    expect([removed, kept]).toEqual([[], []]);
    expect(found.holdings).toEqual(chosen);
    expect(fs.existsSync(dead)).toBe(true);
    expect(await here.cache.peek(REF)).toBeDefined();
  });

  it('clears away after the dead first, so that what they were at can go', async () => {
    write(`locks/${LOCK}.lock`);
    expect(await outcome()).toEqual({ removed: [UNIT], kept: [] });
    expect(fs.readdirSync(at('locks'))).toEqual([]);
  });

  it('removes nothing through a link that is put in the place of a directory after it was listed', async () => {
    const theirs = path.join(here.top, 'theirs');
    fs.cpSync(at('assets', REF.identity), theirs, { recursive: true });
    const swap = (): void => {
      if (!fs.existsSync(at('mine'))) fs.renameSync(at('assets', REF.identity), at('mine'));
      fs.rmSync(at('assets', REF.identity), { force: true });
      fs.symlinkSync(theirs, at('assets', REF.identity));
    };
    const { holdings } = await survey();
    swap();
    const { removed, kept } = await (await here.cache.care()).remove(holdings);
    expect([removed, kept.map(({ refusal }) => refusal?.facts.errno)]).toEqual([
      [],
      [expect.stringMatching(/^(ENOTDIR|ELOOP)$/)],
    ]);
    expect(fs.readdirSync(theirs)).toEqual([path.basename(UNIT)]);
    expect(await outcome()).toEqual({ removed: [], kept: [] });
    expect(fs.readdirSync(path.join(theirs, path.basename(UNIT)))).toContain('asset');
  });

  it('leaves no directory of a recipe without entries, and all others', async () => {
    write('logs/acme.tool@r1/1700-0123.log');
    write('recipes/acme.far@r1/0abc/recipe.js');
    const { chosen, removed } = await collect();
    expect(removed).toEqual(chosen);
    expect(fs.readdirSync(at('assets'))).toEqual([]);
    expect(fs.readdirSync(at('recipes'))).toEqual([]);
    expect(fs.readdirSync(at('logs'))).toEqual(['acme.tool@r1']);
  });

  it('keeps what a process uses that is alive, and says which', async () => {
    await here.cache.find(REF);
    expect(await outcome()).toEqual({ removed: [], kept: [`process ${process.pid} uses it (test)`] });
    here.cache.close();
    expect((await outcome()).removed).toEqual([UNIT]);
  });

  it('removes what nobody uses beside what somebody does, and the directory of a recipe only with the last of it', async () => {
    const other = { ...REF, key: '00ff' };
    await here.publish({ tool: 'other' }, other);
    await here.cache.newLog('acme.tool@r1', 'build.log');
    expect(await outcome()).toEqual({ removed: [UNIT], kept: [`process ${process.pid} uses it (test)`] });
    expect(fs.readdirSync(at('assets', REF.identity))).toEqual([`${REF.platform}-${other.key}`]);
    here.cache.close();
    files.rmdir = () => Promise.reject(new Error('refused'));
    await expect(collect()).rejects.toThrow('refused');
  });

  it.runIf(process.platform === 'linux')('keeps what a program runs from, or has open (Linux tells)', async () => {
    const download = `downloads/sha256/ab/${'ab'.repeat(32)}`;
    write(download);
    using stack = new DisposableStack();
    const start = (cwd: string, stdin: number | 'ignore') => {
      const child = spawn('sleep', ['60'], { cwd, stdio: [stdin, 'ignore', 'ignore'] });
      stack.defer(() => child.kill('SIGKILL'));
      return `process ${child.pid} runs from it (sleep 60)`;
    };
    const fd = fs.openSync(at(download), 'r');
    stack.defer(() => fs.closeSync(fd));
    const words = [start(here.cache.layout.assetDir(REF), 'ignore'), start(here.top, fd)];
    const { removed, kept } = await outcome();
    expect([removed, kept.sort()]).toEqual([[], words.sort()]);
  });

  it('keeps everything while somebody could not write down what it uses', async () => {
    const { runLeasesDir } = here.cache.layout;
    const lease = openLease(runLeasesDir, 'somebody', 0);
    for (const name of fs.readdirSync(runLeasesDir)) fs.truncateSync(path.join(runLeasesDir, name));
    expect(await outcome()).toEqual({ removed: [], kept: ['process unknown uses it'] });
    lease?.close();
  });

  it('keeps what is being built by somebody without a lease', async () => {
    const lock = await here.cache.lockName(LOCK, surroundings());
    expect(await outcome()).toEqual({ removed: [], kept: ['it is being built'] });
    await lock.release();
  });

  it('keeps what a project wants, and forgets a project that is gone with the last of its things', async () => {
    const manifest = path.join(here.top, 'galley.js');
    fs.writeFileSync(manifest, '');
    const entries = [REF, { ...REF, key: '00ff' }];
    const lease = await here.cache.keepFor({ manifest, entries, isWhole: true });
    expect((await survey()).needed).toContain(UNIT);
    expect(await outcome()).toEqual({ removed: [], kept: [] });
    fs.unlinkSync(manifest);
    expect(await outcome({ olderThanMs: 60_000 })).toEqual({ removed: [], kept: [] });
    expect(fs.existsSync(lease)).toBe(true);
    expect((await outcome()).removed).toEqual([UNIT]);
    expect(fs.existsSync(lease)).toBe(false);
  });

  it('that does not mind projects removes what they want, and they are not forgotten', async () => {
    const manifest = path.join(here.top, 'galley.js');
    fs.writeFileSync(manifest, '');
    const lease = await here.cache.keepFor({ manifest, entries: [REF], isWhole: true });
    expect((await outcome({ ...ALL, ignoresProjects: true } as typeof ALL)).removed).toEqual([UNIT]);
    expect(fs.existsSync(lease)).toBe(true);
  });
});

describe('a removal', () => {
  const remove = async (needed: ReadonlySet<string> = new Set(), signal = AbortSignal.timeout(60_000)) => {
    const { holdings } = await survey();
    const shutGate = () => here.cache.lockName('gc', { signal });
    const parts = { files, layout: here.cache.layout, shutGate, signal, needed: async () => needed };
    return await removeUnused(holdings, parts);
  };
  const names = (holdings: readonly Holding[]): string[] => holdings.map(({ path: name }) => name);

  it('keeps what has come to be wanted since it was chosen, but for the work of a failure', async () => {
    write(`${UNIT}/failed/phase`);
    const { removed, kept } = await remove(new Set([UNIT]));
    expect([names(removed), kept.map(({ why }) => why)]).toEqual([[`${UNIT}/failed`], ['a project uses it']]);
    expect(await here.cache.peek(REF)).toBeDefined();
  });

  it('does not tell of what somebody else has removed meanwhile', async () => {
    const { holdings } = await survey();
    await files.removeTree(at(UNIT));
    const { removed, kept } = await (await here.cache.care()).remove(holdings);
    expect([removed, kept]).toEqual([[], []]);
  });

  it('keeps what the system refuses to move, with its words, and goes on', async () => {
    const part = `downloads/parts/${temporaryName('0123')}`;
    write(part, '');
    const refusal = new Failure('IO_ERROR', 'Cannot rename: not permitted', { facts: { errno: 'EPERM' } });
    const { rename } = files;
    files.rename = (from, to) => (plainPath(from) === at(UNIT) ? Promise.reject(refusal) : rename(from, to));
    const { removed, kept } = await remove();
    expect(names(removed)).toEqual([part]);
    expect(kept).toMatchObject([{ holding: { path: UNIT }, why: refusal.message, refusal }]);
    files.rename = () => Promise.reject(new Error('a bug'));
    await expect(remove()).rejects.toThrow('a bug');
  });

  it('gives room back where there is none for another name, the marker first', async () => {
    const operations: string[] = [];
    files = createFiles({ record: ({ op, path: file }) => operations.push(`${op} ${path.relative(at(), file)}`) });
    files.rename = () => Promise.reject(new Failure('NO_SPACE', 'Cannot rename: no space', {}));
    expect(names((await remove()).removed)).toEqual([UNIT]);
    expect(operations[0]).toBe(`unlink ${UNIT}/galley-complete`);
    expect(fs.existsSync(at('assets', REF.identity))).toBe(false);
  });

  it('ends between two things when it is cancelled, and what was moved away is found as waste', async () => {
    await expect(remove(new Set(), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    const stop = new AbortController();
    const { fsyncDir } = files;
    files.fsyncDir = async (dir) => {
      stop.abort(new Error('enough'));
      await fsyncDir(dir);
    };
    await expect(remove(new Set(), stop.signal)).rejects.toThrow('enough');
    expect(await here.cache.peek(REF)).toBeUndefined();
    files.fsyncDir = fsyncDir;
    expect((await outcome()).removed).toEqual([
      expect.stringMatching(/^assets\/acme\.tool@r1\/\.gone\.[0-9a-f]+\.tmp$/),
    ]);
    expect(fs.readdirSync(at('assets'))).toEqual([]);
  });
});
