// A clock that stands still until the test moves it. For tests only.
import type { Clock } from '../system/clock.ts';

export interface ManualClock extends Clock {
  /** Lets `ms` pass: what falls due runs in order, and its continuations run before the next. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  at: number;
  fire(): void;
}

export function createManualClock(epochMs = 0): ManualClock {
  let elapsedMs = 0;
  const timers = new Set<Timer>();

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer: Timer = { at: elapsedMs + ms, fire: () => timers.delete(timer) && resolve() };
      timers.add(timer);
      signal?.addEventListener('abort', () => timers.delete(timer) && reject(signal.reason), { once: true });
    });
  }

  function every(ms: number, call: () => void): Disposable {
    const timer: Timer = {
      at: elapsedMs + ms,
      fire: () => {
        timer.at += ms;
        call();
      },
    };
    timers.add(timer);
    return { [Symbol.dispose]: () => void timers.delete(timer) };
  }

  async function advance(ms: number): Promise<void> {
    const until = elapsedMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      elapsedMs = next === undefined ? until : next.at;
      if (next === undefined) return;
      next.fire();
    }
  }

  return { now: () => epochMs + elapsedMs, monotonicMs: () => elapsedMs, sleep, every, advance };
}
