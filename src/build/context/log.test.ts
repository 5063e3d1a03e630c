import { expect, test } from 'vitest';
import type { EventBody } from '../../model/event.ts';
import type { Clock } from '../../system/clock.ts';
import type { Call } from '../call.ts';
import { logMessage } from './log.ts';

/** A call in a run whose reader lags for so many looks. */
function callWith(looks: number) {
  const seen: (EventBody | 'slept')[] = [];
  const clock: Pick<Clock, 'sleep'> = {
    async sleep(_, signal) {
      signal?.throwIfAborted();
      seen.push('slept');
    },
  };
  const world = { emit: (event: EventBody) => seen.push(event), isLagging: () => looks-- > 0, clock };
  const cancel = new AbortController();
  const call = { pkg: { label: 'test.tool@r1' }, run: { world }, signal: cancel.signal } as unknown as Call;
  return { call, seen, cancel };
}

test('a message waits for a reader who lags', async () => {
  const { call, seen } = callWith(2);
  await logMessage(['warn', 'careful'], call);
  const message = { type: 'log.message', package: 'test.tool@r1', level: 'warn', text: 'careful' };
  expect(seen).toEqual(['slept', 'slept', message]);
});

test('a message that waits is given up when its verb is', async () => {
  const { call, seen, cancel } = callWith(Number.POSITIVE_INFINITY);
  cancel.abort(new Error('stop'));
  await expect(logMessage(['info', 'late'], call)).rejects.toThrow('stop');
  expect(seen).toEqual([]);
});

test('a message of megabytes is cut, and says so', async () => {
  const { call, seen } = callWith(0);
  await logMessage(['info', 'x'.repeat(65_536 + 5)], call);
  expect(seen).toMatchObject([{ text: `${'x'.repeat(65_536)}…` }]);
});
