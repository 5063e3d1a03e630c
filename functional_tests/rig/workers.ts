// Tells from outside whether a run has evaluated any JavaScript of a manifest or recipe: the sandbox lives in threads,
// and a hook in the process notes each thread that is started.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type RunOptions, succeed } from './galley.ts';
import type { Project } from './project.ts';

const HOOK = path.join(import.meta.dirname, 'count-workers.mjs');

/** Syncs as a person does, and answers how many threads that took; 0 means that nothing was evaluated. */
export async function countWorkers(
  project: Project,
  args: string | readonly string[] = 'sync',
  { env, ...options }: RunOptions = {},
): Promise<number> {
  const file = path.join(project.rootDir, 'workers');
  await rm(file, { force: true });
  const hook = { NODE_OPTIONS: `--import=${HOOK}`, COUNT_WORKERS_IN: file };
  await succeed(project, args, { told: 'words', ...options, env: { ...env, ...hook } });
  const noted = await readFile(file, 'utf8').catch(() => '');
  return noted.split('\n').length - 1;
}
