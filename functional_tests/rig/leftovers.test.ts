// The rig would be no witness if it could not see what is left behind.
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findLeftovers } from './leftovers.ts';
import { createProject } from './project.ts';

test('leftovers are found: locks, scratch, work and processes', async () => {
  const project = await createProject({}, { expectTidy: false });
  const at = (...parts: string[]): string => path.join(project.cacheDir, ...parts);
  for (const dir of ['locks', 'scratch/a', 'assets/test.tool@r1/entry/work']) await mkdir(at(dir), { recursive: true });
  await writeFile(at('locks/a.lock'), '');
  const child = spawn('sleep', ['60'], { env: { PATH: process.env.PATH, TMPDIR: at('scratch/a') } });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await findLeftovers(project)).toEqual([
    'lock a.lock',
    'scratch a',
    'test.tool@r1/entry/work',
    expect.stringContaining('sleep 60'),
  ]);
});

test('a project in which nothing has happened has no leftovers', async () => {
  expect(await findLeftovers(await createProject())).toEqual([]);
});
