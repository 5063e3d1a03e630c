// First come, first served among the promises of one process that want the same lock. Other processes are not its
// business.

/** Lets the next one in. May be called once. */
export type Leave = () => void;

export interface LockQueue {
  /** True when somebody is in front. */
  isBusy(file: string): boolean;
  /** Waits for those in front; rejects with the signal's reason, and then the next one moves up. */
  enter(file: string, signal: AbortSignal): Promise<Leave>;
}

export function createLockQueue(): LockQueue {
  /** For each file, the promise that settles when the last in line has left. */
  const lines = new Map<string, Promise<void>>();

  async function enter(file: string, signal: AbortSignal): Promise<Leave> {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const before = lines.get(file);
    const line = (before ?? Promise.resolve()).then(() => left);
    lines.set(file, line);
    void line.then(() => {
      if (lines.get(file) === line) lines.delete(file);
    });
    try {
      await abortable(before, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  return { isBusy: (file) => lines.has(file), enter };
}

/** Waits for a promise, but not longer than the signal allows. */
async function abortable(promise: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (promise === undefined) return;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
