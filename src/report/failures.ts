// Remembers what went wrong with each package and the last lines its commands printed, and tells it all at the end,
// grouped: in a parallel run the story of one failure is otherwise torn apart.
import { formatDuration } from '../model/amount.ts';
import type { Event, FailureFacts } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';
import { isOffline, offlineChapter } from './offline.ts';
import type { Paint } from './paint.ts';
import { renderProblem } from './render.ts';

/** Enough for a compiler's complaint with its context. */
const TAIL_LINES = 20;

interface FailedPhase {
  package: string;
  phase?: Phase | 'test';
  durationMs: number;
  errors: FailureFacts[];
  logFile?: string | undefined;
  output: string[];
}

export interface Failures {
  see(event: Event): void;
  /** Whether the chapter will tell this already. */
  tells(error: FailureFacts): boolean;
  /** The whole chapter, or undefined when all went well. */
  format(paint: Paint): string | undefined;
}

export function createFailures(): Failures {
  const tails = new Map<string, string[]>();
  const failed = new Map<string, FailedPhase>();

  function fail(
    event: Extract<Event, { type: 'phase.failed' | 'package.finished' | 'test.finished' }>,
    error: FailureFacts,
  ): void {
    // The phase knows more than the package's end that follows it.
    if (failed.has(event.package)) return;
    const { package: name, durationMs } = event;
    const output = lastLines(tails.get(name) ?? []);
    const where = event.type === 'package.finished' ? {} : { phase: phaseOf(event), logFile: event.logFile };
    failed.set(name, { package: name, durationMs, errors: [error], output, ...where });
  }

  /** Several problems of one text fail one phase. */
  function join(name: string, error: FailureFacts): void {
    const errors = failed.get(name)?.errors ?? [];
    if (!errors.some((told) => isSame(told, error))) errors.push(error);
  }

  return {
    see(event) {
      if (event.type === 'output.line' && event.package !== undefined) remember(tails, event.package, event.text);
      if (event.type === 'phase.failed') fail(event, event.error);
      if (event.type === 'test.finished' && event.error) fail(event, event.error);
      if (event.type === 'problem.found' && event.package !== undefined) join(event.package, event.error);
      if (event.type !== 'package.finished') return;
      if (event.outcome === 'failed' && event.error) fail(event, event.error);
      if (event.outcome === 'cancelled' || event.outcome === 'blocked') failed.delete(event.package);
      tails.delete(event.package);
    },
    tells: (error) => [...failed.values()].some(({ errors }) => errors.some((told) => isSame(told, error))),
    format(paint) {
      if (failed.size === 0) return undefined;
      const title = paint.strong(`${failed.size} ${failed.size === 1 ? 'package' : 'packages'} failed`);
      const { missing = [], others = [] } = Object.groupBy(failed.values(), ({ errors }) =>
        isOffline(errors) ? 'missing' : 'others',
      );
      const [joined, alone] =
        missing.length > 1 ? [[offlineChapter(missing, paint)], others] : [[], [...failed.values()]];
      return [title, ...joined, ...alone.map((one) => chapterOf(one, paint))].join('\n\n');
    },
  };
}

function phaseOf(event: Extract<Event, { type: 'phase.failed' | 'test.finished' }>): Phase | 'test' {
  return event.type === 'phase.failed' ? event.phase : 'test';
}

function chapterOf({ package: name, phase, durationMs, errors, output, logFile }: FailedPhase, paint: Paint): string {
  const where = phase === undefined ? '' : ` in ${phase}`;
  const head = `${paint.bad(name)} failed${where} after ${formatDuration(durationMs)}`;
  const problems = errors.map((error) =>
    renderProblem(errors.length === 1 ? { error, output, logFile } : { error }, paint),
  );
  return [head, ...problems].join('\n');
}

/** Two places may have the same problem. */
function isSame(one: FailureFacts, other: FailureFacts): boolean {
  return one.message === other.message && one.location?.line === other.location?.line;
}

/** One text holds at least one line, so that many texts are always enough. */
function remember(tails: Map<string, string[]>, name: string, text: string): void {
  const tail = tails.get(name) ?? [];
  tails.set(name, tail);
  tail.push(text);
  if (tail.length > TAIL_LINES) tail.shift();
}

function lastLines(texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : texts.join('\n').split('\n').slice(-TAIL_LINES);
}
