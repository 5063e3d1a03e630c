// One lock in a directory of its own, for tests of locks within one process: the kernel tells open files apart, not
// processes. For tests only.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '../clock.ts';
import { findProcess } from '../host.ts';
import { createLocks, type HeldLock, type LocksOptions } from '../lock.ts';
import { LockAttempt } from '../lock-attempt.ts';
import type { NativeLocks } from '../lock-kernel.ts';
import { describeSelf, encodeOwner, type OwnerRecord } from '../owner.ts';

export type Layers = Omit<LocksOptions, 'clock'>;

export const BOTH: Layers = { staleMs: 2000 };
export const KERNEL: Layers = { beside: false };
export const DIRECTORY: Layers = { kernel: false, staleMs: 2000 };

export const SELF: OwnerRecord = { ...describeSelf(), command: 'self', since: 0 };
export const DEAD: OwnerRecord = { ...SELF, command: 'dead', startTime: '1' };
export const ALIVE: OwnerRecord = { ...SELF, command: 'alive', ...findProcess(process.ppid) };

/** All that stands in the file of whoever takes the lock here. */
export const RECORD = { ...describeSelf(), command: 'test', since: expect.any(Number) };

export interface LockPlace {
  top: string;
  file: string;
  /** As another process would. */
  tryAcquire(layers: Layers, anchorFile?: string): Promise<HeldLock | undefined>;
  /** The lock, which nobody may have. */
  take(layers: Layers, anchorFile?: string): Promise<HeldLock>;
  attempt(native: NativeLocks | undefined, beside?: boolean): LockAttempt;
  /** What is in the directory of the locks. */
  left(): string[];
  /** Writes who is said to be the owner. */
  own(owner: OwnerRecord): void;
  /** The directory beside the lock, as somebody made it; an old one shows no life any more. */
  makeDirectory(age?: 'old'): void;
}

/** Removed when the test is finished. */
export function createLockPlace(): LockPlace {
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-locks-'));
  const file = path.join(top, 'locks', 'a.lock');
  fs.mkdirSync(path.dirname(file));
  onTestFinished(() => fs.rmSync(top, { recursive: true }));
  const tryAcquire: LockPlace['tryAcquire'] = (layers, anchorFile) =>
    createLocks({ clock: systemClock, ...layers }).tryAcquire(file, { command: 'test', anchorFile });
  return {
    top,
    file,
    tryAcquire,
    async take(layers, anchorFile) {
      const lock = await tryAcquire(layers, anchorFile);
      if (lock === undefined) throw new Error('somebody has the lock');
      return lock;
    },
    attempt: (native, beside = true) =>
      new LockAttempt({ file }, SELF, { layers: { native, beside, staleMs: 2000 }, clock: systemClock }),
    left: () => fs.readdirSync(path.dirname(file)),
    own: (owner) => fs.writeFileSync(file, encodeOwner(owner)),
    makeDirectory(age) {
      fs.mkdirSync(`${file}.lock`);
      if (age === 'old') fs.utimesSync(`${file}.lock`, 1, 1);
    },
  };
}

export function failureOf(work: () => void): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
