import { expect, it } from 'vitest';
import { untilStopped } from './until-stopped.ts';

it('work that ends before a signal answers, or fails, as it does', async () => {
  const { signal } = new AbortController();
  expect(await untilStopped(Promise.resolve(1), signal)).toBe(1);
  await expect(untilStopped(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

it.each(['before', 'while'])(
  'a signal %s the work goes on ends it, and what becomes of it is nobody’s business',
  async (when) => {
    const stop = new AbortController();
    const work = Promise.withResolvers<never>();
    if (when === 'before') stop.abort(new Error('stopped'));
    const waiting = untilStopped(work.promise, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    work.reject(new Error('too late'));
  },
);
