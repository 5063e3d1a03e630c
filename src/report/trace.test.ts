import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EVENT_SCHEMA, type Event } from '../model/event.ts';
import { createFiles } from '../system/files.ts';
import { createTraceReporter } from './trace.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'galley-trace-'));
});
afterEach(() => rm(dir, { recursive: true }));

const open = () => createFiles().openWriter(path.join(dir, 'trace'), { start: 'replace' });
const started: Event = { type: 'run.started', at: 1, schema: EVENT_SCHEMA, version: '0', command: 'sync', jobs: 1 };
const line = (at: number): Event => ({ type: 'log.message', at, level: 'info', text: 'x'.repeat(1000) });

test('trace holds every event in order when it is closed', async () => {
  const trace = createTraceReporter(await open());
  const events = [started, ...Array.from({ length: 300 }, (_, index) => line(index))];
  for (const event of events) trace.report(event);
  await trace.close();
  const lines = (await readFile(path.join(dir, 'trace'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((text) => JSON.parse(text))).toEqual(events);
  expect(JSON.parse(lines[0] as string).schema).toBe(EVENT_SCHEMA);
});

test('trace is closed and its failure told when a write fails', async () => {
  let closed = false;
  const write = () => Promise.reject(new Error('disk full'));
  const close = async () => {
    closed = true;
  };
  const trace = createTraceReporter({ write, close });
  trace.report(started);
  await expect(trace.close()).rejects.toThrow('disk full');
  expect(closed).toBe(true);
});
