// Every event as one line of JSON (NDJSON), for programs that watch a run. Goes to stderr: stdout belongs to results.
import { isFull, type Reporter, type Sink } from './reporter.ts';

export function createJsonReporter(sink: Sink): Reporter {
  return {
    report: (event) => void sink.write(`${JSON.stringify(event)}\n`),
    isLagging: () => isFull(sink),
    close: async () => {},
  };
}
