import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LockOwner } from '../model/event.ts';
import { findProcess } from './host.ts';
import { createLockWatch } from './lock-watch.ts';
import { describeSelf, encodeOwner, type OwnerRecord, toLockOwner } from './owner.ts';

const SELF: OwnerRecord = { ...describeSelf(), command: 'test', since: 1 };

let dir: string;
let file: string;
let told: (LockOwner | undefined)[];
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-watch-'));
  file = path.join(dir, 'a.lock');
  told = [];
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const watch = () => createLockWatch(file, SELF, (owner) => told.push(owner));
const own = (owner: OwnerRecord) => fs.writeFileSync(file, encodeOwner(owner));

it('waiter is told of each owner once', () => {
  const { look } = watch();
  const [one, other] = [
    { ...SELF, host: 'one' },
    { ...SELF, host: 'other' },
  ];
  for (const owner of [one, one, other, other, one]) {
    own(owner);
    look();
  }
  expect(told).toEqual([one, other, one].map(toLockOwner));
});

it('waiter is told that nobody can be known after some looks, and only once', () => {
  const { look } = watch();
  for (const expected of [0, 0, 0, 1, 1, 1]) {
    look();
    expect(told).toHaveLength(expected);
  }
  expect(told).toEqual([undefined]);
});

it('waiter that knew an owner is not told of the moments between two', () => {
  const { look } = watch();
  const owner = { ...SELF, host: 'one' };
  own(owner);
  look();
  fs.rmSync(file);
  for (let times = 0; times < 5; times++) look();
  expect(told).toEqual([toLockOwner(owner)]);
});

it('waiter is not told of the dead', () => {
  own({ ...SELF, pid: spawnSync('true').pid });
  watch().look();
  expect(told).toEqual([]);
});

it('waiter is refused when the owner waits for it', () => {
  const { look } = watch();
  own({ ...SELF, ...findProcess(process.ppid), command: 'galley sync' });
  expect(look).toThrow(
    expect.objectContaining({
      code: 'LOCK_ANCESTOR',
      message: `Cannot wait for the lock "${file}": process ${process.ppid} ("galley sync") holds it and waits for this one`,
      facts: { path: file, pid: process.ppid },
    }),
  );
  expect(told).toEqual([]);
});

it('waiter that nobody listens to looks all the same', () => {
  const child = spawn('sleep', ['60']);
  own({ ...SELF, ...findProcess(child.pid as number) });
  const { look } = createLockWatch(file, SELF, undefined);
  look();
  fs.rmSync(file);
  const silent = createLockWatch(file, SELF, undefined);
  for (let times = 0; times < 5; times++) silent.look();
  child.kill('SIGKILL');
});
