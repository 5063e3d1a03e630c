// What `galleyw` answers without node: exactly what node would have, whatever paths, variables and words look like, and
// nothing when it cannot be sure. What else changes is in no-op.test.ts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnvironment, succeed } from './rig/galley.ts';
import { answerOfShell, installLauncher, PIN_LINE } from './rig/launcher.ts';
import { createProject, type Project } from './rig/project.ts';

const ANSWER = 'galley: 1 package up to date\n';
/** What a shell that read it as anything but text would do something about. */
const ODD = ` *?[a]'"\\$(touch owned)\`touch owned\`;touch owned -exec `;

const RECIPE = `export const identity = 'test.pot@r1'; export const env = ['HEAT'];
  export const fetch = { path: '../tree' };`;

/** A project that has been synced in a directory of its own, so that its launcher could answer. */
async function createSynced(dir: string, env: Readonly<Record<string, string>> = {}): Promise<Project> {
  const outer = await createProject();
  await outer.write({
    [`${dir}/galley.js`]: `${PIN_LINE} export const recipe_roots = ['r']; export const packages = ['test.pot@r1'];`,
    [`${dir}/r/test.pot@r1.js`]: RECIPE,
    [`${dir}/tree/${ODD}\n${ODD}`]: 'text',
  });
  const project = { ...outer, dir: outer.at(dir), at: (...parts: string[]) => outer.at(dir, ...parts) };
  await installLauncher(project);
  for (const _ of ['first', 'second']) await succeed(project, 'sync', { told: 'words', env });
  return project;
}

// The lines of a memo.
const ANSWERED = /^.*/;
const NAMES = /(?<=^.*\n).*/;
const ARCHITECTURE = /(?<=^(?:.*\n){3}).*/;

async function expectNothingRun(project: Project): Promise<void> {
  const names = await readdir(project.rootDir, { recursive: true });
  expect(names.filter((name) => path.basename(name) === 'owned')).toEqual([]);
}

test('odd paths and values are compared as they are, and run nothing, in each shell', async () => {
  const env = { HEAT: `low\nGALLEY_X=1${ODD}\n` };
  const project = await createSynced(`kitchen${ODD}`, env);
  for (const shell of [[], ['dash'], ['bash'], ['bash', '-p']])
    expect(answerOfShell(project, 'sync', { env, shell }), shell.join(' ')).toBe(ANSWER);
  // As the shell hook sets it.
  expect(answerOfShell(project, 'sync', { env: { ...env, GALLEY_PROJECT_ROOT: project.dir } })).toBe(ANSWER);
  for (const HEAT of ['low', 'low\nGALLEY_X=1', `${env.HEAT}\n`, ''])
    expect(answerOfShell(project, 'sync', { env: { HEAT } }), HEAT).toBeUndefined();
  expect(answerOfShell(project), 'no variable').toBeUndefined();
  await writeFile(project.at(`tree/${ODD}\n${ODD}`), 'news');
  expect(answerOfShell(project, 'sync', { env }), 'a file of an odd name').toBeUndefined();
  await expectNothingRun(project);
});

test('what is no plain sync, or cannot be told in lines, is left to node', async () => {
  const project = await createSynced('.');
  expect(answerOfShell(project)).toBe(ANSWER);
  for (const args of [[], ['list'], ['sync', 'pot'], ['sync', ''], ['sync', '-q'], ['sync', '--verbose'], ['sync\n']])
    expect(answerOfShell(project, args), args.join(' ')).toBeUndefined();
  for (const args of [
    ['sync', '--manifest', 'galley.js'],
    ['sync', '--verbose'],
    ['sync', '--summary', 'summary.json'],
  ]) {
    await succeed(project, args, { told: 'words' });
    expect(answerOfShell(project, args), args.join(' ')).toBeUndefined();
  }
  for (const _ of ['other arguments', 'the same'])
    await succeed(project, ['sync', '-q', '--jobs', '2'], { told: 'words' });
  expect(answerOfShell(project, ['sync', '-q', '--jobs', '2'])).toBe('');
  const broken = await createSynced('in two\nlines');
  expect(answerOfShell(broken)).toBeUndefined();
});

test('what lies beside a project is noticed: nearer manifests, settings, a use that the cache has not heard of for a day', async () => {
  const project = await createSynced('.');
  await mkdir(project.at('tree/deep/er'), { recursive: true });
  const cwd = 'tree/deep/er';
  for (const _ of ['other directory', 'the same']) await succeed(project, 'sync', { told: 'words', cwd });
  expect(answerOfShell(project, 'sync', { cwd })).toBe(ANSWER);
  for (const name of ['tree/deep/er/galley.js', 'tree/deep/er/.git', '../home/.config']) {
    await mkdir(project.at(name));
    expect(answerOfShell(project, 'sync', { cwd }), name).toBeUndefined();
    await rm(project.at(name), { recursive: true });
  }
  // Those of the tree have changed its times, so that is synced anew.
  for (const _ of ['the tree', 'nothing']) await succeed(project, 'sync', { told: 'words' });
  expect(answerOfShell(project)).toBe(ANSWER);
  const [lease] = (await readdir(`${project.cacheDir}/leases/projects`)).map((name) =>
    path.join(project.cacheDir, 'leases/projects', name),
  );
  const yesterday = Date.now() / 1000 - 25 * 60 * 60;
  await utimes(`${lease}`, yesterday, yesterday);
  expect(answerOfShell(project), 'a day later').toBeUndefined();
  await succeed(project, 'sync', { told: 'words' });
  expect(answerOfShell(project), 'after node has told the cache').toBe(ANSWER);
});

test('a memo that somebody else has written runs nothing, and one that lacks a part does not count', async () => {
  const project = await createSynced('.');
  const [memo, paths] = [project.at('.galley/unchanged'), project.at('.galley/unchanged.paths')];
  const [text, list] = [await readFile(memo, 'utf8'), await readFile(paths)];
  // All that is compared is as it was, but for one line.
  const lines: Record<string, [RegExp, string, string?]> = {
    'another answer of ours': [ANSWERED, 'galley: 7 packages up to date', 'galley: 7 packages up to date\n'],
    'an answer that steers the terminal': [ANSWERED, 'galley: \x1b[2J package up to date'],
    'an answer of others': [ANSWERED, 'run me'],
    'a pattern that matches nothing more': [NAMES, '|[C]OLD'],
    'names that take gigabytes': [NAMES, '|HEAT'.repeat(1000)],
    'another machine': [ARCHITECTURE, 'vax'],
  };
  for (const [name, [line, now, answer]] of Object.entries(lines)) {
    await writeFile(memo, text.replace(line, now));
    expect(answerOfShell(project), name).toBe(answer);
  }
  const hostile: Record<string, [Buffer | string, Buffer | string]> = {
    commands: ['$(touch owned)\n`touch owned`\n;touch owned', list],
    'options of find': [text, '-exec\0touch\0owned\0;\0-delete\0'],
    'more to look at': [text, `${list}/etc\0`],
    'less to look at': [text, list.subarray(0, list.length / 2)],
    'half a memo': [text.slice(0, text.length / 2), list],
    nothing: ['', ''],
    'one line': ['galley: 1 package up to date', list],
    'a pattern that is none': [text.replace(NAMES, '(((('), list],
    'a pattern that takes gigabytes': [text.replace(NAMES, '(((((a{1,255}){1,255}){1,255})))$'), list],
    'an option in place of a pattern': [text.replace(NAMES, '--include=owned'), list],
  };
  for (const [name, [ofMemo, ofPaths]] of Object.entries(hostile)) {
    await writeFile(memo, ofMemo);
    await writeFile(paths, ofPaths);
    expect(answerOfShell(project), name).toBeUndefined();
  }
  // A shell would compare this one with itself, and find would read that one for ever.
  for (const [file, device] of [
    [paths, '/dev/zero'],
    [memo, '/dev/stdin'],
    [memo, '/dev/zero'],
  ] as const) {
    await rm(file);
    await symlink(device, file);
    expect(answerOfShell(project), device).toBeUndefined();
  }
  await rm(memo);
  await mkdir(memo);
  expect(answerOfShell(project), 'a directory').toBeUndefined();
  await expectNothingRun(project);
});

test('where find, grep, sort or cmp are others than GNU has, node is asked, even if no variable counts', async () => {
  const project = await createSynced('.');
  const bin = path.join(project.rootDir, 'bin');
  const PATH = `${bin}:${process.env.PATH}`;
  const memo = project.at('.galley/unchanged');
  const text = await readFile(memo, 'utf8');
  // As a person leaves it who has no settings.
  const bare = text.replace(/(?<=\0)(?:HOME|XDG_\w+|GALLEY_CACHE_ROOT)=[^\0]*\0/g, '');
  for (const name of ['find', 'grep', 'sort', 'cmp']) {
    await mkdir(bin);
    await writeFile(path.join(bin, name), `#!/bin/sh\necho '${name}: unrecognized: $1' >&2\nexit 1\n`);
    await chmod(path.join(bin, name), 0o755);
    for (const known of [bare, text]) {
      await writeFile(memo, known);
      expect(answerOfShell(project, 'sync', { env: { PATH } }), name).toBeUndefined();
    }
    await rm(bin, { recursive: true });
  }
  expect(answerOfShell(project, 'sync', { env: { PATH } })).toBe(ANSWER);
});

test('where nobody can read the answer, node is asked what that means', async () => {
  const project = await createSynced('.');
  for (const how of ['2>&-', '2>/dev/full', '<&- 2>&-'])
    expect(answerOfShell(project, 'sync', { shell: ['sh', '-c', `"$@" ${how}`, 'sh'] }), how).toBeUndefined();
  expect(answerOfShell(project, 'sync', { shell: ['sh', '-c', 'bash "$@" 2>&-', 'sh'] }), 'bash').toBe('');
});

test('a build and its product get the variables and the standard input that galleyw got', async () => {
  const project = await createSynced('.');
  await rm(project.at('node_modules/.bin/node'));
  await symlink(process.execPath, project.at('node_modules/.bin/node'));
  const names = ['answer', 'pin', 'node', 'dir', 'line', 'package', 'tools', 'up', 'memo', 'variables'];
  const recipe = `export const identity = 'test.pot@r1'; export const env = ${JSON.stringify(names)};
    export const install = 'echo "#!/bin/sh" > cook; chmod +x cook; echo "echo $${names.join(' $')}; cat" >> cook';
    export const products = { cook: 'cook' };`;
  await writeFile(project.at('r/test.pot@r1.js'), recipe);
  const env = { ...cleanEnvironment(project), ...Object.fromEntries(names.map((name) => [name, `own-${name}`])) };
  const options = { cwd: project.dir, env, input: 'salt', encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync('./galleyw', ['run', 'cook'], options);
  expect(stdout, stderr).toBe(`${names.map((name) => `own-${name}`).join(' ')}\nsalt`);
});

test.skipIf(!existsSync('/usr/bin/strace'))(
  'a sync with nothing to do starts four small programs, and no node',
  async () => {
    const project = await createSynced('.');
    const trace = path.join(project.rootDir, 'trace');
    const args = ['-f', '-qq', '-e', 'trace=execve', '-o', trace, project.at('galleyw'), 'sync'];
    expect(spawnSync('strace', args, { cwd: project.dir, env: cleanEnvironment(project) }).status).toBe(0);
    // A line may end before the answer, where another process came between.
    const calls = (await readFile(trace, 'utf8')).matchAll(/execve\("([^"]*)".*(?<! = -1 .*)$/gm);
    const programs = Array.from(calls, ([, file = '']) => path.basename(file));
    expect(programs.sort()).toEqual(['cmp', 'find', 'galleyw', 'grep', 'sort']);
  },
);
