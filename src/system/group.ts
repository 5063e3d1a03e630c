// Ending commands together with everything they started. A target is written as for kill(2): a process id, or its
// negative for the whole process group. Processes that left the group (daemons) are beyond reach and left alone.
import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { guardSync, isErrno } from './errno.ts';

/** What a compiler needs to remove its half-written output. */
const GRACE_MS = 2_000;
/** After SIGKILL a process is gone at once, unless it hangs in the kernel; for that nobody waits long. */
const KILLED_MS = 1_000;

const running = new Set<number>();

/** While this is held, the target is killed should our own process exit. */
export function holdTarget(target: number): Disposable {
  if (running.size === 0) process.on('exit', killRunning);
  running.add(target);
  return {
    [Symbol.dispose]: () => {
      running.delete(target);
      if (running.size === 0) process.off('exit', killRunning);
    },
  };
}

function killRunning(): void {
  for (const target of running) send(target, 'SIGKILL');
}

/** Asks the target to stop, then forces it; resolves when it is gone. */
export async function endTarget(target: number, clock: Clock, graceMs = GRACE_MS): Promise<void> {
  send(target, 'SIGTERM');
  // A stopped process sees the request only when it runs again.
  send(target, 'SIGCONT');
  if (await isGoneWithin(target, graceMs, clock)) return;
  send(target, 'SIGKILL');
  await isGoneWithin(target, KILLED_MS, clock);
}

/** Waits until nothing of the target runs, or the time is over. */
export async function isGoneWithin(target: number, limitMs: number, clock: Clock): Promise<boolean> {
  const until = clock.monotonicMs() + limitMs;
  for (let pauseMs = 1; isAlive(target); pauseMs = Math.min(pauseMs * 2, 50)) {
    if (clock.monotonicMs() >= until) return false;
    await clock.sleep(pauseMs);
  }
  return true;
}

function isAlive(target: number): boolean {
  return send(target, 0) && (target > 0 || process.platform !== 'linux' || hasLiveMember(target));
}

/** False when nobody is there, or nobody whom we may signal. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}

/**
 * A zombie still counts as a member of its group. In a container whose first process does not collect orphans it stays
 * for ever, so somebody has to look for members that really run.
 */
function hasLiveMember(target: number): boolean {
  try {
    return findMembers(target).length > 0;
  } catch {
    // Too many files are open, or the system is otherwise worn out: what cannot be seen may well be there.
    return true;
  }
}

/** The processes of a target that really run, on Linux. */
export function findMembers(target: number): number[] {
  return guardSync('list', '/proc', () => readdirSync('/proc'))
    .filter((pid) => /^\d+$/.test(pid) && (target < 0 || pid === `${target}`))
    .filter((pid) => {
      const [state, , group] = readStat(pid);
      return state !== undefined && state !== 'Z' && state !== 'X' && (target > 0 || group === `${-target}`);
    })
    .map(Number);
}

/** proc_pid_stat(5) from the third field on: the second is the command's name, which may hold spaces and brackets. */
function readStat(pid: string): string[] {
  try {
    const stat = guardSync('read', `/proc/${pid}`, () => readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return []; // It has ended since.
    throw error;
  }
}
