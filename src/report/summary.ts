// How many packages ended in which way: counted from the stream, for the last line and for the event that ends it.
import { formatDuration } from '../model/amount.ts';
import type { Event, Outcome } from '../model/event.ts';

export type Counts = Partial<Record<Outcome, number>>;

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

export interface Tally {
  counts: Counts;
  count(event: Pick<Event, 'type'> & { outcome?: unknown }): void;
}

export function createTally(): Tally {
  const counts: Counts = {};
  return {
    counts,
    count(event) {
      if (event.type !== 'package.finished') return;
      const outcome = event.outcome as Outcome;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    },
  };
}

/** `3 packages: 1 built, 2 cached in 4.2 s`, or undefined when there were none. */
export function formatSummary(counts: Counts, durationMs: number): string | undefined {
  const parts = ORDER.filter((outcome) => counts[outcome]).map((outcome) => `${counts[outcome]} ${outcome}`);
  if (parts.length === 0) return undefined;
  const total = ORDER.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
  return `${total} ${total === 1 ? 'package' : 'packages'}: ${parts.join(', ')} in ${formatDuration(durationMs)}`;
}
