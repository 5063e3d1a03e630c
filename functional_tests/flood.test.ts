// Commands that print much faster than anybody reads: order and every line are kept, memory is not, a slow or absent
// reader is no harm, and a run can be cancelled at any time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Event } from '../src/model/event.ts';
import { cleanEnvironment, galley, PROGRAM, start } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

/** Lines of 80 bytes. A command waits for the reader of its pipe; a log file is followed from some distance only. */
const LINES = { 'test.pipe@r1': 800_000, 'test.file@r1': 150_000 };

/** Numbered, so that order and gaps are seen. */
const print = (lines: number) => `awk 'BEGIN { for (i = 1; i <= ${lines}; i++) printf "%070d of output\\n", i }'`;

/** One prints through a pipe, one straight into its log, at the same time. */
const FLOODS = {
  'recipes/test.pipe@r1.js': `export const build = async (ctx) => { await ctx.run(${JSON.stringify(print(LINES['test.pipe@r1']))}); };`,
  'recipes/test.file@r1.js': `export const build = ${JSON.stringify(print(LINES['test.file@r1']))};`,
};

function open(project: Project, args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: project.dir,
    env: cleanEnvironment(project),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

test('every line of two floods is told in order to somebody who reads slowly, and in the trace, in little memory', async () => {
  const project = await createProject(FLOODS);
  const child = open(project, ['sync', '--reporter', 'json', '--trace', 'trace', '--jobs', '2']);
  const ended = once(child, 'close');
  let peakKiB = 0;
  let text = '';
  for await (const chunk of child.stderr) {
    text += chunk;
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    // First nobody reads at all.
    if (text.length === chunk.length) await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  expect((await ended)[0]).toBe(0);
  for (const stream of [text, await readFile(project.at('trace'), 'utf8')]) {
    const events = stream
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    for (const [name, lines] of Object.entries(LINES)) {
      const printed = events.flatMap((event) =>
        event.type === 'output.line' && event.package === name ? event.text.split('\n') : [],
      );
      expect(printed.length, name).toBe(lines);
      expect(
        printed.findIndex((line, index) => Number.parseInt(line, 10) !== index + 1),
        name,
      ).toBe(-1);
    }
  }
  // The two floods are 76 MB.
  if (process.platform === 'linux') expect(peakKiB).toBeLessThan(330_000);
});

test('a run that floods without end is cancelled at once', async () => {
  const project = await createProject({
    // A file of this size and no more: nobody has that much room to spare.
    'recipes/test.flood@r1.js': `export const build = 'ulimit -f 1000000; while :; do yes flour | head -c 1000000; done';`,
  });
  const run = start(project, 'sync --verbose');
  await run.event('output.line');
  const sentMs = performance.now();
  run.kill('SIGTERM');
  const { status, events } = await run.finished;
  expect([status, events.outcomes()]).toEqual([143, { 'test.flood@r1': 'cancelled' }]);
  expect(performance.now() - sentMs).toBeLessThan(10_000);
});

test.each(['stderr', 'stdout'] as const)(
  'a reader of %s that goes away is no failure, and the run goes on',
  async (stream) => {
    const project = await createProject({
      'recipes/test.tool@r1.js': `export const install = 'seq 20000; touch tool';`,
    });
    const child = open(project, ['build', '--verbose', '--json', '--output-dir', 'out']);
    const ended = once(child, 'close');
    if (stream === 'stderr') await once(child.stderr, 'readable');
    child[stream].destroy();
    for (const other of ['stdout', 'stderr'] as const) if (other !== stream) child[other].resume();
    expect(await ended).toEqual([0, null]);
    expect((await galley(project, 'sync')).events.outcomes()).toEqual({ 'test.tool@r1': 'cached' });
  },
);

test('a recipe that logs more than anybody reads waits, takes little memory, and is cancelled', async () => {
  const project = await createProject({
    'recipes/test.talker@r1.js': `export async function build(ctx) {
      const text = 'y'.repeat(1 << 20);
      for (;;) {
        for (let i = 0; i < 30; i++) ctx.log.info(text);
        await ctx.exists('a');
      }
    }`,
  });
  const child = open(project, ['sync', '--reporter', 'json']);
  const ended = once(child, 'exit');
  await once(child.stderr, 'readable');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(500_000);
  }
  const sentMs = performance.now();
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(performance.now() - sentMs).toBeLessThan(5000);
});
