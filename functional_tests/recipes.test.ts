// Every directory of test_data/recipes is a case: a project, and the account of what happens when it is synced twice.
// Adding a case is adding files; UPDATE_GOLDEN=1 writes the account, to be read before it is believed.
import { expect, test } from 'vitest';
import { expectGolden } from '../src/testing/golden.ts';
import { tellCache, tellHome, tellRun } from './rig/account.ts';
import { galley } from './rig/galley.ts';
import { listTestData, openTestData, testDataFile } from './rig/project.ts';

const CASES = await listTestData();

test.each(CASES)('%s does what its account says when it is synced twice', async (name) => {
  const project = await openTestData(name);
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
  expectGolden(testDataFile(name, 'account.txt'), `${accounts.join('\n')}`);
});

test('the test data has cases', () => {
  expect(CASES).toContain('build_nil');
});
