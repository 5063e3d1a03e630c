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

/** Long enough for any line that says something; what is longer is data. */
const LINE_CHARACTERS = 4_000;

/** Of one package: nobody mends more at a time, and a generated recipe may have as many as it has lines. */
const MOST_TOLD = 50;

export interface FailedPackage {
  package: string;
  phase?: Phase | 'test';
  durationMs: number;
  errors: FailureFacts[];
  logFile?: string | undefined;
  /** The last lines that its commands printed. */
  output: string[];
}

export interface Failures {
  see(event: Event): void;
  /** Whether the chapter will tell this already. */
  tells(error: FailureFacts): boolean;
  list(): FailedPackage[];
  /** The whole chapter, or undefined when all went well. */
  format(paint: Paint): string | undefined;
}

/** @param tailLines how many lines of output are remembered of each package */
export function createFailures(tailLines = TAIL_LINES): Failures {
  const tails = new Map<string, string[]>();
  const failed = new Map<string, FailedPackage>();
  /** By package: what is the same of problems that are one. */
  const known = new Map<string, Set<string>>();

  function fail(
    event: Extract<Event, { type: 'phase.failed' | 'package.finished' | 'test.finished' }>,
    error: FailureFacts,
  ): void {
    // The phase knows more than the package's end that follows it.
    if (failed.has(event.package)) return;
    const { package: name, durationMs } = event;
    // A quiet command prints nothing but in its failure, which also knows what was said long before the end.
    const [seen, tail] = [tails.get(name) ?? [], tailOf(error)];
    const output = seen.length > tail.length ? seen : tail;
    const where = event.type === 'package.finished' ? {} : { phase: phaseOf(event), logFile: event.logFile };
    failed.set(name, { package: name, durationMs, errors: [error], output, ...where });
    known.set(name, new Set([sameness(error)]));
  }

  function remember(name: string, text: string): void {
    const lines = lastLines(text, tailLines).map((line) => line.slice(0, LINE_CHARACTERS));
    tails.set(name, [...(tails.get(name) ?? []), ...lines].slice(-tailLines));
  }

  /** Several problems of one text fail one phase. */
  function join(name: string, error: FailureFacts): void {
    if (known.get(name)?.has(sameness(error))) return;
    known.get(name)?.add(sameness(error));
    failed.get(name)?.errors.push(error);
  }

  function forget(name: string): void {
    failed.delete(name);
    known.delete(name);
  }

  return {
    see(event) {
      if (event.type === 'output.line' && event.package !== undefined) remember(event.package, event.text);
      if (event.type === 'phase.failed') fail(event, event.error);
      if (event.type === 'test.finished' && event.error) fail(event, event.error);
      if (event.type === 'problem.found' && event.package !== undefined) join(event.package, event.error);
      if (event.type !== 'package.finished') return;
      if (event.outcome === 'failed' && event.error) fail(event, event.error);
      if (event.outcome === 'cancelled' || event.outcome === 'blocked') forget(event.package);
      tails.delete(event.package);
    },
    list: () => [...failed.values()],
    tells(error) {
      const same = sameness(error);
      return known.values().some((told) => told.has(same));
    },
    format: (paint) => (failed.size === 0 ? undefined : formatAll([...failed.values()], paint)),
  };
}

function phaseOf(event: Extract<Event, { type: 'phase.failed' | 'test.finished' }>): Phase | 'test' {
  return event.type === 'phase.failed' ? event.phase : 'test';
}

/** Whatever could not be had offline is told together. */
function formatAll(failed: readonly FailedPackage[], paint: Paint): string {
  const title = paint.strong(`${failed.length} ${failed.length === 1 ? 'package' : 'packages'} failed`);
  const { missing = [], others = [] } = Object.groupBy(failed, ({ errors }) =>
    isOffline(errors) ? 'missing' : 'others',
  );
  const [joined, alone] = missing.length > 1 ? [[offlineChapter(missing, paint)], others] : [[], failed];
  return [title, ...joined, ...alone.map((one) => chapterOf(one, paint))].join('\n\n');
}

function chapterOf(one: FailedPackage, paint: Paint): string {
  return [headOf(one, paint), formatFailure(one, paint)].join('\n');
}

/** `acme.zlib@r2 failed in build after 12.0 s`. */
export function headOf({ package: name, phase, durationMs }: FailedPackage, paint: Paint): string {
  const where = phase === undefined ? '' : ` in ${phase}`;
  return `${paint.bad(name)} failed${where} after ${formatDuration(durationMs)}`;
}

/** What is wrong with a package; the output stands with a problem that is alone. */
export function formatFailure({ errors, output, logFile }: FailedPackage, paint: Paint): string {
  const isAlone = errors.length === 1;
  const told = errors.slice(0, MOST_TOLD);
  const problems = told.map((error) => renderProblem(isAlone ? { error, output, logFile } : { error }, paint));
  const more = errors.length - told.length;
  return [...problems, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

/** Two places may have the same problem. */
function sameness({ message, location }: FailureFacts): string {
  return `${location?.line ?? ''} ${message}`;
}

export function tailOf({ facts }: FailureFacts): string[] {
  return Array.isArray(facts?.tail) ? facts.tail : [];
}

/** Cuts off the end of a text first: of ten thousand lines few are looked at. */
function lastLines(text: string, count: number): string[] {
  let start = text.length;
  for (let left = count; left > 0 && start >= 0; left--) start = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
  return text.slice(start + 1).split('\n');
}
