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

/** A reader for whom a clock is set to the time of each event before it hears of that. */
export function following(reporter: Reporter, clock: { follow(at: number): void }): Reporter {
  return {
    report(event) {
      clock.follow(event.at);
      reporter.report(event);
    },
    close: () => reporter.close(),
  };
}
