import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventBody } from '../model/event.ts';
import { withExcerpt } from './excerpt.ts';

let file: string;
beforeEach(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'galley-excerpt-')), 'a.js');
  await writeFile(file, 'one\r\ntwo\nthree');
});
afterEach(() => rm(path.dirname(file), { recursive: true }));

const failedAt = (line: number, where = file): EventBody => {
  const error = { code: 'RECIPE_THREW', message: 'No', location: { file: where, line, column: 1 } } as const;
  return { type: 'problem.found', error };
};

test.each([
  [1, 'one'],
  [2, 'two'],
  [3, 'three'],
])('an event gets line %i of the source it names', (line, excerpt) => {
  expect(withExcerpt(failedAt(line))).toMatchObject({ error: { excerpt } });
});

test('an event stays as it is when there is no such line, no such file, or no place', () => {
  const events: EventBody[] = [
    failedAt(4),
    failedAt(1, `${file}.gone`),
    { type: 'problem.found', error: { code: 'USAGE', message: 'No' } },
    { type: 'lock.released', package: 'a.b@r1' },
  ];
  for (const event of events) expect(withExcerpt(event)).toEqual(event);
});
