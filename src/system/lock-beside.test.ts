// The directory beside a lock: what others left of it, and what it is worth alone.
import * as fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { createLocks } from './lock.ts';
import { removeLeftover } from './lock-beside.ts';
import { readOwner } from './owner.ts';
import { ALIVE, BOTH, createLockPlace, DEAD, DIRECTORY, failureOf, RECORD } from './testing/lock-place.ts';

const COMMAND = { target: process.pid, mark: 'A=b' };

describe('a directory that somebody left', () => {
  it('is removed by its age when nobody is known to have made it', async () => {
    const { take, left, makeDirectory } = createLockPlace();
    makeDirectory('old');
    await (await take(BOTH)).release();
    expect(left()).toEqual([]);
  });

  it('is removed at once when its owner is dead, and never while that lives', async () => {
    const { file, take, tryAcquire, own, makeDirectory } = createLockPlace();
    own(DEAD);
    makeDirectory();
    await (await take(BOTH)).release();
    own(ALIVE);
    makeDirectory('old');
    expect(await tryAcquire(BOTH)).toBeUndefined();
    expect(readOwner(file)).toEqual(ALIVE);
  });

  it('may be gone when it is to be removed; what somebody has put into it stays, and is told', () => {
    const { file, makeDirectory } = createLockPlace();
    removeLeftover(file);
    makeDirectory();
    const note = path.join(`${file}.lock`, 'note');
    fs.writeFileSync(note, '');
    expect(failureOf(() => removeLeftover(file))).toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot remove "${file}.lock": directory not empty`,
    });
    expect(fs.existsSync(note)).toBe(true);
  });
});

it('a directory that cannot be looked for is told, and the lock is not had', async () => {
  const { file, tryAcquire, left } = createLockPlace();
  fs.symlinkSync('a.lock.lock', `${file}.lock`);
  await expect(tryAcquire(BOTH)).rejects.toMatchObject({
    code: 'IO_ERROR',
    message: `Cannot look at "${file}.lock": too many symbolic links encountered`,
  });
  expect(left()).toEqual(['a.lock.lock']);
});

describe('a lock of the directory alone', () => {
  it('is held once, names its owner, and is let go of last', async () => {
    const { file, take, tryAcquire, left } = createLockPlace();
    const lock = await take(DIRECTORY);
    expect(lock.mode).toBe('directory');
    lock.assertHeld();
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(RECORD);
    expect(openedFiles()).not.toContain(file);
    expect(await tryAcquire(DIRECTORY)).toBeUndefined();
    const released = lock.release();
    expect(left()).not.toContain('a.lock');
    await released;
    expect(left()).toEqual([]);
  });

  it('goes by age alone: the dead are waited for, and who shows no life is not', async () => {
    const { file, take, tryAcquire, own, makeDirectory } = createLockPlace();
    own(DEAD);
    makeDirectory();
    expect(await tryAcquire(DIRECTORY)).toBeUndefined();
    own(ALIVE);
    fs.utimesSync(`${file}.lock`, 1, 1);
    await (await take(DIRECTORY)).release();
  });

  it('names the commands that run under it, and has no second name', async () => {
    const { top, file, take } = createLockPlace();
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
    const { top, file, take, left, own } = createLockPlace();
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
