// A file system without locks of the kernel, for the processes of one run (no-locks.c).
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';

/** Variables for runs that get no lock from the kernel. */
export async function withoutLocks(project: Project): Promise<Record<string, string>> {
  const library = path.join(project.rootDir, 'no-locks.so');
  const source = path.join(import.meta.dirname, 'no-locks.c');
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return { LD_PRELOAD: library };
}
