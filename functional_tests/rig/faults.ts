// A machine that misbehaves in ways no real one does on demand: a small library (faults.c) is loaded before libc into
// the processes that copy outputs, or into galley itself.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';

/** What is asked of the system; `open` is for reading, `create` for writing, `remove` is of files and directories. */
export const CALLS = [
  ...(['open', 'create', 'read', 'write', 'truncate', 'fsync', 'rename'] as const),
  ...(['link', 'mkdir', 'remove', 'list', 'mode'] as const),
];

export interface Fault {
  /** Whose calls; those of the processes that copy outputs when absent. */
  of?: 'galley.js' | 'courier.mjs';
  /** `write` only slowly where the kernel copies: who cannot copy so falls back on another call. */
  on: (typeof CALLS)[number] | 'any';
  /** A name such as `EIO`; microseconds that each call takes; or another first byte in each answer. */
  does: string | { slowUs: number } | 'flip';
  /** How many calls go well first. */
  after?: number;
  /** How many calls; all when absent. */
  times?: number;
  /** Part of the paths that are meant. */
  path: string;
}

/** Variables for a run that meets the fault. */
export async function withFault(project: Project, fault: Fault): Promise<Record<string, string>> {
  const { of = 'courier.mjs', on, does, after = 0, times = 0 } = fault;
  const [kind, number] =
    typeof does === 'object' ? ['slow', does.slowUs] : does === 'flip' ? ['flip', 0] : ['errno', errnoOf(does)];
  const count = path.join(project.rootDir, 'faults.count');
  await rm(count, { force: true });
  return {
    LD_PRELOAD: await compile(project),
    FAULT: `${of} ${on} ${kind} ${number} ${after} ${times} ${fault.path}`,
    FAULT_COUNT: count,
  };
}

/** Variables for a run that sees the clock being set, some time after its start. */
export async function withClockJump(
  project: Project,
  { afterMs, byS }: { afterMs: number; byS: number },
): Promise<Record<string, string>> {
  return { LD_PRELOAD: await compile(project), CLOCK_JUMP: `${afterMs} ${byS}` };
}

async function compile({ rootDir }: Project): Promise<string> {
  const library = path.join(rootDir, 'faults.so');
  const source = path.join(import.meta.dirname, 'faults.c');
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
}

function errnoOf(name: string): number {
  return constants.errno[name as keyof typeof constants.errno];
}
