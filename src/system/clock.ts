// Time, handed in to whatever needs it, so that tests can move it by hand. Knows nothing of what is waited for.

export interface Clock {
  /** Epoch milliseconds, for people and records: may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since some fixed instant, for durations: never jumps. */
  monotonicMs(): number;
  /** Rejects with the reason of `signal` as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls again and again until disposed; alone it does not keep the process alive. */
  every(ms: number, call: () => void): Disposable;
}

/** Timers count in 32 bits; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep,
  every(ms, call) {
    const timer = setInterval(call, ms).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};

/** Calls back once every continuation that is due has run. */
export function defer(call: () => void): void {
  setImmediate(call);
}

/** Lets all that waits go first, signals too: for long work that never waits for anything itself. */
export async function turn(signal?: AbortSignal): Promise<void> {
  await new Promise<void>(setImmediate);
  signal?.throwIfAborted();
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(ms, LONGEST_MS),
    );
    signal?.addEventListener('abort', stop, { once: true });
  });
}
