// What a lock is to the promises of one process, how they wait, and what is left when that process ends.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LockOwner } from '../model/event.ts';
import { type Clock, systemClock } from './clock.ts';
import { createLocks, type HeldLock, type Locks } from './lock.ts';
import { describeSelf } from './owner.ts';

let top: string;
let file: string;
beforeEach(() => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-turn-'));
  file = path.join(top, 'a.lock');
});
afterEach(() => fs.rmSync(top, { recursive: true }));

const never = new AbortController().signal;

/** As another process would have them. */
const others = (): Locks => createLocks({ clock: systemClock });

const take = (locks: Locks, signal = never): Promise<HeldLock> => locks.acquire(file, { signal, command: 'test' });

it('lock is handed on within a process without asking the kernel again and again', async () => {
  const locks = createLocks({ clock: { ...systemClock, sleep: () => Promise.reject(new Error('asks again')) } });
  const first = await take(locks);
  const second = take(locks);
  await first.release();
  await (await second).release();
  expect(fs.readdirSync(top)).toEqual([]);
});

it('lock that was not had keeps nobody from the next attempt', async () => {
  const [owner, locks] = [others(), others()];
  const first = await take(owner);
  expect(await locks.tryAcquire(file, { command: 'test' })).toBeUndefined();
  await expect(take(locks, AbortSignal.timeout(20))).rejects.toThrow('timeout');
  await first.release();
  const second = await locks.tryAcquire(file, { command: 'test' });
  expect(second).toBeDefined();
  await second?.release();
});

it('who waits for its own process is told so at once, or that the owner is not known yet', async () => {
  const locks = others();
  const first = await take(locks);
  const told: (LockOwner | undefined)[] = [];
  const wait = () => locks.acquire(file, { signal: never, command: 'other', onWaiting: (owner) => told.push(owner) });
  const second = wait();
  fs.truncateSync(file);
  const third = wait();
  const { pid, host } = describeSelf();
  expect(told).toEqual([{ pid, host, command: 'test', since: expect.any(Number) }, undefined]);
  for (const lock of [first, second, third]) await (await lock).release();
});

it('lock is asked for ever less often, at least every 50 ms, and not in step with others', async () => {
  const owner = await take(others());
  const waitsMs: number[] = [];
  const clock: Clock = {
    ...systemClock,
    async sleep(ms) {
      if (waitsMs.push(ms) === 60) await owner.release();
    },
  };
  await (await take(createLocks({ clock }))).release();
  expect(Math.min(...waitsMs)).toBeGreaterThanOrEqual(2);
  expect(waitsMs[0]).toBeLessThanOrEqual(4);
  expect(Math.min(...waitsMs.slice(10))).toBeGreaterThanOrEqual(25);
  expect(Math.max(...waitsMs)).toBeLessThanOrEqual(50);
  expect(new Set(waitsMs).size).toBeGreaterThan(50);
});

it('locks that are held when the process ends leave no files, and nothing is watched for when none is', async () => {
  const before = process.listeners('exit');
  const added = () => process.listeners('exit').filter((listener) => !before.includes(listener));
  const locks = others();
  const other = await locks.acquire(path.join(top, 'b.lock'), { signal: never, command: 'test' });
  expect(added()).toHaveLength(1);
  const lock = await take(locks);
  await other.release();
  expect(added()).toHaveLength(1);
  for (const listener of added()) listener.call(process, 0);
  expect(fs.readdirSync(top)).toEqual(['a.lock.lock']);
  await lock.release();
  expect(added()).toEqual([]);
});
