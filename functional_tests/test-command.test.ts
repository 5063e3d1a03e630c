// galley test: packages are made, and their recipes' own tests say whether they work.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { entriesOf } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const MADE = `export const install = 'touch made';`;

test('test makes what is missing, runs every test, and ends with 1 when one fails', async () => {
  const project = await createProject({
    'recipes/test.good@r1.js': `${MADE} export const test = 'test -f "$GALLEY_ASSET_DIR/made"';`,
    'recipes/test.bad@r1.js': `${MADE}
      export async function test(ctx) { await ctx.run('echo "it does not cook"; exit 3'); }`,
    'recipes/test.plain@r1.js': MADE,
    'recipes/test.oven@r1.js': `export const check = 'true'; export const test = 'echo hot';`,
    'recipes/test.broken@r1.js': `export const install = 'exit 1'; export const test = 'touch "$HOME/never"';`,
    'recipes/test.needs@r1.js': `export const dependencies = [{ recipe: 'test.broken@r1' }]; export const test = 'true';`,
    'recipes/test.other@r1.js': `export const platforms = ['windows']; export const test = 'true';`,
  });
  const { status, stdout, events } = await galley(project, 'test --json');
  const outcomes = {
    'test.good@r1': 'passed',
    'test.bad@r1': 'failed',
    'test.plain@r1': 'untested',
    'test.oven@r1': 'passed',
    'test.broken@r1': 'blocked',
    'test.needs@r1': 'blocked',
    'test.other@r1': 'skipped',
  };
  expect([status, events.tests()]).toEqual([1, outcomes]);
  expect(events.of('run.finished')).toMatchObject([{ tests: { passed: 2, failed: 1, untested: 1, blocked: 2 } }]);
  const answer = JSON.parse(stdout) as { outcome: string; packages: Record<string, string>[]; failures: object[] };
  expect(answer.outcome).toBe('failed');
  expect(Object.fromEntries(answer.packages.map((row) => [row.package, row.outcome]))).toEqual(outcomes);
  const bad = answer.packages.find((row) => row.package === 'test.bad@r1');
  expect(await readFile(bad?.log as string, 'utf8')).toContain('it does not cook\n');
  expect(answer.failures).toHaveLength(2);

  const words = await galley(project, 'test bad good', { told: 'words' });
  expect(words.stderr).toMatch(/test\.bad@r1\.js:2:\d+: error: Cannot test test\.bad@r1/);
  expect(words.stderr).toMatch(/\| it does not cook\n {2}in: {3}.*\n {2}log: {2}.*\.log\n/);
  expect(words.stderr).toMatch(/3 packages: 2 cached, 1 skipped; 2 tests: 1 passed, 1 failed in /);
});

test('a package without a test is never told as one that passed', async () => {
  const project = await createProject({ 'recipes/test.plain@r1.js': MADE });
  const { stderr } = await succeed(project, 'test plain', { told: 'words' });
  expect(stderr).toContain('untested   test.plain@r1  its recipe has no test\n');
  expect(await entriesOf(project, 'test.plain@r1'), 'it was made all the same').toHaveLength(1);
  const unknown = await galley(project, 'test plein');
  expect([unknown.status, unknown.events.codes()]).toEqual([2, ['QUERY_UNKNOWN']]);
});

test('tests run beside one another', async () => {
  const meet = (mine: string, other: string) =>
    `touch "$HOME/${mine}"; until [ -e "$HOME/${other}" ]; do sleep 0.02; done`;
  const project = await createProject({
    'recipes/test.one@r1.js': `${MADE} export const test = ${JSON.stringify(meet('one', 'two'))};`,
    'recipes/test.two@r1.js': `${MADE} export const test = ${JSON.stringify(meet('two', 'one'))};`,
  });
  const { events } = await succeed(project, 'test --jobs 2');
  expect(events.tests()).toEqual({ 'test.one@r1': 'passed', 'test.two@r1': 'passed' });
});

test('the first failure ends a test run only when it is asked to', async () => {
  const project = await createProject({
    'recipes/test.one@r1.js': `${MADE} export const test = 'exit 1';`,
    'recipes/test.two@r1.js': `${MADE} export const test = 'true';`,
  });
  const ask = async (words: string) => (await galley(project, words)).events.tests()['test.two@r1'];
  expect(await ask('test --jobs 1')).toBe('passed');
  expect(await ask('test --jobs 1 --fail-fast')).toBe('cancelled');
});

test('a test has what its package depends on, when that comes out of the cache as well', async () => {
  const project = await createProject({
    'recipes/test.cc@r1.js': `${MADE}`,
    'recipes/test.lib@r1.js': `${MADE} export const dependencies = [{ recipe: 'test.cc@r1' }];
      export async function test(ctx) { if (!(await ctx.exists((await ctx.asset('cc')) + '/made'))) throw new Error('no cc'); }`,
  });
  await succeed(project, 'test lib');
  await succeed(project, 'cache remove cc --yes');
  const { events } = await succeed(project, 'test lib');
  expect(events.outcomes()).toEqual({ 'test.lib@r1': 'cached', 'test.cc@r1': 'built' });
  await succeed(project, 'cache remove cc --yes');
  await succeed(project, 'install lib --check-assets');
});

test('a dry run says what would be made and tested, and does neither', async () => {
  const project = await createProject({
    'recipes/test.one@r1.js': `${MADE} export const test = 'true';`,
    'recipes/test.two@r1.js': MADE,
  });
  const { events } = await succeed(project, 'test --dry-run');
  const told = ['Would build test.one@r1', 'Would build test.two@r1', 'Would test test.one@r1'];
  expect(events.of('log.message').map(({ text }) => text)).toEqual(told);
  expect(await entriesOf(project, 'test.one@r1')).toEqual([]);
});

test('a test that is interrupted is cancelled, and has not failed', async () => {
  const project = await createProject({
    'recipes/test.long@r1.js': `${MADE} export const test = 'echo begun; sleep 60';`,
  });
  const running = start(project, 'test');
  await running.event('output.line', ({ text }) => text === 'begun');
  running.kill('SIGINT');
  const { status, events } = await running.finished;
  expect([status, events.tests()]).toEqual([130, { 'test.long@r1': 'cancelled' }]);
});
