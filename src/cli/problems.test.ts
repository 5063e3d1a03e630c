import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { EventBody } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import { Problems } from '../model/problems.ts';
import { createFiles } from '../system/files.ts';
import { tellError, tellProblems } from './problems.ts';

let dir: string;
let file: string;
let events: EventBody[];
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'galley-problems-'));
  file = path.join(dir, 'galley.js');
  await writeFile(file, "export const packages = [\n  { recipe: 'a.b@r1', optoins: {} },\n  'zlib',\n];\n");
  events = [];
});
afterEach(() => rm(dir, { recursive: true }));

const world = { files: createFiles(), emit: (event: EventBody) => void events.push(event) };
const problem = (at: Partial<Diagnostic>): Diagnostic => ({
  code: 'INVALID_VALUE',
  message: 'No',
  file,
  path: [],
  ...at,
});

test('problems are told in the order of lines, each with its place', async () => {
  const second = problem({ path: ['packages', 1] });
  const first = problem({ path: ['packages', 0, 'optoins'], atKey: true });
  const found = await tellProblems([second, first], world);
  expect(found.map(({ location }) => [location?.line, location?.column])).toEqual([
    [2, 23],
    [3, 3],
  ]);
  expect(events.map(({ type }) => type)).toEqual(['problem.found', 'problem.found']);
});

test('a problem whose file is gone is told without a place', async () => {
  const [found] = await tellError(new Problems([problem({ file: path.join(dir, 'gone.js') })]), world);
  expect(found).toEqual({ code: 'INVALID_VALUE', message: 'No' });
});

test('a failure is told with its package, hint and facts', async () => {
  const failure = new Failure('OFFLINE', 'No', { hint: 'Do', package: 'a.b@r1', facts: { url: 'u' } });
  await tellError(failure, world);
  const error = { code: 'OFFLINE', message: 'No', hint: 'Do', facts: { url: 'u' } };
  expect(events).toEqual([{ type: 'problem.found', package: 'a.b@r1', error }]);
});

test('an error that nobody foresaw is told as our bug, with its stack', async () => {
  const [found] = await tellError(new TypeError('boom'), world);
  expect(found).toMatchObject({ code: 'INTERNAL', message: expect.stringMatching(/TypeError: boom\n +at /) });
});
