// What people read while a run goes on: a line for each outcome as it happens, and word of life when nothing has
// happened for long. How failures are told at the end is up to whoever uses this.
import type { Event } from '../model/event.ts';
import type { Clock } from '../system/clock.ts';
import { formatEvent, type Weight } from './line.ts';
import type { Paint } from './paint.ts';
import { createProgress } from './progress.ts';
import type { Sink } from './reporter.ts';

/** A person looks at the screen; whoever watches a log wants to know only that the run has not died. */
const PROGRESS_MS = { interactive: 5_000, logged: 60_000 };

export interface TellerOptions {
  sink: Sink;
  paint: Paint;
  clock: Clock;
  /** A person is watching. */
  interactive: boolean;
  quiet: boolean;
  verbose: boolean;
  /** What goes on is drawn: no word of life is needed, and only some events get a line. */
  drawn?: { isLined(event: Event): boolean };
}

export interface Teller extends Disposable {
  /** Tells an event if it is one that has a line, and this run one that wants to see it. */
  tell(event: Event): void;
  /** Writes a text as lines of its own. */
  say(text: string | undefined): void;
}

export function createTeller(options: TellerOptions): Teller {
  const { sink, paint, clock, quiet } = options;
  const progress = createProgress();
  let linedAt = clock.now();

  function say(text: string | undefined): void {
    if (text === undefined) return;
    linedAt = clock.now();
    sink.write(`${text}\n`);
  }

  const periodMs = options.interactive ? PROGRESS_MS.interactive : PROGRESS_MS.logged;
  const beat = (): void => {
    const now = clock.now();
    const text = now - linedAt < periodMs ? undefined : progress.format(now);
    if (text !== undefined) say(paint.faint(text));
  };
  const timer = quiet || options.drawn ? undefined : clock.every(periodMs, beat);

  return {
    tell(event) {
      progress.see(event);
      if (options.drawn?.isLined(event) === false) return;
      const line = formatEvent(event, paint);
      if (line && isShown(line.weight, options)) say(line.text);
    },
    say,
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}

function isShown(weight: Weight, { quiet, verbose }: TellerOptions): boolean {
  return weight === 'problem' || (weight === 'normal' && !quiet) || (weight === 'detail' && verbose && !quiet);
}
