// Every directory of test_data/recipes is a case: a project, and the account of what happens when it is synced twice.
// Adding a case is adding files; UPDATE_GOLDEN=1 writes the account, to be read before it is believed.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'vitest';
import { expectGolden } from '../src/testing/golden.ts';
import { tellCache, tellHome, tellRun } from './rig/account.ts';
import { galley } from './rig/galley.ts';
import { copyProject } from './rig/project.ts';

const RECIPES = path.resolve(import.meta.dirname, '../test_data/recipes');

test.each(readdirSync(RECIPES).sort())('%s does what its account says when it is synced twice', async (name) => {
  const project = await copyProject(path.join(RECIPES, name));
  const accounts: string[] = [];
  for (const title of ['first sync', 'second sync']) {
    const run = await galley(project, 'sync');
    const parts = [
      `# ${title}`,
      tellRun(run, project),
      '',
      '# cache',
      await tellCache(project),
      await tellHome(project),
    ];
    accounts.push(parts.join('\n'));
  }
  expectGolden(path.join(RECIPES, name, 'account.txt'), `${accounts.join('\n')}`);
});
