import { describe, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { type RetryOptions, retry } from './retry.ts';

const busy = (facts = {}) => new Failure('FETCH_FAILED', 'Busy', { transient: true, facts });

function setUp(change: Partial<RetryOptions> = {}) {
  const clock = createManualClock();
  const delays: number[] = [];
  const options: RetryOptions = {
    attempts: 4,
    baseMs: 100,
    clock,
    random: () => 1,
    signal: new AbortController().signal,
    onRetry: ({ delayMs }) => delays.push(delayMs),
    ...change,
  };
  let calls = 0;
  const failing = (times: number, error: unknown) =>
    retry(async () => {
      calls += 1;
      if (calls <= times) throw error;
      return calls;
    }, options);
  return { clock, delays, failing, calls: () => calls };
}

describe('retry', () => {
  it('waits longer each time until the work succeeds', async () => {
    const { clock, delays, failing } = setUp();
    const answer = failing(3, busy());
    await clock.advance(699);
    expect(delays).toEqual([100, 200, 400]);
    await clock.advance(1);
    expect(await answer).toBe(4);
  });

  it('waits half as long at the least', async () => {
    const { clock, delays, failing } = setUp({ random: () => 0 });
    const answer = failing(3, busy());
    await clock.advance(1000);
    await answer;
    expect(delays).toEqual([50, 100, 200]);
  });

  it('throws the last failure when the attempts are used up', async () => {
    const { clock, failing, calls } = setUp();
    const answer = expect(failing(9, busy())).rejects.toThrow('Busy');
    await clock.advance(10_000);
    await answer;
    expect(calls()).toBe(4);
  });

  it.each([new Failure('DIGEST_MISMATCH', 'Wrong'), new TypeError('a bug')])('tries once after %s', async (error) => {
    const { failing, calls } = setUp();
    await expect(failing(1, error)).rejects.toBe(error);
    expect(calls()).toBe(1);
  });

  it('obeys a server that asks for a longer delay, unless it is too long to wait', async () => {
    const { clock, delays, failing } = setUp();
    const answer = failing(1, busy({ retryAfterMs: 5_000 }));
    await clock.advance(5_000);
    expect(await answer).toBe(2);
    expect(delays).toEqual([5_000]);
    await expect(setUp().failing(1, busy({ retryAfterMs: 3_600_000 }))).rejects.toThrow('Busy');
  });

  it('stops waiting when the run is cancelled', async () => {
    const stop = new AbortController();
    const { clock, failing } = setUp({ signal: stop.signal });
    const answer = expect(failing(1, busy())).rejects.toBe('enough');
    await clock.advance(50);
    stop.abort('enough');
    await answer;
  });
});
