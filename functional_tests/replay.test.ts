// A recorded run told again: byte for byte to programs, line for line to people, and what is no recording refused.
import { readFile, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import type { TraceEvent } from '../src/report/profile/profile.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

let project: Project;
beforeEach(async () => {
  project = await createProject({
    'recipes/test.good@r1.js': `export const install = 'echo working; touch made';`,
    'recipes/test.bad@r1.js': `export const build = 'echo "no such header" >&2; exit 3';`,
  });
});

const trace = (): Promise<string> => readFile(project.at('run.jsonl'), 'utf8');

test('replay tells a recorded run as it was told, by whichever reporter is chosen', async () => {
  const run = await galley(project, 'sync --trace run.jsonl --color never', { told: 'words' });
  expect(run.status).toBe(1);
  const words = { told: 'words', cwd: '..' } as const;
  const plain = await succeed(project, 'replay project/run.jsonl', words);
  expect([plain.stderr, plain.stdout]).toEqual([run.stderr, '']);
  expect(plain.stderr).toContain('| no such header');
  const json = await succeed(project, 'replay project/run.jsonl --reporter json', words);
  expect(json.stderr).toBe(await trace());
  const verbose = await succeed(project, 'replay project/run.jsonl --verbose --trace again.jsonl', words);
  expect(verbose.stderr).toContain('test.good@r1 | working');
  expect(await readFile(project.at('../again.jsonl'), 'utf8')).toBe(await trace());
});

test('a profile of a run that fails is a valid trace of every package, and that of its replay is the same', async () => {
  const run = await galley(project, 'sync --profile run.json --trace run.jsonl');
  expect(run.status).toBe(1);
  const text = await readFile(project.at('run.json'), 'utf8');
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
  expect(traceEvents.filter((event) => !isValid(event))).toEqual([]);
  expect(traceEvents.filter(({ ph, ts = 0, dur = 0 }, _, all) => ph === 'X' && ts + dur > (all[3]?.dur ?? 0))).toEqual(
    [],
  );
  const commands = traceEvents.filter(({ cat }) => cat === 'command').map(({ name, args }) => [name, args.exitCode]);
  expect(commands.sort()).toEqual([
    ['echo "no such header" >&2; exit 3', 3],
    ['echo working; touch made', 0],
  ]);
  await succeed(project, 'replay run.jsonl --profile again.json');
  expect(await readFile(project.at('again.json'), 'utf8')).toBe(text);
  const nowhere = await galley(project, 'sync --profile missing/run.json', { told: 'words' });
  expect([nowhere.status, nowhere.stderr]).toEqual([3, expect.stringContaining('missing": no such file or directory')]);
});

/** As the Trace Event Format wants complete events and metadata. */
function isValid({ name, ph, ts, dur, pid, tid }: TraceEvent): boolean {
  const isDrawn = ph === 'X' && [ts, dur].every((time) => Number.isInteger(time) && (time as number) >= 0);
  return name !== '' && Number.isInteger(pid) && Number.isInteger(tid) && (ph === 'M' || isDrawn);
}

test('replay tells what a killed run has left, and refuses what is no recording', async () => {
  await galley(project, 'sync --trace run.jsonl');
  const text = await trace();
  const replay = async (recording: string) => {
    await writeFile(project.at('run.jsonl'), recording);
    const { status, events } = await galley(project, 'replay run.jsonl');
    return { status, codes: events.codes(), words: `${events.messages()}${events.of('log.message').at(-1)?.text}` };
  };
  const cut = await replay(text.slice(0, -30));
  expect(cut).toMatchObject({ status: 0, words: expect.stringContaining('The recording has no end: it breaks off') });
  const lines = text.split('\n');
  const broken = await replay([...lines.slice(0, 3), 'x', ...lines.slice(3)].join('\n'));
  expect(broken).toMatchObject({ status: 2, words: expect.stringContaining('Cannot replay line 4 of "run.jsonl"') });
  expect(broken.codes).toContain('TRACE_INVALID');
  const newer = await replay(text.replace(/"schema":\d+/, '"schema":99'));
  expect(newer).toMatchObject({ status: 2, codes: ['TRACE_INVALID'], words: expect.stringContaining('schema 99') });
});
