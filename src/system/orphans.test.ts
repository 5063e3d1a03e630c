import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { isGoneWithin } from './group.ts';
import { createLocks, type HeldLock } from './lock.ts';
import { describeCommand } from './orphans.ts';
import { describeSelf, encodeOwner, readOwner } from './owner.ts';

const CHILD = path.join(import.meta.dirname, 'testing/lock-child.ts');
const DIRECTORY_ONLY = { kernel: false, staleMs: 2000 };

let top: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-orphans-'));
  file = path.join(top, 'a.lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(top, { recursive: true });
});

const acquire = (layers = {}): Promise<HeldLock> =>
  createLocks({ clock: systemClock, ...layers }).acquire(file, {
    signal: AbortSignal.timeout(20_000),
    command: 'test',
  });

const isRunning = async (target: number): Promise<boolean> => !(await isGoneWithin(target, 0, systemClock));

/** A process that is killed while it holds the lock and runs a command; answers the command's group. */
async function leaveOrphan(layers: object): Promise<number> {
  const owner = spawn(process.execPath, [CHILD, JSON.stringify(layers), file, 'command'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  return -Number(output);
}

describe.each([
  ['both layers', {}],
  ['the kernel alone', { beside: false }],
  ['the directory alone', DIRECTORY_ONLY],
])('a lock of %s', (_, layers) => {
  it('goes to the next owner when nothing of the dead one runs any more', async () => {
    const orphan = await leaveOrphan(layers);
    expect(await isRunning(orphan)).toBe(true);
    const lock = await acquire(layers);
    expect(await isRunning(orphan)).toBe(false);
    await lock.release();
  });
});

it('a lock names the commands that run under it, as long as they do', async () => {
  const lock = await acquire();
  const targets = (): number[] | undefined => readOwner(file)?.commands?.map(({ target }) => target);
  {
    using _one = lock.holdCommand(process.pid);
    expect(targets()).toEqual([process.pid]);
  }
  expect(targets()).toBeUndefined();
  const late = lock.holdCommand(process.pid);
  await lock.release();
  late[Symbol.dispose]();
  expect(fs.readdirSync(top)).toEqual([]);
});

it('a process that was given the number of a dead command since is left alone', async () => {
  const stranger = spawn('sleep', ['60'], { detached: true });
  children.push(stranger);
  const command = { ...describeCommand(-(stranger.pid as number)), startTime: '1' };
  const owner = { ...describeSelf(), command: 'dead', since: 0, startTime: '1', commands: [command] };
  fs.writeFileSync(file, encodeOwner(owner));
  await (await acquire()).release();
  expect(await isRunning(command.target)).toBe(true);
});

it('a lock is had at once or not at all when nobody is to wait', async () => {
  const locks = createLocks({ clock: systemClock });
  const lock = await acquire();
  expect(await locks.tryAcquire(file, { command: 'test' })).toBeUndefined();
  await lock.release();
  const taken = await locks.tryAcquire(file, { command: 'test' });
  expect(await locks.tryAcquire(file, { command: 'test' })).toBeUndefined();
  await taken?.release();
  expect(fs.readdirSync(top)).toEqual([]);
});
