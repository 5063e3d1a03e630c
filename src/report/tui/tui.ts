// The interface on a terminal: the plain text that lasts, and below it a live area that shows what goes on. The area opens
// when there is something to wait for, gives way to commands that need the terminal, and leaves nothing behind.
//
//   closed ──work lasts──► open ──run.finished──► closed
//                           │ ▲
//               borrowed, ^Z│ │returned, fg
//                           ▼ │
//                          closed
import type { Event, Outcome } from '../../model/event.ts';
import type { Clock } from '../../system/clock.ts';
import { isInForeground } from '../../system/foreground.ts';
import { signalJob } from '../../system/signals.ts';
import type { Paint } from '../paint.ts';
import { createPlainReporter } from '../plain.ts';
import type { Reporter } from '../reporter.ts';
import { frame, pageOf } from './frame.ts';
import { parseKeys } from './keys.ts';
import { LiveArea, type Streams } from './live.ts';
import { type Look, signsFor } from './look.ts';
import { reduce } from './reduce.ts';
import { createState, type State } from './state.ts';
import { FIRST_UI, press } from './ui.ts';

/** Eight frames a second: nobody reads faster, and each takes some milliseconds. */
const FRAME_MS = 125;
/** What is over sooner needs no pictures. */
const LASTING_MS = 200;
/** How often a job in the background looks whether it is still there. */
const LOOK_AROUND_MS = 1_000;

export interface TuiOptions {
  streams: Streams;
  clock: Clock;
  paint: Paint;
  unicode: boolean;
  quiet: boolean;
  verbose: boolean;
}

export class TuiReporter implements Reporter {
  readonly #options: TuiOptions;
  readonly #state = createState();
  readonly #area: LiveArea;
  readonly #plain: Reporter;
  readonly #timer: Disposable;
  #ui = FIRST_UI;
  /** Since when something goes on. */
  #busySince: number | undefined;
  /** Before that the area is not opened. */
  #closedUntil = 0;
  #isChanged = false;
  #drawnAt = 0;
  /** What is drawn is a service; a fault in it must not end the run. */
  #isBroken = false;

  constructor(options: TuiOptions) {
    const { streams, clock, ...words } = options;
    this.#options = options;
    this.#area = new LiveArea(streams, (text) => this.#safely(() => this.#hear(text)));
    const sink = { write: (text: string) => this.#area.say(text) };
    const drawn = { isLined: (event: Event) => options.verbose || isLasting(event, this.#state) };
    this.#plain = createPlainReporter({ ...words, clock, sink, interactive: true, drawn });
    this.#timer = clock.every(FRAME_MS, () => this.#safely(() => this.#tick()));
  }

  report(event: Event): void {
    reduce(this.#state, event);
    this.#isChanged = true;
    if (event.type === 'run.finished' || event.type === 'terminal.borrowed') this.#area.close();
    this.#plain.report(event);
  }

  async close(): Promise<void> {
    this.#timer[Symbol.dispose]();
    this.#area.close();
    await this.#plain.close();
  }

  #tick(): void {
    const { active, transfers, borrower, isFinished } = this.#state;
    if (borrower !== undefined || isFinished || this.#isBroken) return;
    const now = this.#options.clock.now();
    if (this.#area.isOpen) {
      // Times are shown in seconds.
      if (this.#isChanged || now - this.#drawnAt >= 1_000 - FRAME_MS / 2) this.#draw(now);
      return;
    }
    this.#busySince = active.size + transfers.size === 0 ? undefined : (this.#busySince ?? now);
    if (this.#busySince === undefined || now < Math.max(this.#busySince + LASTING_MS, this.#closedUntil)) return;
    this.#closedUntil = now + LOOK_AROUND_MS;
    if (!isInForeground()) return;
    this.#area.open().then(
      () => this.#safely(() => this.#draw(this.#options.clock.now())),
      (error) => this.#breakDown(error),
    );
  }

  #draw(now: number): void {
    if (!this.#area.isOpen) return;
    this.#isChanged = false;
    this.#drawnAt = now;
    this.#area.draw(frame(this.#state, this.#ui, this.#look(now)));
  }

  #hear(text: string): void {
    const { clock } = this.#options;
    for (const key of parseKeys(text)) {
      const { ui, wish } = press(this.#ui, key, this.#state, pageOf(this.#ui, this.#look(clock.now())));
      this.#ui = ui;
      if (wish === 'cancel') signalJob('SIGINT');
      if (wish === 'stop') this.#stop();
    }
    this.#draw(clock.now());
  }

  /** Ctrl-Z: the shell gets a terminal in order, and we come back when we are in the foreground again. */
  #stop(): void {
    this.#area.close();
    this.#closedUntil = this.#options.clock.now() + LOOK_AROUND_MS;
    signalJob('SIGTSTP');
  }

  #look(now: number): Look {
    const { streams, unicode, paint } = this.#options;
    const { columns, rows } = streams.output;
    // A terminal that says nothing of its size is taken for the usual one.
    return { columns: columns || 80, rows: rows || 24, now, unicode, paint, signs: signsFor(unicode) };
  }

  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#breakDown(error);
    }
  }

  #breakDown(error: unknown): void {
    this.#isBroken = true;
    this.#area.close();
    const text = `Cannot draw: ${error instanceof Error ? error.stack : error}`;
    this.#plain.report({ type: 'log.message', level: 'warn', text, at: this.#options.clock.now() });
  }
}

/** Of packages for which there was nothing to do, the count is enough; a wait is to be seen as long as it lasts. */
const FOLDED: ReadonlySet<Outcome> = new Set<Outcome>(['cached', 'present', 'skipped', 'cancelled']);

function isLasting(event: Event, { active }: State): boolean {
  if (event.type === 'package.finished') return !FOLDED.has(event.outcome);
  return event.type !== 'lock.waiting' || !active.has(event.package);
}
