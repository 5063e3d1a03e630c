// Text for people without drawing: one line per outcome as it happens, failures grouped at the end. What a log file
// keeps is what was seen.
import type { FailureFacts } from '../model/event.ts';
import type { Clock } from '../system/clock.ts';
import { createCriticalPath, formatCriticalPath } from './critical-path.ts';
import { createFailures } from './failures.ts';
import { formatEvent, type Weight } from './line.ts';
import type { Paint } from './paint.ts';
import { createProgress } from './progress.ts';
import { type Problem, renderProblem } from './render.ts';
import type { Reporter, Sink } from './reporter.ts';
import { formatSummary } from './summary.ts';

/** A person looks at the screen; whoever watches a log wants to know only that the run has not died. */
const PROGRESS_MS = { interactive: 5_000, logged: 60_000 };

export interface PlainOptions {
  sink: Sink;
  paint: Paint;
  clock: Clock;
  /** A person is watching. */
  interactive: boolean;
  quiet: boolean;
  verbose: boolean;
}

export function createPlainReporter(options: PlainOptions): Reporter {
  const { sink, paint, clock, quiet } = options;
  const failures = createFailures();
  const critical = createCriticalPath();
  const progress = createProgress();
  let linedAt = clock.now();

  function say(text: string | undefined): void {
    if (text === undefined) return;
    linedAt = clock.now();
    sink.write(`${text}\n`);
  }

  const periodMs = options.interactive ? PROGRESS_MS.interactive : PROGRESS_MS.logged;
  const timer = clock.every(periodMs, () => {
    const now = clock.now();
    const text = quiet || now - linedAt < periodMs ? undefined : progress.format(now);
    if (text !== undefined) say(paint.faint(text));
  });

  return {
    report(event) {
      failures.see(event);
      critical.see(event);
      progress.see(event);
      if (event.type === 'problem.found' && !failures.tells(event.error)) say(renderProblem(alone(event), paint));
      const line = formatEvent(event, paint);
      if (line && isShown(line.weight, options)) say(line.text);
      if (event.type !== 'run.finished') return;
      const chapter = failures.format(paint);
      if (chapter !== undefined) say(`\n${chapter}\n`);
      if (quiet) return;
      say(formatSummary(event));
      // Who has a failure to look at has no thought for speed.
      if (event.outcome === 'ok') say(formatCriticalPath(critical.steps(), event.durationMs));
    },
    close: async () => timer[Symbol.dispose](),
  };
}

/** A problem that belongs to no phase brings what its command printed along. */
function alone({ error }: { error: FailureFacts }): Problem {
  const { tail, log } = error.facts ?? {};
  return {
    error,
    ...(Array.isArray(tail) ? { output: tail } : {}),
    ...(typeof log === 'string' ? { logFile: log } : {}),
  };
}

function isShown(weight: Weight, { quiet, verbose }: PlainOptions): boolean {
  return weight === 'problem' || (weight === 'normal' && !quiet) || (weight === 'detail' && verbose && !quiet);
}
