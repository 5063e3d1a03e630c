// Disks that misbehave in ways no real one does on demand: a small library (faults.c) is loaded before libc into the
// processes that copy outputs.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';

export interface Fault {
  on: 'open' | 'read' | 'write' | 'fsync';
  /** A name such as `EIO`; microseconds that each call takes; or another first byte in each answer. */
  does: string | { slowUs: number } | 'flip';
  /** How many calls; all when absent. */
  times?: number;
  /** Part of the paths that are meant. */
  path: string;
}

/** Variables for a run whose copies meet the fault. */
export async function withFault(project: Project, fault: Fault): Promise<Record<string, string>> {
  const library = path.join(project.rootDir, 'faults.so');
  const source = path.join(import.meta.dirname, 'faults.c');
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  const { on, does, times = 0 } = fault;
  const [kind, number] =
    typeof does === 'object' ? ['slow', does.slowUs] : does === 'flip' ? ['flip', 0] : ['errno', errnoOf(does)];
  const count = path.join(project.rootDir, 'faults.count');
  await rm(count, { force: true });
  return { LD_PRELOAD: library, FAULT: `${on} ${kind} ${number} ${times} ${fault.path}`, FAULT_COUNT: count };
}

function errnoOf(name: string): number {
  return constants.errno[name as keyof typeof constants.errno];
}
