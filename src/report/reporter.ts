// A reader of the event stream that tells somebody what happens. It decides nothing and never slows the run down.
import type { Event } from '../model/event.ts';

export interface Reporter {
  report(event: Event): void;
  /** Writes what is still held back. */
  close(): Promise<void>;
}

/** Where text for people goes; `process.stderr` is one. */
export interface Sink {
  write(text: string): unknown;
}

/** Several readers of one stream, as one. */
export function joinReporters(reporters: readonly Reporter[]): Reporter {
  return {
    report(event) {
      for (const reporter of reporters) reporter.report(event);
    },
    async close() {
      await Promise.all(reporters.map((reporter) => reporter.close()));
    },
  };
}
