// A recorded run, as `--trace` and `--reporter json` write it, read line by line. It may come from anywhere, so nothing in
// it is believed; who shows it is another's business.
import { EVENT_SCHEMA, type Event } from '../../model/event.ts';
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** One line of a recording. */
export interface RecordedLine {
  /** From 1. */
  number: number;
  event: Event;
}

export interface Recording {
  /** In their order, and each as it was written. */
  lines: AsyncGenerator<RecordedLine, void>;
  /** Why the end is missing, once all lines have been read; undefined of a run that came to its end. */
  missing(): string | undefined;
}

/**
 * @param name what people call it
 * @throws Failure TRACE_INVALID, from `lines`, at the first line that is no event of this schema
 */
export function readRecording(bytes: AsyncIterable<Uint8Array>, name: string): Recording {
  let missing: string | undefined = 'the run never told its end: it was killed, or is still going on';

  async function* lines(): AsyncGenerator<RecordedLine, void> {
    let number = 0;
    for await (const { text, isWhole } of linesOf(bytes)) {
      number++;
      const value = parse(text);
      if (value === undefined && !isWhole && number > 1) {
        missing = `it breaks off in line ${number}: the run was killed while it wrote that, or is still going on`;
        return;
      }
      const event = eventOf(value, number, name);
      if (number === 1) expectSchema(event, name);
      if (event.type === 'run.finished') missing = undefined;
      yield { number, event };
    }
    if (number === 0) throw invalid(name, 'it is empty');
  }

  return { lines: lines(), missing: () => missing };
}

/** @param number the line that is meant, where there is one */
export function invalid(name: string, reason: string, number?: number, hint?: string): Failure {
  const place = number === undefined ? '' : ` line ${number} of`;
  return new Failure('TRACE_INVALID', `Cannot replay${place} "${name}": ${reason}`, hint === undefined ? {} : { hint });
}

/** Text is cut at line feeds only; `isWhole` is false of a last line without one. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<{ text: string; isWhole: boolean }, void> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const piece of bytes) {
    const parts = (held + decoder.decode(piece, { stream: true })).split('\n');
    held = parts.pop() as string;
    for (const text of parts) yield { text, isWhole: true };
  }
  if (held !== '') yield { text: held, isWhole: false };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function eventOf(value: Json | undefined, number: number, name: string): Event {
  if (value === undefined) throw invalid(name, 'it is not valid JSON', number);
  if (isJsonObject(value) && typeof value.type === 'string' && typeof value.at === 'number') {
    // Its members are what its type says, or it cannot be shown: whoever shows it finds out.
    return value as JsonObject & Event;
  }
  throw invalid(name, 'it is no event, which has a "type" and the time "at"', number);
}

function expectSchema(event: Event, name: string): void {
  if (event.type !== 'run.started') {
    throw invalid(name, 'a recording begins with "run.started"', 1, 'Record a run with --trace');
  }
  const { schema, version } = event;
  if (schema === EVENT_SCHEMA) return;
  const reason = `its events have schema ${JSON.stringify(schema)}, and this galley shows schema ${EVENT_SCHEMA}`;
  throw invalid(name, reason, undefined, `Replay it with the galley that recorded it: ${version}`);
}
