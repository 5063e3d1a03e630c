// A process that may open few files, as on a Mac or under a careful administrator, makes as many packages as any other.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cleanEnvironment, PROGRAM } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

/** Fewer than there are packages, and of files that Node has open anyway there are some forty. */
const MOST_OPEN = 100;
const PACKAGES = 300;

test('a process that may open 100 files finds 300 packages in the cache', async () => {
  const names = Array.from({ length: PACKAGES }, (_, index) => `test.p${index}@r1`);
  const project = await createProject(
    Object.fromEntries(names.map((name) => [`recipes/${name}.js`, `export const fetch = { path: '../galley.js' };`])),
  );
  const install = (limit: string) => {
    const call = `ulimit -n ${limit}; exec "$0" "$@"`;
    const args = ['-c', call, process.execPath, PROGRAM, 'install', '--quiet'];
    return spawnSync('sh', args, { cwd: project.dir, env: cleanEnvironment(project), encoding: 'utf8' });
  };
  for (const limit of ['1024', `${MOST_OPEN}`]) {
    const { status, stderr } = install(limit);
    expect([status, stderr.split('\n').slice(0, 5)]).toEqual([0, ['']]);
  }
});
