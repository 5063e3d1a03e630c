// A cache that was damaged: every difference is found and named, and what can be made again is made again, once.
import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { assetOf, entriesOf, entryOf, listNames } from './rig/disk.ts';
import type { Events } from './rig/events.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';
import { expectTold } from './rig/told.ts';

const TOOL = 'test.tool@r1';

interface Verdict {
  verified: number;
  damaged: {
    kind: string;
    path: string;
    outcome: string;
    why?: string;
    differences: { path: string; how: string }[];
  }[];
}

async function verify(
  project: Project,
  args = '',
): Promise<{ status: number; codes: string[]; events: Events } & Verdict> {
  const { status, stdout, events } = await galley(project, [
    'cache',
    'verify',
    '--json',
    ...args.split(' ').filter(Boolean),
  ]);
  return { status, codes: events.codes(), events, ...(JSON.parse(stdout) as Verdict) };
}

/** Changes the asset of the tool as a person or a bad disk would, and leaves its root as recorded. */
async function damage(project: Project, change: (dir: string) => Promise<unknown>): Promise<void> {
  const dir = path.join(await entryOf(project, TOOL), 'asset', 'sub');
  await chmod(dir, 0o755);
  await change(dir);
  await chmod(dir, 0o555);
}

const MAKING = 'mkdir sub; echo tool > sub/tool; echo other > sub/other; ln -s tool sub/link';

async function createTool(): Promise<{ project: Project; made(): Promise<number> }> {
  const project = await createProject();
  const counter = createCounter(project);
  const install = JSON.stringify(`${counter.note('tool')}; ${MAKING}`);
  await project.write({ [`recipes/${TOOL}.js`]: `export const install = ${install};` });
  await succeed(project, 'sync');
  return { project, made: () => counter.count('tool') };
}

test('verify names each difference of an asset, and ends with 1', async () => {
  const { project } = await createTool();
  expect(await verify(project)).toMatchObject({ status: 0, verified: 1, damaged: [] });
  await damage(project, async (dir) => {
    await chmod(`${dir}/tool`, 0o644);
    await chmod(`${dir}/other`, 0o644);
    await writeFile(`${dir}/tool`, 'fool\n');
    await rm(`${dir}/link`);
    await symlink('other', `${dir}/link`);
    await writeFile(`${dir}/virus`, '');
  });
  const { status, codes, damaged, events } = await verify(project);
  expect([status, codes]).toEqual([1, ['ASSET_DAMAGED']]);
  expectTold('ASSET_DAMAGED', { events }, project, 'cache verify');
  expect(damaged).toEqual([
    expect.objectContaining({
      outcome: 'damaged',
      path: await entryOf(project, TOOL),
      differences: [
        { path: 'sub/link', how: 'link' },
        { path: 'sub/other', how: 'mode' },
        { path: 'sub/tool', how: 'content' },
        { path: 'sub/virus', how: 'extra' },
      ],
    }),
  ]);
  await damage(project, (dir) => rm(`${dir}/other`));
  expect((await verify(project, 'tool')).damaged[0]?.differences[1]).toEqual({ path: 'sub/other', how: 'missing' });
  expect((await galley(project, 'cache verify nothing')).events.codes()).toEqual(['QUERY_UNKNOWN']);
});

test('repair makes a damaged asset again and swaps it; whoever has the old one open keeps it', async () => {
  const { project, made } = await createTool();
  await damage(project, (dir) => writeFile(`${dir}/virus`, ''));
  const file = path.join(await entryOf(project, TOOL), 'asset/sub/tool');
  const reader = execFileSync.bind(undefined, 'sh', ['-c', `exec 3< '${file}'; ${galleyWords(project)}; cat <&3`]);
  const answer = reader({ encoding: 'utf8', cwd: project.dir });
  expect(answer).toContain('rebuilt');
  expect(answer).toMatch(/tool\n$/);
  expect(await made()).toBe(2);
  expect((await verify(project)).damaged).toEqual([]);
  expect((await succeed(project, 'sync --verbose')).events.outcomes()).toEqual({ [TOOL]: 'cached' });
});

function galleyWords({ cacheDir }: Project): string {
  const program = path.resolve(import.meta.dirname, '../dist/galley.js');
  return `GALLEY_CACHE_ROOT='${cacheDir}' CI= '${process.execPath}' '${program}' cache verify --repair 2>&1`;
}

test('several that repair the same asset make it once', async () => {
  const { project, made } = await createTool();
  await damage(project, (dir) => writeFile(`${dir}/virus`, ''));
  const runs = await Promise.all([1, 2, 3].map(() => start(project, 'cache verify --repair').finished));
  expect(runs.map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(await made()).toBe(2);
  expect((await verify(project)).damaged).toEqual([]);
});

test('repair removes what this project does not make, and says so', async () => {
  const { project } = await createTool();
  await damage(project, (dir) => writeFile(`${dir}/virus`, ''));
  await project.write({ 'galley.js': 'export const packages = [];' });
  const { status, damaged } = await verify(project, '--repair');
  expect(status).toBe(0);
  expect(damaged).toEqual([expect.objectContaining({ outcome: 'removed', why: 'this project does not make it' })]);
  expect(await entriesOf(project, TOOL)).toEqual([]);
});

test('repair removes an asset that cannot be made again, and the failure is told', async () => {
  const { project } = await createTool();
  await damage(project, (dir) => writeFile(`${dir}/virus`, ''));
  const file = project.at(`recipes/${TOOL}.js`);
  await writeFile(project.at('flag'), '');
  const recipe = await readFile(file, 'utf8');
  await writeFile(file, recipe.replace('mkdir sub', `test ! -e '${project.at('flag')}'; mkdir sub`));
  // Another key: the damaged one is nobody's any more.
  expect((await verify(project, '--repair')).damaged).toEqual([expect.objectContaining({ outcome: 'removed' })]);
});

test('damaged downloads and recipes are removed, and fetched again when they are needed', async () => {
  const recipe = `export const identity = '${TOOL}'; export const install = 'cat "$GALLEY_FETCH_DIR/flour" > tool';`;
  const server = await startServer({ '/flour': 'flour' });
  const archive = gzipSync(await tarOf({ 'recipe.js': `${recipe} export const fetch = '${server.url('/flour')}';` }));
  const place = await startServer({ '/tool.tar.gz': archive });
  const project = await createProject({
    'galley.js': `export const packages = [{ recipe: '${TOOL}', source: '${place.url('/tool.tar.gz')}' }];`,
  });
  await succeed(project, 'sync');
  const recipesDir = path.join(project.cacheDir, 'recipes', TOOL);
  const [digest = ''] = (await listNames(recipesDir)).filter((name) => !name.includes('.'));
  await chmod(path.join(recipesDir, digest, 'recipe.js'), 0o644);
  const downloads = path.join(project.cacheDir, 'downloads/sha256');
  for (const shelf of await listNames(downloads))
    for (const name of await listNames(path.join(downloads, shelf)))
      await writeFile(path.join(downloads, shelf, name), 'flower');
  const before = await verify(project);
  expect(before.damaged.map(({ kind, differences }) => [kind, differences[0]])).toEqual([
    ['download', { path: '.', how: 'content' }],
    ['download', { path: '.', how: 'content' }],
    ['recipe', { path: 'recipe.js', how: 'mode' }],
  ]);
  const repaired = await verify(project, '--repair');
  expect([repaired.status, ...repaired.damaged.map(({ outcome }) => outcome)]).toEqual([
    0,
    'removed',
    'removed',
    'removed',
  ]);
  expect(await listNames(recipesDir)).not.toContain(digest);
  await succeed(project, 'cache remove tool --yes');
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [TOOL]: 'built' });
  expect(await assetOf(project, TOOL)).toEqual({ tool: 'flour' });
});

test('sync --check-assets reads cached assets again, and fails for one that is not what was published', async () => {
  const { project } = await createTool();
  expect((await succeed(project, 'sync --check-assets')).events.of('cache.verified')).toMatchObject([
    { differences: 0 },
  ]);
  await damage(project, (dir) => chmod(`${dir}/tool`, 0o755));
  const { status, events } = await galley(project, 'sync --check-assets');
  expect([status, events.of('phase.failed').map(({ error }) => error.code)]).toEqual([1, ['ASSET_DAMAGED']]);
  expect(events.of('phase.failed')[0]?.error.message).toContain('"sub/tool" (mode)');
});
