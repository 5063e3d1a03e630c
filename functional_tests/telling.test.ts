// How a run is told: results on stdout and nothing else there, and on stderr words, events or silence.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import type { Event } from '../src/model/event.ts';
import { openControl } from './rig/control.ts';
import { entriesOf, listNames } from './rig/disk.ts';
import { cleanEnvironment, galley, PROGRAM, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { expectTold } from './rig/told.ts';

const TOOL = 'test.tool@r1';
const ESCAPE = '\u001b[';

let project: Project;
beforeEach(async () => {
  project = await createProject({ [`recipes/${TOOL}.js`]: `export const install = 'echo making it; touch made';` });
});

const parseLines = (text: string): Event[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

test('a sync prints no result, and one line for each package and for the run', async () => {
  const { stdout, stderr } = await succeed(project, 'sync', { told: 'words' });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^built {6}test\.tool@r1 {2}[\d.]+ s\n1 package: 1 built in [\d.]+ s\n$/);
  const again = await succeed(project, 'sync', { told: 'words' });
  expect([again.stdout, again.stderr]).toEqual(['', 'galley: 1 package up to date\n']);
});

test('a quiet sync says nothing when all goes well, and still tells what fails', async () => {
  expect((await succeed(project, 'sync --quiet', { told: 'words' })).stderr).toBe('');
  await project.write({ [`recipes/${TOOL}.js`]: `export const install = 'echo oh no; exit 1';` });
  const { stderr } = await galley(project, 'sync --quiet', { told: 'words' });
  expect(stderr).toContain('| oh no');
  expect(stderr).toContain('code: COMMAND_FAILED');
});

test('a verbose sync tells every phase, every command and all that commands print', async () => {
  const { stderr } = await succeed(project, 'sync --verbose', { told: 'words' });
  expect(stderr).toMatch(/^phase {6}test\.tool@r1 {2}install$/m);
  expect(stderr).toMatch(/^command {4}test\.tool@r1 {2}echo making it; touch made$/m);
  expect(stderr).toMatch(/^test\.tool@r1 \| making it$/m);
});

test('words have no colours where nobody is watching, unless they are asked for', async () => {
  expect((await succeed(project, 'install', { told: 'words' })).stderr).not.toContain(ESCAPE);
  expect((await succeed(project, 'install --color always', { told: 'words' })).stderr).toContain(ESCAPE);
});

// It needs util-linux's "script" to make a terminal; that of other systems has other flags.
test.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/script'))(
  'words on a terminal have colours, and none with NO_COLOR',
  async () => {
    const watched = async (env: Record<string, string>): Promise<string> => {
      const call = `'${process.execPath}' '${PROGRAM}' install`;
      const options = { cwd: project.dir, env: { ...cleanEnvironment(project), TERM: 'xterm', ...env } };
      return (await promisify(execFile)('script', ['-qec', call, '/dev/null'], options)).stdout;
    };
    expect(await watched({})).toContain(ESCAPE);
    expect(await watched({ NO_COLOR: '1' })).not.toContain(ESCAPE);
  },
);

test('the JSON reporter tells every event as a line, the schema in the first', async () => {
  const { stderr } = await succeed(project, 'sync --reporter json', { told: 'words' });
  const events = parseLines(stderr);
  expect(events[0]).toMatchObject({ type: 'run.started', schema: 1, command: 'sync' });
  expect(events.at(-1)).toMatchObject({ type: 'run.finished', outcome: 'ok', counts: { built: 1 } });
  const lanes = events.filter(({ type }) => type.startsWith('lane.'));
  const [entered, left] = ['lane.entered', 'lane.left'].map((type) => ({ type, package: TOOL, lane: 'cpu' }));
  expect(lanes).toMatchObject([entered, left]);
  expect(events.every(({ at }) => Math.abs(at - Date.now()) < 60_000)).toBe(true);
});

test('a trace holds the same events that a reporter gets, whatever is shown', async () => {
  const { events } = await succeed(project, 'sync --trace run.ndjson');
  expect(parseLines(await readFile(project.at('run.ndjson'), 'utf8'))).toEqual(events.all);
  await succeed(project, 'sync --quiet --trace run.ndjson');
  expect(parseLines(await readFile(project.at('run.ndjson'), 'utf8'))[0]).toMatchObject({ schema: 1 });
});

test('a dry run says what would be done, and does nothing', async () => {
  const { stdout, stderr } = await succeed(project, 'sync --dry-run', { told: 'words' });
  expect([stdout, stderr]).toEqual(['', expect.stringContaining(`Would build ${TOOL}`)]);
  expect(await entriesOf(project, TOOL)).toEqual([]);
  expect(await listNames(project.at('.galley'))).toEqual([]);
  await succeed(project, 'sync');
  expect((await succeed(project, 'sync --dry-run', { told: 'words' })).stderr).toContain('Nothing to build');
});

test('settings come from flags before variables before the files of the project and the user', async () => {
  const reporterOf = async (args: string, env: Record<string, string> = {}): Promise<string> => {
    const { stderr } = await succeed(project, args, { told: 'words', env });
    return stderr.startsWith('{') ? 'json' : 'plain';
  };
  await project.write({ '../home/.config/galley/config.json': '{ "reporter": "json" }' });
  expect(await reporterOf('list --verbose')).toBe('json');
  await project.write({ 'galley.json': '{ "reporter": "plain" }' });
  expect(await reporterOf('install')).toBe('plain');
  expect(await reporterOf('install', { GALLEY_REPORTER: 'json' })).toBe('json');
  expect(await reporterOf('install --reporter plain', { GALLEY_REPORTER: 'json' })).toBe('plain');
});

test('a run that a signal cancels says so of every package it was working on', async () => {
  const control = await openControl(project);
  await project.write({ [`recipes/${TOOL}.js`]: `export const install = ${JSON.stringify(control.script('verb'))};` });
  const run = start(project, 'sync');
  const command = await control.next('verb');
  run.kill('SIGINT');
  await command.gone;
  const { status, events } = await run.finished;
  expect([status, events.outcomes()]).toEqual([130, { [TOOL]: 'cancelled' }]);
  expect(events.codes()).toEqual(['INTERRUPTED']);
  expectTold('INTERRUPTED', { events }, project, 'sync');
});

test('a bug of ours is told as one, with its stack and status 70', async () => {
  const env = { NODE_OPTIONS: '--import=data:text/javascript,Map.groupBy=undefined' };
  const { status, events } = await galley(project, 'cache info', { env });
  expect([status, events.codes()]).toEqual([70, ['INTERNAL']]);
  expect(events.messages()).toMatch(/Galley itself is wrong: TypeError: .*\n +at /);
  expectTold('INTERNAL', { events }, project, 'cache info');
});
