// What a run leaves for those who read it later: summaries in files, and annotations, groups and a page in a workflow.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { listNames } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { faultsOf } from './rig/schema.ts';

const SCHEMA = path.resolve(import.meta.dirname, '../runtime/schemas/summary.schema.json');

/** Both summaries of a run, after programs of other people have found nothing wrong with them. */
async function summariesOf(project: Project) {
  const [json, xml] = [project.at('reports/run.json'), project.at('reports/run.xml')];
  expect(await faultsOf('jsonschema', ['--instance', json, SCHEMA])).toBe('');
  expect(await faultsOf('xmllint', ['--noout', '--nonet', xml])).toBe('');
  return { json: JSON.parse(await readFile(json, 'utf8')), xml: await readFile(xml, 'utf8') };
}

const SUMMARIES = '--summary reports/run.json --summary reports/run.xml';

/** Commands to a runner, colours, what XML cannot hold, and what would end a block of Markdown. */
const HOSTILE = `printf '::error file=x::owned\\n  ::stop-commands::x\\nx\\r::add-mask::y\\n\\033[31m::warning::z\\n##[error]v\\n\`\`\`</details>\\001]]>\\n' >&2; exit 3`;

test('a failed run in a workflow is annotated, grouped and summed up, and nothing that a recipe prints is a command', async () => {
  const project = await createProject({
    'recipes/test.salt@r1.js': `export const install = 'touch salt';`,
    'recipes/test.evil@r1.js': `
export async function build(ctx) {
  ctx.log.warn('be careful\\n::error::owned');
  await ctx.run(${JSON.stringify(HOSTILE)}, { interactive: true, check: false });
  await ctx.run(${JSON.stringify(HOSTILE)});
}`,
    'recipes/test.soup@r1.js': `export const dependencies = [{ recipe: 'test.evil@r1' }, { recipe: 'test.salt@r1' }];
export const test = 'false';`,
  });
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: project.dir,
    GITHUB_STEP_SUMMARY: project.at('page.md'),
  };
  await project.write({ 'page.md': 'of an earlier command\n' });
  const run = await galley(project, `sync --jobs 1 ${SUMMARIES}`, { env, told: 'words' });
  expect(run.status).toBe(1);
  const lines = run.stderr.split(/\r\n|[\r\n]/);

  // A runner obeys no line between these two, and the recipe cannot know the word that ends it.
  const stopped = lines.findIndex((line) => line.startsWith('::stop-commands::'));
  const token = lines[stopped]?.slice('::stop-commands::'.length);
  const resumed = lines.indexOf(`::${token}::`);
  expect(token).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines.slice(stopped + 1, resumed)).toContain('::error file=x::owned');
  const heard = [...lines.slice(0, stopped), ...lines.slice(resumed + 1)];
  expect(heard.filter((line) => line.includes('##['))).toEqual([]);
  expect(heard.filter((line) => line.trimStart().startsWith('::'))).toEqual([
    '::warning title=test.evil@r1::be careful%0A::error::owned',
    expect.stringMatching(
      /^::error file=recipes\/test\.evil@r1\.js,line=5,col=\d+,.*title=test\.evil@r1%3A COMMAND_FAILED::Cannot build test\.evil@r1: /,
    ),
    expect.stringMatching(/^::group::test\.evil@r1 failed in build after /),
    '::endgroup::',
  ]);
  expect(run.stderr.slice(run.stderr.indexOf('::group::'))).toContain('  | ::error file=x::owned\n');

  const page = await readFile(project.at('page.md'), 'utf8');
  expect(page).toMatch(
    /^of an earlier command\n### galley sync failed\n\n3 packages: 1 built, 1 failed, 1 blocked in /,
  );
  expect(page).toContain('````text\n');

  const { json, xml } = await summariesOf(project);
  expect(json).toMatchObject({
    ...{ schema: 1, command: 'sync', outcome: 'failed', problems: [] },
    counts: { packages: { built: 1, failed: 1, blocked: 1 }, tests: {} },
  });
  const evil = json.packages.find((one: { package: string }) => one.package === 'test.evil@r1');
  expect(evil).toMatchObject({
    ...{ outcome: 'failed', failed_in: 'build' },
    output: expect.arrayContaining(['::error file=x::owned', '```</details>]]>']),
    problems: [{ code: 'COMMAND_FAILED', location: { line: 5 }, facts: { exit_code: 3 } }],
  });
  expect(await readFile(evil.log, 'utf8')).toContain('owned');
  expect(xml).toMatch(/<testsuites name="galley sync" tests="3" failures="1" skipped="1" /);
  expect(xml).toContain('type="COMMAND_FAILED">');
});

test('the tests of recipes are cases of their own, and a run that goes well is summed up too', async () => {
  const project = await createProject({
    'recipes/test.salt@r1.js': `export const install = 'touch salt'; export const test = 'test -e "$GALLEY_ASSET_DIR/salt"';`,
  });
  await succeed(project, `test ${SUMMARIES}`);
  const { json, xml } = await summariesOf(project);
  expect([json.outcome, json.tests]).toMatchObject(['ok', [{ package: 'test.salt@r1', outcome: 'passed' }]]);
  expect(json.packages[0].phases.map(({ phase }: { phase: string }) => phase)).toContain('install');
  expect(xml).toContain('<testcase name="test.salt@r1" classname="galley.tests" ');
  // What there is nothing to do for is answered by the shortest way, unless somebody wants a report.
  await succeed(project, 'sync');
  await succeed(project, 'sync', { env: { GALLEY_SUMMARY: 'reports/run.xml,reports/run.json' } });
  expect((await summariesOf(project)).json.counts.packages).toEqual({ cached: 1 });
});

test('a cancelled run is summed up, and a run that does not come that far leaves no older summary', async () => {
  const project = await createProject({}, { expectTidy: false });
  const control = await openControl(project);
  await project.write({
    'recipes/test.tool@r1.js': `export const install = ${JSON.stringify(control.script('verb'))};`,
  });
  const run = start(project, `sync ${SUMMARIES}`);
  const command = await control.next('verb');
  run.kill('SIGTERM');
  await command.gone;
  expect((await run.finished).status).toBe(143);
  const { json, xml } = await summariesOf(project);
  expect(json).toMatchObject({ outcome: 'cancelled', packages: [{ outcome: 'cancelled' }] });
  expect(xml).toContain('<skipped message="');

  const killed = start(project, `sync ${SUMMARIES}`);
  await control.next('verb');
  killed.kill('SIGKILL');
  await killed.finished;
  expect(await listNames(project.at('reports'))).toEqual([]);
});

test('what is wrong with the manifest is in the summaries', async () => {
  const project = await createProject({ 'galley.js': `export const packages = [5];\nexport const pakages = [];` });
  expect((await galley(project, `sync ${SUMMARIES}`)).status).toBe(2);
  const { json, xml } = await summariesOf(project);
  expect(json.problems).toMatchObject([
    { code: 'INVALID_VALUE', location: { line: 1 }, excerpt: 'export const packages = [5];' },
    { code: 'UNKNOWN_FIELD', location: { line: 2 } },
  ]);
  expect(xml).toContain('<testsuite name="problems" tests="2" failures="2"');
});

test('a summary that cannot be written ends the run before anything is done', async () => {
  const project = await createProject({ 'recipes/test.salt@r1.js': `export const install = 'touch salt';`, file: '' });
  const { status, stderr } = await galley(project, 'sync --summary file/run.xml', { told: 'words' });
  expect([status, await listNames(project.at('.galley'))]).toEqual([3, []]);
  expect(stderr).toMatch(/^error: Cannot .*\n {2}code: IO_ERROR\n$/);
});
