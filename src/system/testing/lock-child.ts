// A process that takes locks, for the tests of locks: only other processes show what a lock is worth.
//
//   node lock-child.ts <layers as JSON> <lock file> hold              prints "held" and holds until it is killed
//   node lock-child.ts <layers as JSON> <lock file> command           holds, runs a deaf command, and prints its number
//   node lock-child.ts <layers as JSON> <lock file> count <rounds> <dir>
//   node lock-child.ts <layers as JSON> <lock file> contend <0> <dir>  takes it again and again until SIGTERM (lock-witness)
//   node lock-child.ts <layers as JSON> <lock file> exit              ends without a release
//   node lock-child.ts <layers as JSON> <lock file> nest              holds, and starts a process that wants the same
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { isFailure } from '../../model/failure.ts';
import { systemClock } from '../clock.ts';
import { createLocks, type HeldLock } from '../lock.ts';
import { enter, leave } from './lock-witness.ts';

const [layers = '{}', file = '', what = '', rounds = '0', dir = ''] = process.argv.slice(2);
const locks = createLocks({ clock: systemClock, ...JSON.parse(layers) });
/** Past the shortest stale limit of proper-lockfile. */
const STALL_MS = 2600;

const acquire = (): Promise<HeldLock> =>
  locks.acquire(file, { signal: new AbortController().signal, command: `lock-child ${what}` });

/** Counts in files that are not ours: a second one inside at the same time finds the marker. */
async function count(): Promise<void> {
  for (let round = 0; round < Number(rounds); round++) {
    await using _ = await acquire();
    fs.closeSync(fs.openSync(`${dir}/inside`, 'wx'));
    fs.appendFileSync(`${dir}/rounds`, `${process.pid}\n`);
    await systemClock.sleep(Math.random() * 2);
    fs.unlinkSync(`${dir}/inside`);
  }
}

/** SIGUSR2 blocks the event loop wherever it is, as a long computation would. */
async function contend(): Promise<void> {
  const end = new AbortController();
  process.on('SIGTERM', () => end.abort());
  process.on('SIGUSR2', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS));
  while (!end.signal.aborted) {
    const lock = await locks.acquire(file, { signal: end.signal, command: 'contend' }).catch(unlessAborted);
    if (lock === undefined) return;
    await enter(dir);
    await systemClock.sleep(Math.random() * 8);
    leave(dir);
    await lock.release();
    await systemClock.sleep(Math.random() * 2);
  }

  function unlessAborted(error: unknown): undefined {
    if (!end.signal.aborted) throw error;
  }
}

async function hold(): Promise<void> {
  await acquire();
  process.stdout.write('held\n');
  setInterval(() => {}, 1000);
}

async function command(): Promise<void> {
  const lock = await acquire();
  const script = 'trap "" TERM; (sleep 60; true) & echo ready; wait';
  const mark = `GALLEY_TMP_DIR=${file}`;
  const env = { ...process.env, GALLEY_TMP_DIR: file };
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env });
  lock.holdCommand({ target: -(child.pid as number), mark });
  child.stdout.once('data', () => process.stdout.write(`${child.pid}\n`));
}

async function exit(): Promise<void> {
  await acquire();
  process.exit(7);
}

async function nest(): Promise<void> {
  await using _ = await acquire();
  // A shell between the two: not only the parent counts.
  const inner = `"${process.execPath}" "${process.argv[1]}" '${layers}' "${file}" want; exit $?`;
  const { stdout } = spawnSync('sh', ['-c', inner], { encoding: 'utf8', timeout: 10_000 });
  process.stdout.write(stdout);
}

async function want(): Promise<void> {
  const error = await acquire().catch((failure: unknown) => failure);
  process.stdout.write(isFailure(error) ? `${error.code}\n` : 'acquired\n');
}

await new Map(Object.entries({ command, contend, count, hold, exit, nest, want })).get(what)?.();
