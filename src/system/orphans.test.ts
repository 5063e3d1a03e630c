import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { isGoneWithin } from './group.ts';
import { createLocks, type HeldLock } from './lock.ts';
import { describeCommand, endOrphans, type OwnedCommand } from './orphans.ts';
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
    using _one = lock.holdCommand({ target: process.pid, mark: 'A=b' });
    expect(targets()).toEqual([process.pid]);
  }
  expect(targets()).toBeUndefined();
  const late = lock.holdCommand({ target: process.pid, mark: 'A=b' });
  await lock.release();
  late[Symbol.dispose]();
  expect(fs.readdirSync(top)).toEqual([]);
});

/** The lock of a process that has died, which says that it ran these. */
function leaveRecord(...commands: OwnedCommand[]): void {
  const owner = { ...describeSelf(), command: 'dead', since: 0, startTime: '1', commands };
  fs.writeFileSync(file, encodeOwner(owner));
}

describe.each([
  ['a process', 'exec sleep 60'],
  ['a daemon, whose first process has ended,', 'sleep 60 & exit'],
])('%s that was given the number of a dead command since', (_, script) => {
  const startMarked = async (value: string): Promise<number> => {
    const env = { ...process.env, GALLEY_TMP_DIR: value };
    const child = spawn('sh', ['-c', `echo; ${script}`], { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env });
    children.push(child);
    await once(child.stdout, 'data');
    if (script.endsWith('exit')) await once(child, 'exit');
    return -(child.pid as number);
  };

  it('is left alone, and ended when it is the command', async () => {
    const target = await startMarked('/cache/work/tmp');
    const command = describeCommand({ target, mark: 'GALLEY_TMP_DIR=/cache/work/tm' });
    leaveRecord(process.platform === 'linux' ? command : { ...command, startTime: '1' });
    await (await acquire()).release();
    expect(await isRunning(target)).toBe(true);
    leaveRecord({ ...command, mark: 'GALLEY_TMP_DIR=/cache/work/tmp' });
    await (await acquire()).release();
    if (process.platform === 'linux') expect(await isRunning(target)).toBe(false);
    else process.kill(target, 'SIGKILL');
  });
});

it.skipIf(process.platform !== 'linux')('a group is ended when one in it is of the command', async () => {
  const env = { ...process.env, GALLEY_TMP_DIR: '/cache/work/tmp' };
  const script = 'env -i sh -c "echo; exec sleep 60" & exec sleep 60';
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env });
  children.push(child);
  await once(child.stdout, 'data');
  const target = -(child.pid as number);
  leaveRecord(describeCommand({ target, mark: 'GALLEY_TMP_DIR=/cache/work/tmp' }));
  await (await acquire()).release();
  expect(await isRunning(target)).toBe(false);
});

it.skipIf(process.platform !== 'linux')('a command that becomes another program at this moment is ended', async () => {
  // As then, it has no environment at first; how long that lasts is ours to say here.
  const script = 'sleep 0.1; export GALLEY_TMP_DIR=/cache/work/tmp; exec sleep 60';
  const child = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore', env: {} });
  children.push(child);
  const target = -(child.pid as number);
  await endOrphans([describeCommand({ target, mark: 'GALLEY_TMP_DIR=/cache/work/tmp' })], systemClock);
  expect(await isRunning(target)).toBe(false);
});

it.skipIf(process.platform !== 'linux')(
  'a stranger is not waited for, one without an environment not for long',
  async () => {
    const start = (env: Record<string, string>): OwnedCommand => {
      const child = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore', env });
      children.push(child);
      return describeCommand({ target: -(child.pid as number), mark: 'GALLEY_TMP_DIR=/cache/work/tmp' });
    };
    const [known, bare] = [start({ A: 'b' }), start({})];
    const isReady = () => fs.readFileSync(`/proc/${-known.target}/environ`, 'utf8') === 'A=b\0';
    await expect.poll(isReady, { interval: 1 }).toBe(true);
    await endOrphans([known], { ...systemClock, sleep: () => Promise.reject(new Error('waits')) });
    let nowMs = 0;
    const sleep = async (ms: number): Promise<void> => {
      nowMs += ms;
    };
    await endOrphans([bare], { ...systemClock, sleep, monotonicMs: () => nowMs });
    expect(nowMs).toBe(500);
    for (const { target } of [known, bare]) expect(await isRunning(target)).toBe(true);
  },
);

it('a command is known by its start where a system does not show the environment of others', async () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
  using stack = new DisposableStack();
  stack.defer(() => Object.defineProperty(process, 'platform', platform));
  Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' });
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  children.push(child);
  const command = describeCommand({ target: -(child.pid as number), mark: 'A=b' });
  const ended = once(child, 'exit');
  const gone = describeCommand({ target: -(2 ** 30), mark: 'A=b' });
  expect(gone.startTime).toBe('');
  await endOrphans([gone, { ...command, startTime: '' }, { ...command, startTime: 'another' }], systemClock);
  expect(child.signalCode).toBeNull();
  expect(await isRunning(command.target)).toBe(true);
  await endOrphans([command], systemClock);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

it('what an owner on another machine runs is not looked for on this one', async () => {
  const env = { ...process.env, GALLEY_TMP_DIR: '/cache/work/tmp' };
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env });
  children.push(child);
  const target = -(child.pid as number);
  const commands = [describeCommand({ target, mark: 'GALLEY_TMP_DIR=/cache/work/tmp' })];
  const owner = { ...describeSelf(), host: 'elsewhere', command: 'galley sync', since: 0, commands };
  fs.writeFileSync(file, encodeOwner(owner));
  await (await acquire()).release();
  expect(await isRunning(target)).toBe(true);
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
