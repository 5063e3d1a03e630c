// A reader of the event stream that tells somebody what happens. It decides nothing and never slows the run down.
import type { Event } from '../model/event.ts';

export interface Reporter {
  report(event: Event): void;
  /** True while what was reported piles up: whoever can wait should. */
  isLagging?(): boolean;
  /** Writes what is still held back. */
  close(): Promise<void>;
}

/** Where text for people goes; `process.stderr` is one. */
export interface Sink {
  write(text: string): unknown;
  /** What was written and is not taken yet. */
  writableLength?: number;
}

/** Seconds of a fast command, and nothing to the memory. */
export const MOST_PENDING = 1024 * 1024;

/** Whether somebody reads slower than we write: a pager, a full terminal, a log that is shipped elsewhere. */
export function isFull({ writableLength = 0 }: Sink): boolean {
  return writableLength > MOST_PENDING;
}

/** Several readers of one stream, as one. */
export function joinReporters(reporters: readonly Reporter[]): Reporter {
  return {
    report(event) {
      for (const reporter of reporters) reporter.report(event);
    },
    isLagging: () => reporters.some((reporter) => reporter.isLagging?.() ?? false),
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
    isLagging: () => reporter.isLagging?.() ?? false,
    close: () => reporter.close(),
  };
}
