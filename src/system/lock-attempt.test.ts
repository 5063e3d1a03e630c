// What each layer of a lock does, step by step and in one process: the kernel tells open files apart, not processes. That
// it keeps processes apart is shown by lock.test.ts and lock-truth.test.ts.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mountDisk } from '../../functional_tests/rig/small-disk.ts';
import { systemClock } from './clock.ts';
import { findProcess } from './host.ts';
import { createLocks, type HeldLock, type LocksOptions } from './lock.ts';
import { LockAttempt } from './lock-attempt.ts';
import type { NativeLocks } from './lock-kernel.ts';
import { loadNative } from './native.ts';
import { describeSelf, encodeOwner, type OwnerRecord, readOwner } from './owner.ts';

type Layers = Omit<LocksOptions, 'clock'>;

const BOTH: Layers = { staleMs: 2000 };
const KERNEL: Layers = { beside: false };
const DIRECTORY: Layers = { kernel: false, staleMs: 2000 };

const SELF: OwnerRecord = { ...describeSelf(), command: 'self', since: 0 };
const DEAD: OwnerRecord = { ...SELF, command: 'dead', startTime: '1' };
const ALIVE: OwnerRecord = { ...SELF, command: 'alive', ...findProcess(process.ppid) };
const COMMAND = { target: process.pid, mark: 'A=b' };

let top: string;
let file: string;
beforeEach(({ onTestFinished }) => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-attempt-'));
  file = path.join(top, 'locks', 'a.lock');
  fs.mkdirSync(path.dirname(file));
  // After the disks that are mounted below it.
  onTestFinished(() => fs.rmSync(top, { recursive: true }));
});

/** As another process would. */
const tryAcquire = (layers: Layers, anchorFile?: string): Promise<HeldLock | undefined> =>
  createLocks({ clock: systemClock, ...layers }).tryAcquire(file, { command: 'test', anchorFile });

async function take(layers: Layers, anchorFile?: string): Promise<HeldLock> {
  const lock = await tryAcquire(layers, anchorFile);
  if (lock === undefined) throw new Error('somebody has the lock');
  return lock;
}

const attempt = (native: NativeLocks | undefined, beside = true): LockAttempt =>
  new LockAttempt({ file }, SELF, { layers: { native, beside, staleMs: 2000 }, clock: systemClock });

/** What is in the directory of the locks. */
const left = (): string[] => fs.readdirSync(path.dirname(file));

const own = (owner: OwnerRecord): void => fs.writeFileSync(file, encodeOwner(owner));

/** The directory beside the lock, as somebody made it; an old one shows no life any more. */
function makeDirectory(age?: 'old'): void {
  fs.mkdirSync(`${file}.lock`);
  if (age === 'old') fs.utimesSync(`${file}.lock`, 1, 1);
}

function failureOf(work: () => void): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a lock of the kernel', () => {
  it('needs no directory', async () => {
    const lock = await take(KERNEL);
    expect([lock.mode, left()]).toEqual(['kernel', ['a.lock']]);
    lock.assertHeld();
    expect(await tryAcquire(KERNEL)).toBeUndefined();
    await lock.release();
    expect(left()).toEqual([]);
  });

  it('is the last that goes when there is a directory', async () => {
    const lock = await take(BOTH);
    expect(lock.mode).toBe('kernel and directory');
    const released = lock.release();
    expect(left()).toContain('a.lock');
    await released;
    expect(left()).toEqual([]);
  });

  it('has one name unless it was given another', async () => {
    const lock = await take(BOTH);
    lock.anchor();
    lock.assertHeld();
    await lock.release();
    expect(fs.readdirSync(top)).toEqual(['locks']);
  });

  it('is let go of even when its second name cannot be reached', async () => {
    const anchorFile = path.join(top, 'entry', 'anchor');
    fs.mkdirSync(path.dirname(anchorFile));
    const lock = await take(BOTH, anchorFile);
    lock.anchor();
    fs.rmSync(path.dirname(anchorFile), { recursive: true });
    fs.symlinkSync('entry', path.dirname(anchorFile));
    await expect(lock.release()).rejects.toThrow('ELOOP');
    await (await take(BOTH)).release();
    expect(left()).toEqual([]);
  });

  it('says what became of it when its file was removed, and what to do', async () => {
    const lock = await take(BOTH);
    fs.unlinkSync(file);
    expect(failureOf(lock.assertHeld)).toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot keep the lock "${file}": somebody removed its file`,
      hint: 'Remove nothing from a cache by hand while galley runs, and run the command again',
      facts: { path: file },
    });
    await lock.release();
  });

  it('gives way to the directory where the file system has none, and is missed where that is off', async () => {
    const native: NativeLocks = {
      tryLock() {
        throw Object.assign(new Error('ENOLCK'), { code: 'ENOLCK' });
      },
    };
    const taken = await attempt(native).next();
    expect(taken?.mode).toBe('directory');
    await taken?.release();
    await expect(attempt(native, false).next()).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot lock "${file}": the file system has no locks`,
      facts: { path: file },
    });
  });

  it('is not had when what is in the way of the directory cannot be removed', async () => {
    fs.writeFileSync(`${file}.lock`, '');
    fs.utimesSync(`${file}.lock`, 1, 1);
    await expect(tryAcquire(BOTH)).rejects.toMatchObject({ code: 'IO_ERROR', facts: { errno: 'ENOTDIR' } });
    expect(left()).toEqual(['a.lock.lock']);
  });

  it('is not had by who cannot say so, unless there is no room', async () => {
    const native: NativeLocks = {
      tryLock(fd) {
        fs.closeSync(fd);
        return fs.openSync(file, 'r') === fd;
      },
    };
    const refused = attempt(native);
    await expect(refused.next()).rejects.toMatchObject({ code: 'IO_ERROR', facts: { path: file, errno: 'EBADF' } });
    refused.giveUp();
    expect(left()).toEqual([]);
  });
});

describe('a directory that somebody left', () => {
  it('is removed by its age when nobody is known to have made it', async () => {
    makeDirectory('old');
    await (await take(BOTH)).release();
    expect(left()).toEqual([]);
  });

  it('is removed at once when its owner is dead, and never while that lives', async () => {
    own(DEAD);
    makeDirectory();
    await (await take(BOTH)).release();
    own(ALIVE);
    makeDirectory('old');
    expect(await tryAcquire(BOTH)).toBeUndefined();
    expect(readOwner(file)).toEqual(ALIVE);
  });
});

describe('a file that others removed while it was waited for', () => {
  it('is no lock: the next attempt makes a new one', async () => {
    const late = attempt(loadNative());
    const answer = late.next();
    fs.unlinkSync(file);
    expect(await answer).toBeUndefined();
    expect(left()).toEqual([]);
    const taken = await late.next();
    taken?.assertHeld();
    expect(left()).toEqual(['a.lock', 'a.lock.lock']);
    await taken?.release();
  });

  it('is waited for again when they hold the directory', async () => {
    const late = attempt(loadNative());
    const answer = late.next();
    fs.unlinkSync(file);
    makeDirectory();
    expect(await answer).toBeUndefined();
    late.giveUp();
    expect(left()).toEqual(['a.lock.lock']);
  });
});

describe('a lock of the directory alone', () => {
  it('is held once, names its owner, and is let go of last', async () => {
    const lock = await take(DIRECTORY);
    expect(lock.mode).toBe('directory');
    lock.assertHeld();
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({
      ...describeSelf(),
      command: 'test',
      since: expect.any(Number),
    });
    expect(openedFiles()).not.toContain(file);
    expect(await tryAcquire(DIRECTORY)).toBeUndefined();
    const released = lock.release();
    expect(left()).not.toContain('a.lock');
    await released;
    expect(left()).toEqual([]);
  });

  it('goes by age alone: the dead are waited for, and who shows no life is not', async () => {
    own(DEAD);
    makeDirectory();
    expect(await tryAcquire(DIRECTORY)).toBeUndefined();
    own(ALIVE);
    fs.utimesSync(`${file}.lock`, 1, 1);
    await (await take(DIRECTORY)).release();
  });

  it('names the commands that run under it, and has no second name', async () => {
    const lock = await take(DIRECTORY, path.join(top, 'anchor'));
    lock.anchor();
    {
      using _command = lock.holdCommand(COMMAND);
      expect(readOwner(file)?.commands).toMatchObject([COMMAND]);
    }
    expect(readOwner(file)?.commands).toBeUndefined();
    await lock.release();
    expect(fs.readdirSync(top)).toEqual(['locks']);
  });

  it('is lost with its directory, which its owner hears of; with the lock of the kernel it is not', async () => {
    const safeFile = path.join(top, 'locks', 'safe.lock');
    const safe = await createLocks({ clock: systemClock, ...BOTH }).tryAcquire(safeFile, { command: 'test' });
    const lock = await take(DIRECTORY);
    for (const name of [safeFile, file]) fs.rmdirSync(`${name}.lock`);
    own(ALIVE);
    await expect
      .poll(() => failureOf(lock.assertHeld), { timeout: 5000 })
      .toMatchObject({
        code: 'IO_ERROR',
        message: `Cannot keep the lock "${file}": another process took it over`,
        hint: 'Use a cache on a local file system, where a lock cannot be lost',
        facts: { path: file },
      });
    safe?.assertHeld();
    safe?.holdCommand(COMMAND);
    expect(readOwner(safeFile)?.commands).toMatchObject([COMMAND]);
    lock.holdCommand(COMMAND);
    await lock.release();
    expect(readOwner(file)).toEqual(ALIVE);
    await safe?.release();
    expect(left()).toEqual(['a.lock']);
  });
});

describe('on a full disk', () => {
  it('the lock of the kernel is enough', async ({ skip }) => {
    // One inode for the directory of the locks, and one for the lock.
    const disk = await mountDisk(path.dirname(file), 'nr_inodes=2');
    if (disk === undefined) return skip('a disk can only be mounted by root on Linux');
    const lock = await take(BOTH);
    expect([lock.mode, left()]).toEqual(['kernel', ['a.lock']]);
    lock.assertHeld();
    expect(await tryAcquire(BOTH)).toBeUndefined();
    await lock.release();
    await expect(tryAcquire(DIRECTORY)).rejects.toMatchObject({ code: 'NO_SPACE' });
  });

  it('an owner need not be named where the kernel knows it, and nothing stays locked where it does not', async ({
    skip,
  }) => {
    const disk = await mountDisk(path.dirname(file), 'size=4k');
    if (disk === undefined) return skip('a disk can only be mounted by root on Linux');
    const filler = path.join(path.dirname(file), 'filler');
    fs.writeFileSync(filler, Buffer.alloc(4096));
    const taken = await attempt(loadNative()).next();
    expect([taken?.mode, readOwner(file)]).toEqual(['kernel and directory', undefined]);
    taken?.removeFile();
    await taken?.release();
    expect(left()).toEqual(['filler']);
    await expect(tryAcquire(DIRECTORY)).rejects.toMatchObject({
      code: 'NO_SPACE',
      message: `Cannot lock "${file}": no space left on device`,
    });
    fs.unlinkSync(filler);
    await (await take(DIRECTORY)).release();
    expect(left()).toEqual([]);
  });
});

/** The names of all that this process has open. */
function openedFiles(): string[] {
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
