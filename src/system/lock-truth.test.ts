// What a lock promises, in the worst of company: processes that are killed, stopped and blocked at moments of chance,
// while others want the same. Who was inside is told by a witness that knows nothing of locks (testing/lock-witness.ts).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Chance } from '../../functional_tests/rig/chance.ts';
import { isLong, rounds } from '../../functional_tests/rig/rounds.ts';
import type { LocksOptions } from './lock.ts';
import { entries, inside, nowMs, violations } from './testing/lock-witness.ts';

type Layers = Omit<LocksOptions, 'clock'>;

const CHILD = path.join(import.meta.dirname, 'testing/lock-child.ts');
/** The shortest limit there is: whoever shows no life for so long is taken for dead by proper-lockfile. */
const BOTH: Layers = { staleMs: 2000 };
const KERNEL: Layers = { beside: false };
const DIRECTORY: Layers = { kernel: false, staleMs: 2000 };
const PAST_STALE_MS = 2600;

let top: string;
let file: string;
const crowd = new Set<ChildProcess>();

beforeEach(() => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-truth-'));
  file = path.join(top, 'locks', 'a.lock');
});
afterEach(async () => {
  await Promise.all([...crowd].map((child) => endOf(child, 'SIGKILL')));
  fs.rmSync(top, { recursive: true });
});

function join(layers: Layers): ChildProcess {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(layers), file, 'contend', '0', top], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  crowd.add(child);
  return child;
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  crowd.delete(child);
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0];
}

/** Waits until so many of the crowd have been inside: from then on they are at work. */
async function atWork(count = crowd.size): Promise<void> {
  const working = () => {
    const seen = new Set(entries(top).map(({ pid }) => pid));
    return [...crowd].filter(({ pid }) => seen.has(pid as number)).length;
  };
  await expect.poll(working, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);
}

/** Whoever is inside at this moment, when it is one of the crowd. */
const owner = (): ChildProcess | undefined => [...crowd].find(({ pid }) => pid === inside(top));

async function findOwner(): Promise<ChildProcess> {
  await expect.poll(owner, { timeout: 60_000, interval: 1 }).toBeDefined();
  return owner() ?? (await findOwner());
}

/** Somebody of the crowd, most often the one inside. */
async function choose(chance: Chance): Promise<ChildProcess> {
  await sleep(chance.below(40));
  return chance.below(4) > 0 ? await findOwner() : ([...crowd][chance.below(crowd.size)] as ChildProcess);
}

/**
 * How long nobody was inside after it died, when it died inside. The signal is not the death: on a busy machine a process
 * has to wait for its turn even to die. Its parent is told afterwards.
 */
async function killOne(victim: ChildProcess): Promise<number | undefined> {
  const killedAt = nowMs();
  await endOf(victim, 'SIGKILL');
  const diedAt = nowMs();
  const later = () => entries(top).filter(({ atMs }) => atMs > killedAt);
  await expect.poll(() => later().length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
  const successor = later().find(({ afterDead }) => afterDead === victim.pid);
  return successor && Math.max(0, successor.atMs - diedAt);
}

/** One stands still and another one computes, for longer than the stale limit; a third may die meanwhile. */
async function stall(chance: Chance): Promise<void> {
  const stopped = await choose(chance);
  stopped.kill('SIGSTOP');
  const [blocked] = [...crowd].filter((child) => child !== stopped);
  blocked?.kill('SIGUSR2');
  await sleep(PAST_STALE_MS + chance.below(300));
  stopped.kill('SIGCONT');
}

const table: [number, string, Layers][] = [
  [2, 'both layers', BOTH],
  [4, 'the kernel alone', KERNEL],
  [10, 'both layers', BOTH],
  ...(isLong
    ? ([
        [2, 'the kernel alone', KERNEL],
        [4, 'both layers', BOTH],
        [10, 'the kernel alone', KERNEL],
      ] satisfies [number, string, Layers][])
    : []),
];

it.each(table)(
  'a lock of %i processes with %s has one owner, whoever dies or stands still',
  async (count, _, layers) => {
    const chance = new Chance();
    for (let at = 0; at < count; at++) join(layers);
    const replacedAfterMs: number[] = [];
    for (let round = 0; round < rounds(1, 6); round++) {
      await atWork();
      await stall(chance);
      for (let death = 0; death < rounds(5, 10); death++) {
        // One to die, and one to be there at once.
        await atWork(2);
        const ms = await killOne(await choose(chance));
        if (ms !== undefined) replacedAfterMs.push(ms);
        join(layers);
      }
    }
    const context = `seed ${chance.seed}`;
    await atWork();
    const codes = await Promise.all([...crowd].map((child) => endOf(child, 'SIGTERM')));
    expect(violations(top), context).toEqual([]);
    expect(new Set(codes), context).toEqual(new Set([0]));
    expect(fs.readdirSync(path.dirname(file)), context).toEqual([]);
    replacedAfterMs.sort((a, b) => a - b);
    const [median = 0, worst = 0] = [replacedAfterMs[replacedAfterMs.length >> 1], replacedAfterMs.at(-1)];
    console.log(
      `${count} processes, ${context}: ${entries(top).length} entries, ${replacedAfterMs.length} dead owners replaced` +
        ` after ${median.toFixed(0)} ms (median), ${worst.toFixed(0)} ms (worst)`,
    );
    expect(replacedAfterMs.length, context).toBeGreaterThan(0);
    expect(median, context).toBeLessThan(100);
    expect(worst, context).toBeLessThan(5000);
  },
);

it('a lock of the directory alone has two owners when one stands still, and a dead one is replaced late', async () => {
  for (let at = 0; at < 2; at++) join(DIRECTORY);
  await atWork();
  let replacedAfterMs: number | undefined;
  while (replacedAfterMs === undefined) {
    replacedAfterMs = await killOne(await findOwner());
    join(DIRECTORY);
  }
  expect(replacedAfterMs).toBeGreaterThan(900);
  await atWork();
  expect(violations(top)).toEqual([]);
  while (violations(top).length === 0) {
    const stopped = await findOwner();
    stopped.kill('SIGSTOP');
    // On its way out it would not be met.
    if (inside(top) === stopped.pid)
      await expect.poll(() => violations(top).length, { timeout: 20_000 }).toBeGreaterThan(0);
    stopped.kill('SIGCONT');
  }
});
