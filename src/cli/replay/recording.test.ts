import { expect, test } from 'vitest';
import { EVENT_SCHEMA } from '../../model/event.ts';
import { readRecording } from './recording.ts';

const started = JSON.stringify({ type: 'run.started', at: 5, schema: EVENT_SCHEMA, version: '1', command: 'sync' });
const said = '{"type":"log.message","at":6,"level":"info","text":"ä\\n\u2028b"}';
const ended = '{"type":"run.finished","at":7,"outcome":"ok","durationMs":2,"counts":{}}';

/** All of a text in pieces of so many bytes: what was read, and why the end is missing. */
async function read(text: string, size = 7): Promise<{ types: string[]; missing: string | undefined }> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const recording = readRecording(pieces(), 'x');
  const types: string[] = [];
  for await (const { number, event } of recording.lines) types.push(`${number} ${event.type}`);
  return { types, missing: recording.missing() };
}

test.each([1, 7, 1000])('a recording in pieces of %i bytes is read as it was written', async (size) => {
  expect(await read(`${[started, said, ended].join('\n')}\n`, size)).toEqual({
    types: ['1 run.started', '2 log.message', '3 run.finished'],
    missing: undefined,
  });
});

test('a recording that breaks off is read up to there, and says so', async () => {
  const cut = await read(`${started}\n${said}\n${ended.slice(0, 20)}`);
  expect(cut.types).toEqual(['1 run.started', '2 log.message']);
  expect(cut.missing).toContain('breaks off in line 3');
  expect((await read(`${started}\n${said}\n`)).missing).toContain('never told its end');
});

test('a last line without a line feed counts when it is whole', async () => {
  expect(await read(`${started}\n${ended}`)).toMatchObject({ types: { length: 2 }, missing: undefined });
});

test.each([
  ['', 'Cannot replay "x": it is empty'],
  ['{"type"', 'Cannot replay line 1 of "x": it is not valid JSON'],
  [`${said}\n`, 'Cannot replay line 1 of "x": a recording begins with "run.started"'],
  [
    `${started.replace(`${EVENT_SCHEMA},`, '99,')}\n`,
    `Cannot replay "x": its events have schema 99, and this galley shows schema ${EVENT_SCHEMA}`,
  ],
  [`${started}\n{"type":\n${ended}\n`, 'Cannot replay line 2 of "x": it is not valid JSON'],
  [`${started}\n\n`, 'Cannot replay line 2 of "x": it is not valid JSON'],
  [
    `${started}\n{"type":"log.message"}\n`,
    'Cannot replay line 2 of "x": it is no event, which has a "type" and the time "at"',
  ],
  [`${started}\nnull\n`, 'Cannot replay line 2 of "x": it is no event, which has a "type" and the time "at"'],
])('a text that is no recording is refused: %j', async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'TRACE_INVALID', message });
});
