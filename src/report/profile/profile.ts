// `--profile`: where the time of a run went, as a file that Perfetto and chrome://tracing draw: the JSON form of the Trace
// Event Format, one row for each package.
import type { Event } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Reporter } from '../reporter.ts';
import { arrange, type Row } from './rows.ts';
import { type Span, Spans } from './spans.ts';

/** Metadata (`M`), or a complete event (`X`) with its kind, start and duration in microseconds. */
export interface TraceEvent {
  name: string;
  ph: 'M' | 'X';
  cat?: string;
  ts?: number;
  dur?: number;
  pid: number;
  tid: number;
  args: JsonObject;
}

/** Viewers want the number of a process; all of a run is one. */
const PID = 1;

/** @param save writes the whole profile; it is called once, however the run has ended */
export function createProfileReporter(save: (text: string) => Promise<void>): Reporter {
  const spans = new Spans();
  let started: Extract<Event, { type: 'run.started' }> | undefined;
  return {
    report(event) {
      if (event.type === 'run.started') started = event;
      spans.see(event);
    },
    close: () => save(`${formatProfile(spans.all(), started)}\n`),
  };
}

function formatProfile(spans: readonly Span[], started: { version: string; command: string } | undefined): string {
  const { version = '', command = '' } = started ?? {};
  const zeroAt = spans.reduce((least, { startAt }) => Math.min(least, startAt), Number.POSITIVE_INFINITY);
  const events = [
    about('process_name', { name: `galley ${command}` }),
    ...arrange(spans).flatMap((row, index) => drawRow(row, index + 1, zeroAt)),
  ];
  // One event a line: a file of this kind may be long, and people look into it.
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  const others = JSON.stringify({ galley: version, command });
  return `{"displayTimeUnit":"ms","otherData":${others},"traceEvents":[\n${lines}\n]}`;
}

function drawRow({ name, spans }: Row, tid: number, zeroAt: number): TraceEvent[] {
  return [
    about('thread_name', { name }, tid),
    about('thread_sort_index', { sort_index: tid }, tid),
    ...spans.map((span) => draw(span, tid, zeroAt)),
  ];
}

function about(name: string, args: JsonObject, tid = 0): TraceEvent {
  return { name, ph: 'M', pid: PID, tid, args };
}

function draw({ kind, name, startAt, endAt, facts }: Span, tid: number, zeroAt: number): TraceEvent {
  const [ts, dur] = [(startAt - zeroAt) * 1000, (endAt - startAt) * 1000];
  return { name, cat: kind, ph: 'X', ts, dur, pid: PID, tid, args: facts };
}
