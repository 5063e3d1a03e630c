// Who is in the critical section, by means that have nothing to do with galley's locks: a link that only one can make. It
// names its maker, so that what a dead process left is told from what a living one has.
//
//   <dir>/inside       → the process inside
//   <dir>/entries      a line for each entry: who, when, and after which dead process
//   <dir>/violations   a line for each living process that was met inside
import { appendFileSync, readFileSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A killed process lets go of its locks a moment before it is gone. */
const DYING_MS = 500;

export interface Entry {
  pid: number;
  atMs: number;
  afterDead: number | undefined;
}

/** Epoch milliseconds with their parts. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

export async function enter(dir: string): Promise<void> {
  const atMs = nowMs();
  const met = claim(dir);
  if (met !== undefined && !(await isGoneSoon(met))) {
    appendFileSync(`${dir}/violations`, `${process.pid} met ${met}\n`);
    return;
  }
  if (met !== undefined) {
    unlinkSync(`${dir}/inside`);
    const other = claim(dir);
    if (other !== undefined) appendFileSync(`${dir}/violations`, `${process.pid} met ${other} after ${met}\n`);
  }
  appendFileSync(`${dir}/entries`, `${process.pid} ${atMs} ${met ?? ''}\n`);
}

export function leave(dir: string): void {
  if (inside(dir) === process.pid) unlinkSync(`${dir}/inside`);
  else appendFileSync(`${dir}/violations`, `${process.pid} was removed\n`);
}

/** The process inside, if there is one. */
export function inside(dir: string): number | undefined {
  try {
    return Number(readlinkSync(`${dir}/inside`));
  } catch {
    return undefined;
  }
}

export function entries(dir: string): Entry[] {
  return linesOf(`${dir}/entries`).map((line) => {
    const [pid, atMs, after] = line.split(' ');
    return { pid: Number(pid), atMs: Number(atMs), afterDead: after ? Number(after) : undefined };
  });
}

export function violations(dir: string): string[] {
  return linesOf(`${dir}/violations`);
}

/** Undefined when it is ours now, otherwise who is in. */
function claim(dir: string): number | undefined {
  try {
    symlinkSync(`${process.pid}`, `${dir}/inside`);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // Whoever is gone between the two was there nevertheless; no process has that number.
    return inside(dir) ?? -1;
  }
}

async function isGoneSoon(pid: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < DYING_MS; waitedMs += 5) {
    if (isGone(pid)) return true;
    await sleep(5);
  }
  return false;
}

/** Process 1, which nobody kills here, stands for a number that nobody has: it was there, and it lives. */
function isGone(pid: number): boolean {
  const text = textOf(`/proc/${pid < 0 ? 1 : pid}/stat`);
  return text === '' || /^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2));
}

const linesOf = (file: string): string[] => textOf(file).split('\n').filter(Boolean);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
