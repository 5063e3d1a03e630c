// Times programs from outside, in turns: whatever else loads the machine at a moment loads all of them alike, so the
// ratios hold where the times do not. Knows nothing of what the programs do.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program as it is started, and what makes its world fresh before each start; that is not timed. */
export interface Program {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  before?: () => Promise<void>;
}

/** Milliseconds of each counted round: what stands at one index of two of them was measured within one round. */
export type TimesOf = (name: string | number) => number[];

/** Runs every program once in each round. The first round only warms caches and is not counted. */
export async function timeInTurns(programs: Readonly<Record<string, Program>>, rounds: number): Promise<TimesOf> {
  const timed = Object.entries(programs).map(([name, program]) => ({ name, program, times: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const { program, times } of timed) {
      const ms = await timeOnce(program);
      if (round > 0) times.push(ms);
    }
  }
  return (wanted) => timed.find(({ name }) => name === `${wanted}`)?.times ?? [];
}

/** From before the start until after the end. */
export async function timeOnce({ argv: [file = '', ...args], cwd, env, before }: Program): Promise<number> {
  await before?.();
  const startMs = performance.now();
  const { status, error, stderr } = spawnSync(file, args, {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  const ms = performance.now() - startMs;
  if (status !== 0) throw error ?? new Error(`${file} ${args.join(' ')} exited with ${status}:\n${stderr}`);
  return ms;
}

/**
 * The most memory that the program's own process ever had, its threads included, its children not. The kernel keeps that
 * figure until the process is gone, so a look every few milliseconds only misses what the last of them added.
 * */
export async function peakMegabytes({ argv: [file = '', ...args], cwd, env, before }: Program): Promise<number> {
  await before?.();
  const child = spawn(file, args, { cwd, env, stdio: 'ignore' });
  let peakKb = Number.NaN;
  const looking = setInterval(() => {
    peakKb = readPeakKb(child.pid) ?? peakKb;
  }, 4);
  const status = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(looking);
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} exited with ${status}`);
  return peakKb / 1024;
}

/** proc_pid_status(5); a process that has ended has no such line any more. */
function readPeakKb(pid: number | undefined): number | undefined {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return line?.[1] === undefined ? undefined : Number(line[1]);
  } catch {
    return undefined;
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
}
