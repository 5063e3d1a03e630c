// Completion in real shells on a terminal: the Tab key is typed, and what galley is then called with is what was completed.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { galley, PROGRAM, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { SHELL_NAMES, type ShellName, type } from './rig/typist.ts';

// util-linux's "script" makes the terminal; that of other systems has other flags.
const canType = process.platform === 'linux' && existsSync('/usr/bin/script');

function makeProject(): Promise<Project> {
  return createProject({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.zlib@r1', 'test.other@r2'];`,
    'recipes/test.zlib@r1.js': `export const products = { zpipe: 'bin/zpipe' };
      export const install = 'mkdir bin; printf "#!/bin/sh\\n" > bin/zpipe; chmod +x bin/zpipe';`,
    'recipes/test.other@r2.js': `export const dependencies = [{ recipe: 'test.needed@r1' }]; export const install = 'touch x';`,
    'recipes/test.needed@r1.js': `export const install = 'touch y';`,
    'archives/an archive.tar': '',
  });
}

/** What is typed, where ⇥ is the Tab key → what galley is called with. */
const TYPED: Record<string, string> = {
  'gra⇥': 'graph',
  'cache inf⇥': 'cache info',
  'why zl⇥': 'why zlib',
  'why test.zlib@⇥': 'why test.zlib@r1',
  'why test.other@r⇥': 'why test.other@r2',
  'why need⇥ --reb⇥': 'why needed --rebuild',
  'graph --format merm⇥': 'graph --format mermaid',
  'list --reporter=pl⇥': 'list --reporter=plain',
  'hook fi⇥': 'hook fish',
  'run zpi⇥': 'run zpipe',
  'extract ../archives/an⇥': 'extract ../archives/an archive.tar',
};

test.skipIf(!canType).each(SHELL_NAMES)('the Tab key completes command lines of galley in %s', async (shell) => {
  const project = await makeProject();
  await succeed(project, 'sync');
  const load: Record<ShellName, string> = {
    bash: 'eval "$(galley completion bash)"',
    zsh: 'eval "$(galley completion zsh)"',
    fish: 'galley completion fish | source',
  };
  const lines = Object.keys(TYPED).map((line) => `galley ${line.replaceAll('⇥', '\t')}`);
  const { calls, screen } = await type(project, shell, [`cd '${project.at('recipes')}'`, ...lines], {
    after: load[shell],
    only: ['hook', 'completion', '__complete'],
  });
  const called = calls.filter((call) => !call.startsWith('__complete')).map((call) => call.trim());
  expect(called, screen).toEqual(Object.values(TYPED));
});

test('a key press runs nothing of a checkout, and takes names only for what they are', async () => {
  const project = await createProject({
    'galley.js': 'import "./recipes/test.a@r1.js"; throw new Error("evaluated"); // "test.quoted@r1"',
    'recipes/test.a@r1.js': 'throw new Error("evaluated");',
    '.galley/launchers.json': JSON.stringify({
      launchers: { 'bin/fine': [], 'bin/$(touch owned)': 7, 'two\nlines': {} },
    }),
    'galley.lock': '{ "package": "test.locked@r1", "nonsense',
  });
  const complete = async (line: string) => {
    return (await succeed(project, ['__complete', '--line', line], { told: 'words' })).stdout.split('\n');
  };
  expect(await complete('galley why ')).toEqual(['nothing', 'locked\ttest.locked@r1', 'quoted\ttest.quoted@r1', '']);
  expect(await complete('galley product ')).toEqual(['nothing', 'fine', '']);
  await project.write({ 'galley.js': '', '.galley/launchers.json': '[' });
  expect(await complete('galley product ')).toEqual(['nothing', '']);
});

const POWERSHELL = path.resolve(import.meta.dirname, '../runtime/shell/complete.ps1');
const hasPowerShell = (process.env.PATH ?? '').split(':').some((dir) => existsSync(path.join(dir, 'pwsh')));

test('the completion for PowerShell asks galley with one line, and closes what it opens', async () => {
  const script = readFileSync(POWERSHELL, 'utf8');
  const project = await createProject();
  expect((await succeed(project, 'completion powershell')).stdout).toBe(script);
  expect(script).toContain('Register-ArgumentCompleter -Native -CommandName galley -ScriptBlock {');
  expect(script).toContain('__complete --line $line');
  const code = script.replace(/^#.*$/gm, '').replace(/"[^"]*"|'[^']*'/g, '');
  const count = (letter: string): number => code.split(letter).length;
  expect(['{', '(', '['].map(count)).toEqual(['}', ')', ']'].map(count));
});

test.skipIf(!hasPowerShell)('PowerShell understands its completion, and completes with it', async () => {
  const project = await createProject({ 'bin/galley': `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n` });
  await chmod(project.at('bin/galley'), 0o755);
  const ask = `. '${POWERSHELL}'; (TabExpansion2 'galley gra' 10).CompletionMatches.CompletionText`;
  const env = { ...process.env, PATH: `${project.at('bin')}:${process.env.PATH}` };
  const said = execFileSync('pwsh', ['-NoProfile', '-Command', ask], { encoding: 'utf8', env });
  expect(said.trim()).toBe('graph');
});

test('completion for a shell that nobody knows is refused with the nearest', async () => {
  const project = await createProject();
  const { status, events } = await galley(project, 'completion fisch');
  expect([status, events.messages()]).toEqual([2, expect.stringContaining('did you mean "fish"?')]);
});
