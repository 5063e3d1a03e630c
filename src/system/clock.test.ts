import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  it('sleeps about as long as asked', async () => {
    const start = systemClock.monotonicMs();
    await systemClock.sleep(20);
    expect(systemClock.monotonicMs() - start).toBeGreaterThan(18);
  });

  it('wakes with the reason of the signal, before and during the sleep', async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort('before'))).rejects.toBe('before');
    const stop = new AbortController();
    const asleep = expect(systemClock.sleep(Number.POSITIVE_INFINITY, stop.signal)).rejects.toBe('during');
    stop.abort('during');
    await asleep;
  });

  it('calls again and again until disposed', async () => {
    let calls = 0;
    {
      using _ticking = systemClock.every(1, () => calls++);
      while (calls < 3) await systemClock.sleep(1);
    }
    const before = calls;
    await systemClock.sleep(10);
    expect(calls).toBe(before);
  });
});

describe('createManualClock', () => {
  it('runs what falls due in order and stands still otherwise', async () => {
    const clock = createManualClock(1_000);
    const seen: string[] = [];
    using _ticking = clock.every(10, () => seen.push(`tick ${clock.now()}`));
    void clock.sleep(15).then(() => seen.push(`slept ${clock.now()}`));
    await clock.advance(25);
    expect(seen).toEqual(['tick 1010', 'slept 1015', 'tick 1020']);
  });
});
