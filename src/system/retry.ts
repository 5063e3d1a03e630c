// The one loop that tries again. Failures say themselves whether that may help (`transient`); nobody else decides.
import { Failure } from '../model/failure.ts';
import type { Clock } from './clock.ts';

/** A server that wants us to stay away for longer is not worth waiting for. */
const LONGEST_DELAY_MS = 60_000;

export interface RetryOptions {
  /** How often to try altogether. */
  attempts: number;
  /** The delay before the second attempt, about; it doubles each time. */
  baseMs: number;
  clock: Clock;
  /** A number from 0 up to 1, such as `Math.random`. */
  random: () => number;
  signal: AbortSignal;
  onRetry?(retry: { attempt: number; failure: Failure; delayMs: number }): void;
}

/**
 * Answers what `work` answers, trying again after failures that are transient.
 *
 * The fact `retryAfterMs` of a failure, which servers send, is obeyed when it is longer than our own delay.
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, clock, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof Failure) || !error.transient || attempt >= attempts || signal.aborted) throw error;
      const delayMs = delayAfter(attempt, error, options);
      if (delayMs > LONGEST_DELAY_MS) throw error;
      onRetry?.({ attempt, failure: error, delayMs });
      await clock.sleep(delayMs, signal);
    }
  }
}

/** Between half of the doubled delay and all of it: packages that failed together must not return together. */
function delayAfter(attempt: number, { facts }: Failure, { baseMs, random }: RetryOptions): number {
  const backoffMs = Math.min(baseMs * 2 ** (attempt - 1), LONGEST_DELAY_MS) * (0.5 + random() / 2);
  const askedMs = typeof facts.retryAfterMs === 'number' ? facts.retryAfterMs : 0;
  return Math.ceil(Math.max(backoffMs, askedMs));
}
