// Many small waits at once, but not all of them: file descriptors and the thread pool are limited.

/**
 * Does the work for each item, at most `limit` at a time, in order of arrival.
 *
 * The first error stops new work; work that has begun is waited for, so that nothing runs on behind a failure.
 */
export async function forEachLimited<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  for await (const item of items) {
    if (errors.length > 0) break;
    const job: Promise<void> = work(item)
      .catch((error: unknown) => void errors.push(error))
      .finally(() => running.delete(job));
    running.add(job);
    if (running.size >= limit) await Promise.race(running);
  }
  await Promise.all(running);
  if (errors.length > 0) throw errors[0];
}

/**
 * Thousands of packages ask for their files at the same moment. Each is open while it is read, a process may have as few
 * as 256 open, and there are four threads to read them.
 */
export const FILES_AT_ONCE = 32;

/** Lets so many begin at a time; whoever comes later waits in a queue. */
export function narrow(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = limit;
  // A set gives its first away without moving the others.
  const waiting = new Set<() => void>();
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.add(resolve));
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next === undefined) free++;
      else {
        waiting.delete(next);
        next();
      }
    }
  };
}
