// Every event as one line of JSON (NDJSON), for programs that watch a run. Goes to stderr: stdout belongs to results.
import type { Reporter, Sink } from './reporter.ts';

export function createJsonReporter(sink: Sink): Reporter {
  return {
    report: (event) => void sink.write(`${JSON.stringify(event)}\n`),
    close: async () => {},
  };
}
