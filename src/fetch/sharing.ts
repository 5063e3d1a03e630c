// One piece of work for all who ask for the same thing at the same time. It knows nothing of what the work is.

interface Job<T> {
  promise: Promise<T>;
  controller: AbortController;
  waiting: number;
}

/** Does the work, or joins whoever does it already under the same name. */
export type Share<T> = (name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Somebody who leaves does not stop the work; when the last one leaves, it is cancelled and waited for. */
export function createSharing<T>(): Share<T> {
  const jobs = new Map<string, Job<T>>();

  const start = (name: string, work: (signal: AbortSignal) => Promise<T>): Job<T> => {
    const controller = new AbortController();
    const job: Job<T> = { controller, waiting: 0, promise: work(controller.signal).finally(() => forget(name, job)) };
    // Whoever waits is told; this keeps the rejection of work that nobody waits for any more from ending the process.
    job.promise.catch(() => {});
    jobs.set(name, job);
    return job;
  };
  // A cancelled job is forgotten at once: a newcomer must not join it.
  const forget = (name: string, job: Job<T>) => void (jobs.get(name) === job && jobs.delete(name));

  return async (name, signal, work) => {
    signal.throwIfAborted();
    const job = jobs.get(name) ?? start(name, work);
    job.waiting++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([job.promise, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      job.waiting--;
      if (job.waiting === 0) {
        forget(name, job);
        job.controller.abort(signal.reason);
        await job.promise.catch(() => {});
      }
    }
  };
}
