// What a run must not leave behind: locks, directories of work, scratch, temporaries and processes.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { listNames } from './disk.ts';
import type { Project } from './project.ts';

/** A killed process needs a moment to disappear. */
const GRACE_MS = 1_000;

/** One line for each thing that should not be there. */
export async function findLeftovers({ rootDir, cacheDir }: Pick<Project, 'rootDir' | 'cacheDir'>): Promise<string[]> {
  const locks = await listNames(path.join(cacheDir, 'locks'));
  const scratch = await listNames(path.join(cacheDir, 'scratch'));
  return [
    ...locks.map((name) => `lock ${name}`),
    ...scratch.map((name) => `scratch ${name}`),
    ...(await listNames(path.join(cacheDir, 'leases', 'runs'))).map((name) => `leases/runs/${name}`),
    ...(await workDirs(path.join(cacheDir, 'assets'))),
    ...(await remainingProcesses(rootDir)),
  ];
}

/** Files and trees that were to get their real name, wherever they are; relative paths. */
export async function findTemporaries(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  return names.filter((name) => /\.tmp(\.json)?$|\.galley-new$/.test(name));
}

async function workDirs(assetsDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const identity of await listNames(assetsDir)) {
    for (const entry of await listNames(path.join(assetsDir, identity))) {
      const names = await listNames(path.join(assetsDir, identity, entry));
      const work = names.filter((name) => ['work', 'install', 'replaced'].includes(name));
      found.push(...work.map((name) => `${identity}/${entry}/${name}`));
    }
  }
  return found;
}

async function remainingProcesses(rootDir: string): Promise<string[]> {
  const until = Date.now() + GRACE_MS;
  for (;;) {
    const found = await findProcesses(rootDir);
    if (found.length === 0 || Date.now() >= until) return found;
    await sleep(20);
  }
}

/** Whoever has the directory in its command line or environment was started, however indirectly, by a run in it. */
async function findProcesses(rootDir: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,args='], { maxBuffer: 1 << 26 });
  return (
    stdout
      .split('\n')
      .filter((line) => line.includes(rootDir))
      // What follows the command line is its environment, which is nobody's business.
      .map((line) => `process ${line.trim().slice(0, 60)}`)
  );
}
