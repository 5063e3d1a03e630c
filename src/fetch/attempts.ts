// How often the network is asked for one thing, and that each new attempt is told.
import type { Emit } from '../model/event.ts';
import { redactUrl } from '../model/redact.ts';
import type { Clock } from '../system/clock.ts';
import { retry } from '../system/retry.ts';

/** With the delays between them, five attempts outlast the restart of a server: about ten seconds. */
const ATTEMPTS = 5;
const FIRST_DELAY_MS = 700;

/** Runs the work until it succeeds, fails for good, or has failed often enough. */
export type Attempts = <T>(
  what: { url: string; package?: string | undefined; signal: AbortSignal; attempts?: number | undefined },
  work: () => Promise<T>,
) => Promise<T>;

export function createAttempts(options: { clock: Clock; random: () => number; emit: Emit }): Attempts {
  const { clock, random, emit } = options;
  return (what, work) =>
    retry(work, {
      attempts: what.attempts ?? ATTEMPTS,
      baseMs: FIRST_DELAY_MS,
      clock,
      random,
      signal: what.signal,
      onRetry({ attempt, failure, delayMs }) {
        const owner = what.package === undefined ? {} : { package: what.package };
        emit({ type: 'fetch.retried', ...owner, url: redactUrl(what.url), attempt, reason: failure.message, delayMs });
      },
    });
}
