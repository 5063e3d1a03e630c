// How many packages and tests ended in which way: counted from the stream, for the last line and for the event that ends
// it.
import { formatDuration } from '../model/amount.ts';
import type { Event, EventBody, Outcome, TestOutcome } from '../model/event.ts';

export type Counts = Partial<Record<Outcome, number>>;
export type TestCounts = Partial<Record<TestOutcome, number>>;

/** The order in which a summary names them. */
const ORDER: readonly Outcome[] = [
  'built',
  'imported',
  'installed',
  'ran',
  'cached',
  'present',
  'skipped',
  'failed',
  'blocked',
  'cancelled',
];
const TEST_ORDER: readonly TestOutcome[] = ['passed', 'failed', 'untested', 'skipped', 'blocked', 'cancelled'];

export interface Tally {
  readonly counts: Counts;
  readonly tests: TestCounts;
  count(event: EventBody): void;
}

export function createTally(): Tally {
  /** By package; where two have one name, each has ended. */
  const ended = new Map<string, Outcome[]>();
  const tested: TestOutcome[] = [];
  /** What had ended when a package was reopened, and is only passed again on the way to it. */
  let settled: ReadonlySet<string> = new Set();
  return {
    get counts() {
      return countEach([...ended.values()].flat());
    },
    get tests() {
      return countEach(tested);
    },
    count(event) {
      if (event.type === 'package.finished' && !settled.has(event.package))
        ended.set(event.package, [...(ended.get(event.package) ?? []), event.outcome]);
      if (event.type === 'package.reopened') {
        ended.delete(event.package);
        settled = new Set(ended.keys());
      }
      if (event.type === 'test.finished') tested.push(event.outcome);
    },
  };
}

function countEach<T extends string>(outcomes: readonly T[]): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

type Ended = Pick<Extract<Event, { type: 'run.finished' }>, 'counts' | 'tests' | 'durationMs'>;

/** `3 packages: 1 built, 2 cached; 1 test: 1 passed in 4.2 s`, or undefined when there was nothing to count. */
export function formatSummary({ counts, tests = {}, durationMs }: Ended): string | undefined {
  const parts = [...formatCounts('package', counts, ORDER), ...formatCounts('test', tests, TEST_ORDER)];
  return parts.length === 0 ? undefined : `${parts.join('; ')} in ${formatDuration(durationMs)}`;
}

function formatCounts<T extends string>(noun: string, counts: Partial<Record<T, number>>, order: readonly T[]) {
  const parts = order.filter((outcome) => counts[outcome]).map((outcome) => `${counts[outcome]} ${outcome}`);
  const total = order.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
  return total === 0 ? [] : [`${total} ${total === 1 ? noun : `${noun}s`}: ${parts.join(', ')}`];
}
