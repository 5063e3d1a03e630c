// How fast a recorded run is shown again: what its clock says, and how long to wait for the next event.
import { Failure } from '../../model/failure.ts';
import type { Clock } from '../../system/clock.ts';
import type { Options } from '../answer.ts';
import { flagText } from '../flags.ts';

/**
 * The recorded time that passes in a unit of ours; with 0 none is waited for. What is drawn is there to be watched.
 *
 * @throws Failure USAGE
 */
export function speedOf({ flags, settings }: Pick<Options, 'flags' | 'settings'>): number {
  const text = flagText(flags, 'speed') ?? (settings.reporter === 'tui' ? '1' : '0');
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
  const hint = '1 is as fast as it was, 10 ten times as fast, and 0 is at once';
  throw new Failure('USAGE', `Cannot replay at speed "${text}"`, { hint });
}

/** A clock that shows the time of a recorded run: that of its last event, and what has passed since. */
export interface RetoldClock extends Clock {
  /** An event happened then. */
  follow(at: number): void;
}

/** Timers are those of the real clock. */
export function createRetoldClock(real: Clock, speed: number): RetoldClock {
  let at = real.now();
  let followedMs = real.monotonicMs();
  return {
    ...real,
    now: () => at + (real.monotonicMs() - followedMs) * speed,
    follow(time) {
      at = time;
      followedMs = real.monotonicMs();
    },
  };
}

/** Answers, when an event is due, after having waited for that; the first is due at once. */
export function createPace(clock: Clock, speed: number, signal: AbortSignal): (at: number) => Promise<void> {
  const startedMs = clock.monotonicMs();
  let firstAt: number | undefined;
  return async (at) => {
    firstAt ??= at;
    if (speed === 0) return signal.throwIfAborted();
    const dueMs = (at - firstAt) / speed - (clock.monotonicMs() - startedMs);
    if (dueMs > 0) await clock.sleep(dueMs, signal);
  };
}
