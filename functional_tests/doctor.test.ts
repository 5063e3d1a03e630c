// `doctor`: it finds what is wrong, says what to do, ends with 1 only for what keeps galley from working, and looks at all
// the rest where a part cannot be looked at.
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { listNames } from './rig/disk.ts';
import { galley, type RunOptions, succeed } from './rig/galley.ts';
import { PLATFORM } from './rig/lock.ts';
import { withoutLocks } from './rig/no-locks.ts';
import { createProject, type Project } from './rig/project.ts';
import { startServer } from './rig/server.ts';

interface Finding {
  area: string;
  name: string;
  level: string;
  value: string;
  advice?: string;
}

/** The findings by area and name, and how it ended. */
async function examine(project: Project, args = '--offline', options: RunOptions = {}) {
  const { status, stdout } = await galley(project, `doctor --json ${args}`.trim(), options);
  const findings = JSON.parse(stdout) as Finding[];
  const find = (area: string, name: string): Finding | undefined =>
    findings.find((finding) => finding.area === area && finding.name === name);
  return { status, find, bad: findings.filter(({ level }) => level !== 'ok') };
}

const TOOL = `export const products = { tool: 'tool' }; export const install = 'echo > tool; chmod +x tool';`;

test('doctor finds nothing wrong in a project that works, and leaves nothing behind', async () => {
  const project = await createProject({ 'recipes/test.tool@r1.js': TOOL, 'tmp/x': '' });
  await succeed(project, 'sync');
  const before = await readdir(project.cacheDir);
  const PATH = `${project.at('.galley/bin')}:${process.env.PATH}`;
  const env = { PATH, _GALLEY_ROOT: project.dir, TMPDIR: project.at('tmp') };
  const { status, find, bad } = await examine(project, '--offline', { env });
  expect([status, bad]).toEqual([0, []]);
  expect(find('project', 'manifest')?.value).toBe(`${project.at('galley.js')}, 1 package`);
  expect(find('project', 'shell hook')?.value).toBe('active');
  expect(find('project', 'launchers')?.value).toMatch(/, on PATH$/);
  expect(find('cache', 'assets')?.value).toMatch(/^1 in /);
  expect(find('cache', 'projects')?.value).toBe('1 use it, 0 are gone');
  expect(find('cache', 'in all')?.value).toMatch(/, 0 B of it unused for 30 days$/);
  expect(find('cache', 'locks')?.value).toContain('keeps a second process out');
  expect(find('tools', 'bash')?.value).toMatch(/bash \(.*\d/);
  expect(find('program', 'node')?.value).toContain(process.versions.node);
  const left = (await listNames(project.at('tmp'))).filter((name) => name.includes('galley'));
  expect([await readdir(project.cacheDir), left]).toEqual([before, []]);
});

test('doctor says what a lock is worth where the kernel has none, and galley works there', async () => {
  const project = await createProject({ 'recipes/test.tool@r1.js': TOOL });
  const env = await withoutLocks(project);
  const { status, find } = await examine(project, '--offline', { env });
  expect([status, find('cache', 'locks')]).toMatchObject([
    0,
    {
      level: 'warn',
      value: 'not by the kernel, but by a directory and its age',
      advice: expect.stringMatching(/10 s can lose its lock.* prefer a local file system/),
    },
  ]);
  const { stdout } = await succeed(project, 'doctor --offline', { env });
  expect(stdout).toMatch(/^ {2}warn +locks +not by the kernel, .*\n {8}→ Here a process that stands still for 10 s/m);
  const all = await Promise.all(Array.from({ length: 3 }, () => succeed(project, 'sync', { env })));
  const outcomes = all.map(({ events }) => events.outcomes()['test.tool@r1']).sort();
  expect(outcomes).toEqual(['built', 'cached', 'cached']);
  const left = await Promise.all(['locks', 'leases/runs'].map((dir) => listNames(`${project.cacheDir}/${dir}`)));
  expect(left).toEqual([[], []]);
});

test('doctor shows where the value of each setting comes from', async () => {
  const project = await createProject({
    'galley.js': 'export const packages = [];',
    'galley.json': '{ "jobs": 3 }',
    '../home/.config/galley/config.json': '{ "strict": true, "jobs": 9 }',
  });
  const { find } = await examine(project, '--offline --fail-fast', { env: { GALLEY_FROZEN: '1' } });
  const values = ['offline', 'frozen', 'jobs', 'strict', 'color'].map((name) => find('settings', name)?.value);
  expect(values).toEqual([
    'true (--offline)',
    'true (GALLEY_FROZEN)',
    `3 (${project.at('galley.json')})`,
    `true (${project.homeDir}/.config/galley/config.json)`,
    'auto (default)',
  ]);
});

test('doctor needs no project, and tells all that is wrong with one', async () => {
  const project = await createProject();
  const outside = await examine(project, '--offline', { cwd: '..' });
  expect([outside.status, outside.find('project', 'manifest')?.value]).toEqual([0, 'none here or above']);
  await project.write({ 'galley.js': 'export const packages = [' });
  const broken = await examine(project);
  expect([broken.status, broken.find('project', 'manifest')]).toMatchObject([
    1,
    { level: 'error', value: expect.stringMatching(/galley\.js:1: .*\(MODULE_SYNTAX\)$/) },
  ]);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.a@r1', 'test.b@r1'];`,
    'recipes/test.a@r1.js': `export const fetch = 'npm:nothing@1.0.0'; export const stage = 7;`,
    'recipes/test.b@r1.js': `export const fetch = 'npm:nothing@1.0.0';`,
  });
  const wrong = await examine(project);
  expect([wrong.status, wrong.find('project', 'recipes')?.value]).toEqual([
    1,
    expect.stringContaining('(INVALID_VALUE)'),
  ]);
  await project.write({ 'recipes/test.a@r1.js': TOOL });
  const open = await examine(project);
  expect([open.status, open.find('project', 'galley.lock')]).toMatchObject([
    0,
    { level: 'warn', value: 'has no pin for test.b@r1', advice: 'Run galley sync and check it in' },
  ]);
  expect(open.find('project', 'shell hook')?.advice).toContain('Run galley sync once');
  await project.write({ 'a:b/galley.js': 'export const packages = [];' });
  expect((await examine(project, '--offline', { cwd: 'a:b' })).find('project', 'launchers')).toMatchObject({
    level: 'warn',
    value: expect.stringContaining('PATH cannot hold'),
  });
  await project.write({ 'galley.lock': '<<<<<<< HEAD\n' });
  expect((await examine(project)).bad.map(({ value }) => value).join()).toContain('(LOCK_FILE_INVALID)');
});

test('doctor says when there can be no cache, and what is missing on the machine', async () => {
  const project = await createProject({ 'galley.js': 'export const packages = [];', occupied: '', 'bin/x': '' });
  const { status, find } = await examine(project, `--offline --cache-root ${project.at('occupied')}`, {
    env: { PATH: project.at('bin'), TMPDIR: project.at('nowhere') },
  });
  expect([status, find('cache', 'directory')?.level]).toEqual([1, 'error']);
  expect(find('tools', 'git')).toMatchObject({ level: 'warn', value: 'not found: without it no sources by git' });
  expect(find('tools', 'go')).toMatchObject({ level: 'ok', value: expect.stringContaining('not found') });
  expect(find('program', 'temporary files')).toMatchObject({
    level: 'warn',
    value: `${project.at('nowhere')}: ENOENT`,
  });
  const foreign = await examine(project, `--offline --cache-root ${project.at('bin')}`);
  expect([foreign.status, foreign.find('cache', 'directory')?.value]).toEqual([
    1,
    expect.stringContaining('(CACHE_SCHEMA)'),
  ]);
});

test('doctor asks the hosts that the project fetches from, as the clients are configured, and nobody offline', async () => {
  const server = await startServer({ '/mirror/': 'here' });
  const about = { package: 'test.tool@r1', kind: 'file', platform: PLATFORM, sha256: '0'.repeat(64), size: 1 };
  const sources = ['http://127.0.0.1:9/x.tar', 'https://[no/x.tar', 'npm:nothing@1.0.0'];
  const lock = { schema: 1, records: [...sources.map((source) => ({ ...about, source })), 'end'] };
  const project = await createProject({
    'galley.js': 'export const packages = [];',
    'galley.lock': JSON.stringify(lock),
    '.npmrc': `registry=${server.url('/mirror')}\n`,
  });
  const { status, find } = await examine(project, '', {
    env: { no_proxy: '127.0.0.1', https_proxy: 'http://me:secret@127.0.0.1:8/' },
  });
  expect(status).toBe(0);
  expect(find('network', 'npm')).toMatchObject({ level: 'ok', value: `${server.url('/mirror/')} answers` });
  expect(server.asked('/mirror/')).toBe(1);
  expect(find('network', '127.0.0.1:9')).toMatchObject({ level: 'warn', advice: expect.stringContaining('proxy') });
  expect(find('network', 'https_proxy')?.value).not.toContain('secret');
  expect((await examine(project)).find('network', 'hosts')?.value).toBe('not asked: offline');
  expect(server.asked('/mirror/')).toBe(1);
});

test('doctor tells people in words, with what to do beside each warning, in a directory of any name', async () => {
  const project = await createProject({ 'recipes/test.tool@r1.js': TOOL });
  await project.write({
    'two\nlines/galley.js': `export const include = ['sub']; export const packages = [];`,
    'two\nlines/sub/galley.js': `export const recipe_roots = ['../../recipes']; export const packages = ['test.tool@r1'];`,
  });
  const { stdout } = await succeed(project, 'doctor --offline', { cwd: 'two\nlines' });
  expect(stdout).toMatch(/^program\n {8}galley +\d|^program\n {2} +galley +\d/);
  expect(stdout).toContain(`${project.dir}/two lines/galley.js, 1 package\n`);
  expect(stdout).toMatch(/^ +yes +false/m);
  expect(stdout).toMatch(/^ {2}warn +shell hook +does not know this project\n {8}→ Run galley sync once/m);
  expect(stdout).toMatch(/\n\n\d+ warnings?\n$/);
  expect(stdout).toMatch(/^ +depots +none \(default\)$/m);
});
