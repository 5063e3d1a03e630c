// The demo, as it runs on a fresh clone: from nothing to the output of programs that were built from source.
import { execFile } from 'node:child_process';
import { cp, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cleanEnvironment } from './rig/galley.ts';
import { createProject } from './rig/project.ts';
import { networkEnvironment, overSharedCache } from './rig/shared-cache.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const TIMEOUT = 300_000;

test('the demo runs to its end with a frozen lock file, and prints what the programs say that it built', {
  timeout: TIMEOUT,
}, async () => {
  const project = overSharedCache(await createProject());
  await cp(path.join(ROOT, 'recipes'), project.at('recipes'), { recursive: true });
  await rm(project.at('recipes/demo/.galley'), { recursive: true, force: true });
  for (const name of ['dist', 'node_modules']) await symlink(path.join(ROOT, name), project.at(name));
  const { stdout } = await promisify(execFile)('sh', [project.at('recipes/demo/demo.sh')], {
    env: { ...cleanEnvironment(project), ...networkEnvironment(), CI: 'true' },
  });
  expect(stdout).toContain('Lua 5.4.6');
  expect(stdout).toMatch(/^\s+\d+ {2}size$/m);
  expect(stdout).toMatch(/^1\.9\.0$/m);
  expect(stdout).toMatch(/^zstd +\d+ -> +\d+ {2}lua$/m);
  expect(stdout).toContain('every byte is the same');
});
