// The interface in a real terminal: what a person sees there, what keys do, and that the terminal is in order whenever
// somebody else has it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { expectGolden } from '../src/testing/golden.ts';
import { type Command, type Control, openControl } from './rig/control.ts';
import { createProject, type Project, type ProjectOptions } from './rig/project.ts';
import { HAS_TMUX, onlyGalley, openScreen, type Screen } from './rig/tmux.ts';

const DATA = path.resolve(import.meta.dirname, '../test_data/report/tui');
const it = test.skipIf(!HAS_TMUX);
const SYNC = 'sync --jobs 3';

let project: Project;
let control: Control;
beforeEach(() => prepare());

async function prepare(options: ProjectOptions = {}): Promise<void> {
  project = await createProject({ 'recipes/a.first@r1.js': `export const install = 'touch made';` }, options);
  control = await openControl(project);
}

const building = (...names: string[]) =>
  project.write(
    Object.fromEntries(
      names.map((name) => [
        `recipes/a.${name}@r1.js`,
        `export const stage = ${JSON.stringify(control.script(`${name} begins`))};
        export const build = ${JSON.stringify(control.script(name))}; export const install = 'touch made';`,
      ]),
    ),
  );

/** Their builds begin one after the other, so that their rows have an order. */
async function begin(...names: string[]): Promise<Command[]> {
  const commands: Command[] = [];
  for (const name of names) {
    await (await control.next(`${name} begins`)).exit();
    commands.push(await control.next(name));
  }
  return commands;
}

/** A screen whose times are always the same, without the words about failures, which name directories. */
function calm(screen: string): string {
  const timeless = screen.replace(/\d+(\.\d)? s\b/g, 'N s').replace(/\b\d:\d\d\b/g, '0:00');
  return `${timeless.replace(/^failed [\s\S]*?(?=^galley)/m, '')}\n`;
}

/** Keeps what is to be seen at some moments, for one comparison. */
class Album {
  #text = '';

  async take(screen: Screen, title: string, shown: string | RegExp): Promise<void> {
    this.#text += `=== ${title}\n${calm(await screen.until(shown))}\n`;
  }

  compare(name: string): void {
    expectGolden(`${DATA}/${name}.txt`, this.#text);
  }
}

it('packages have rows as long as they are made, in any window, and then words take their place', async () => {
  await building('slow', 'wide', 'bad');
  const album = new Album();
  const screen = await openScreen(project, onlyGalley(SYNC));
  const [slow, wide, bad] = await begin('slow', 'wide', 'bad');
  await slow?.print('[1/9] cc -c one.c');
  await wide?.print(`\u001b[31m漢字\u001b[0m\u001b]0;title\u0007 50%\r${'漢字'.repeat(30)}`);
  await bad?.print('bad.c:1: error: no such thing');
  await screen.until(/^built +a\.first/m);
  await album.take(screen, '80 columns', /one\.c\n[\s\S]*漢字[\s\S]*no such thing/);
  await screen.resize(40, 18);
  await album.take(screen, '40 columns', /^galley sync \d+ s · 1 of 4 packages$/m);
  await screen.resize(100, 30);
  await album.take(screen, '100 columns', /^galley sync.* cpu 3\/3/m);
  await screen.type('Down', 'Enter');
  await slow?.print('\tindented');
  await album.take(screen, 'log of the first package', 'indented');
  await screen.type('Escape', '?');
  await album.take(screen, 'help', 'ctrl-z');
  await screen.type('?');
  await bad?.exit(1);
  await screen.until('1 failed');
  await screen.type('f');
  await album.take(screen, 'failures', /^failures/m);
  await Promise.all([slow?.exit(), wide?.exit()]);
  expect(await screen.ended()).toBe(1);
  const words = await screen.text();
  expect(words).toMatch(/^4 packages: 3 built, 1 failed in/m);
  expect(words).toContain('| bad.c:1: error: no such thing');
  // What a terminal that becomes smaller has moved into its history is out of reach.
  expect(words).not.toContain('quit');
  album.compare('screens');
});

it('ten rows of forty columns show what is at work, and scroll', async () => {
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
  await building(...names);
  const album = new Album();
  const screen = await openScreen(project, onlyGalley(SYNC.replace('3', '8')), { columns: 40, rows: 10 });
  const commands = await begin(...names);
  await screen.until('1 of 9');
  // The last one may just have begun, and would be shown first.
  await album.take(screen, '10 rows', /packages\n.{0,3}a\.one@r1 +build[\s\S]*2 more at work/);
  await screen.type('Down', 'NPage');
  await album.take(screen, 'scrolled', /^› a\.seven/m);
  await Promise.all(commands.map((command) => command.exit()));
  expect(await screen.ended()).toBe(0);
  expect(await screen.history()).not.toMatch(/quit|more at work/);
  album.compare('screens-small');
});

/** A shell that tells whether the terminal is in order whenever galley has ended. */
const SHELL = `check() { echo "status $?, $(stty -a | grep -o -e '-\\?icanon')"; }; PS1='% '; set -m`;

it('keys cancel a run as Ctrl-C does, once that is confirmed, and a second Ctrl-C ends it at once', async () => {
  await prepare({ expectTidy: false });
  await building('slow');
  const screen = await openScreen(project, `${SHELL}; galley ${SYNC}; check; galley ${SYNC}; check; read -r`);
  await begin('slow');
  await screen.until(/a\.slow@r1 .*build/);
  await screen.type('q');
  await screen.until('Cancel the run?');
  await screen.type('n');
  await screen.until('q quit');
  await screen.type('q', 'y');
  await screen.until('status 130, icanon');
  expect(await screen.hasCursor()).toBe(true);
  expect(await screen.text()).toMatch(/^2 packages: 1 built, 1 cancelled in/m);
  const [stubborn] = await begin('slow');
  await screen.until(/a\.slow@r1 .*build/);
  expect(await screen.hasCursor()).toBe(false);
  await stubborn?.ignore('SIGTERM');
  await screen.type('C-c');
  await screen.until('cancelling');
  await screen.type('C-c');
  await screen.until(/status 130, icanon[\s\S]*status 130, icanon/);
  expect(await screen.text()).not.toContain('q quit');
  expect(await screen.hasCursor()).toBe(true);
});

it('a command that talks to the person has the terminal, and gives it back', async () => {
  await building('slow');
  const ask = `read -r -p 'Your name? ' name; echo "Hello $name, $(stty -a | grep -o -e '-\\?icanon')"`;
  await project.write({
    'recipes/a.ask@r1.js': `export async function install(ctx) {
      await ctx.run(${JSON.stringify(control.script('before'))});
      await ctx.run(${JSON.stringify(ask)}, { interactive: true });
      await ctx.run(${JSON.stringify(control.script('after'))});
    }`,
  });
  const screen = await openScreen(project, onlyGalley(SYNC));
  const [slow] = await begin('slow');
  const before = await control.next('before');
  await screen.until(/a\.ask@r1 .*install/);
  await before.exit();
  const asked = await screen.until('Your name?');
  expect(asked).not.toContain('q quit');
  expect(await screen.hasCursor()).toBe(true);
  // Whoever looks at the screen meanwhile sees what he types, and nothing else.
  await slow?.print('not now');
  await screen.type('q', 'Bob', 'Enter');
  await screen.until('Hello qBob, icanon');
  const after = await control.next('after');
  await screen.until(/^Hello qBob, icanon\ngalley sync[\s\S]*not now/m);
  await screen.type('Down', 'Enter');
  await screen.until('esc back');
  await Promise.all([slow?.exit(), after.exit()]);
  expect(await screen.ended()).toBe(0);
});

it('results come after what was drawn is gone', async () => {
  await building('slow');
  const screen = await openScreen(project, onlyGalley('asset a.slow@r1'));
  const [slow] = await begin('slow');
  await screen.until('q quit');
  await slow?.exit();
  expect(await screen.ended()).toBe(0);
  expect(await screen.history()).toMatch(/^built +a\.slow@r1.*\n1 package: 1 built in.*\n\/.*\/asset\n*(Pane|$)/);
});

it('the terminal is in order after a signal, and after a fault of our own', async () => {
  await prepare({ expectTidy: false });
  await building('slow');
  await project.write({
    'fault.mjs': `process.on('SIGUSR2', () => setTimeout(() => { throw new Error('boom'); }));`,
  });
  const run = `NODE_OPTIONS='--import=${project.at('fault.mjs')}' galley ${SYNC}; check`;
  const screen = await openScreen(project, `${SHELL}; ${run}; ${run}; read -r`);
  for (const [signal, end] of [
    ['SIGTERM', 'status 143, icanon'],
    ['SIGUSR2', 'status 70, icanon'],
  ] as const) {
    await begin('slow');
    await screen.until('q quit');
    const pids = await screen.tmux('display-message', '-p', '#{pane_pid}');
    const children = await readFile(`/proc/${pids.trim()}/task/${pids.trim()}/children`, 'utf8');
    process.kill(Number(children.trim().split(' ').at(-1)), signal);
    await screen.until(end);
    expect(await screen.hasCursor()).toBe(true);
    expect(await screen.text()).not.toContain('q quit');
  }
  expect(await screen.text()).toContain('galley: Error: boom');
});

it('a job in the background draws nothing and is not stopped; one that Ctrl-Z stops comes back', async () => {
  await building('slow');
  const screen = await openScreen(
    project,
    `${SHELL}; galley ${SYNC} & sleep 0.1; read -r; fg; check; fg; check; read -r`,
  );
  const [slow] = await begin('slow');
  await screen.until('built      a.first@r1');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await screen.text()).not.toContain('q quit');
  await screen.type('Enter');
  await screen.until('q quit');
  await screen.type('C-z');
  await screen.until('status 148, icanon');
  await screen.until(/status 148, icanon[\s\S]*q quit/);
  await slow?.exit();
  await screen.until('status 0, icanon');
});
