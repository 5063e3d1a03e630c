// What becomes of a lock step by step, in one process. That it keeps processes apart is shown by lock.test.ts and
// lock-truth.test.ts.
import * as fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mountDisk } from '../../functional_tests/rig/small-disk.ts';
import type { NativeLocks } from './lock-kernel.ts';
import { loadNative } from './native.ts';
import { readOwner } from './owner.ts';
import { BOTH, createLockPlace, DIRECTORY, failureOf, KERNEL, RECORD } from './testing/lock-place.ts';

describe('a lock of the kernel', () => {
  it('needs no directory', async () => {
    const { file, take, tryAcquire, left } = createLockPlace();
    const lock = await take(KERNEL);
    expect([lock.mode, left()]).toEqual(['kernel', ['a.lock']]);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(RECORD);
    lock.assertHeld();
    expect(await tryAcquire(KERNEL)).toBeUndefined();
    await lock.release();
    expect(left()).toEqual([]);
  });

  it('is the last that goes when there is a directory', async () => {
    const { take, left } = createLockPlace();
    const lock = await take(BOTH);
    expect(lock.mode).toBe('kernel and directory');
    const released = lock.release();
    expect(left()).toContain('a.lock');
    await released;
    expect(left()).toEqual([]);
  });

  it('has one name unless it was given another', async () => {
    const { top, take } = createLockPlace();
    const lock = await take(BOTH);
    lock.anchor();
    lock.assertHeld();
    await lock.release();
    expect(fs.readdirSync(top)).toEqual(['locks']);
  });

  it('is let go of even when its second name cannot be reached', async () => {
    const { top, take, tryAcquire, left } = createLockPlace();
    const anchorFile = path.join(top, 'entry', 'anchor');
    fs.mkdirSync(path.dirname(anchorFile));
    const lock = await take(BOTH, anchorFile);
    lock.anchor();
    fs.rmSync(path.dirname(anchorFile), { recursive: true });
    fs.symlinkSync('entry', path.dirname(anchorFile));
    await expect(lock.release()).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot look at "${anchorFile}": too many symbolic links encountered`,
    });
    await expect(tryAcquire(BOTH, anchorFile)).rejects.toMatchObject({ code: 'IO_ERROR' });
    await (await take(BOTH)).release();
    expect(left()).toEqual([]);
  });

  it('is let go of even when somebody has put something into its directory, which is told', async () => {
    const { file, take, left } = createLockPlace();
    const lock = await take(BOTH);
    fs.writeFileSync(path.join(`${file}.lock`, 'note'), '');
    await expect(lock.release()).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot unlock "${file}": directory not empty`,
    });
    expect(left()).toEqual(['a.lock.lock']);
    await (await take(KERNEL)).release();
  });

  it('says what became of it when its file was removed, and what to do', async () => {
    const { file, take } = createLockPlace();
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
    const { file, attempt } = createLockPlace();
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
    const { file, tryAcquire, left } = createLockPlace();
    fs.writeFileSync(`${file}.lock`, '');
    fs.utimesSync(`${file}.lock`, 1, 1);
    await expect(tryAcquire(BOTH)).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot lock "${file}": not a directory`,
    });
    expect(left()).toEqual(['a.lock.lock']);
  });

  it('is not had by who cannot say so, unless there is no room', async () => {
    const { file, attempt, left } = createLockPlace();
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

describe('a file that others removed while it was waited for', () => {
  it('is no lock: the next attempt makes a new one', async () => {
    const { file, attempt, left } = createLockPlace();
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
    const { file, attempt, left, makeDirectory } = createLockPlace();
    const late = attempt(loadNative());
    const answer = late.next();
    fs.unlinkSync(file);
    makeDirectory();
    expect(await answer).toBeUndefined();
    late.giveUp();
    expect(left()).toEqual(['a.lock.lock']);
  });
});

describe('on a full disk', () => {
  it('the lock of the kernel is enough', async ({ skip }) => {
    const { file, take, tryAcquire, left } = createLockPlace();
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

  it('an owner has no record when the kernel knows it, and gives up when not: nothing stays locked', async ({
    skip,
  }) => {
    const { file, take, tryAcquire, attempt, left } = createLockPlace();
    const disk = await mountDisk(path.dirname(file), 'size=4k');
    if (disk === undefined) return skip('a disk can only be mounted by root on Linux');
    const filler = path.join(path.dirname(file), 'filler');
    fs.writeFileSync(filler, Buffer.alloc(4096));
    const taken = await attempt(loadNative()).next();
    expect([taken?.mode, readOwner(file)]).toEqual(['kernel and directory', undefined]);
    taken?.removeFile();
    expect(left()).toEqual(['a.lock.lock', 'filler']);
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
