import { expect, test } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { defaultSettings } from '../read-settings.ts';
import { createPace, createRetoldClock, speedOf } from './pace.ts';

const { signal } = new AbortController();
const settings = defaultSettings({ env: {} });

test('an event is due when its time has passed, in the unit of the speed', async () => {
  const clock = createManualClock();
  const waitFor = createPace(clock, 10, signal);
  const told: number[] = [];
  const telling = (async () => {
    for (const at of [5_000, 6_000, 5_500, 16_000]) {
      await waitFor(at);
      told.push(clock.monotonicMs());
    }
  })();
  await clock.advance(5_000);
  await telling;
  expect(told).toEqual([0, 100, 100, 1_100]);
});

test('at speed 0 nothing is waited for, and a run that is cancelled ends all the same', async () => {
  const stop = new AbortController();
  const waitFor = createPace(createManualClock(), 0, stop.signal);
  await waitFor(0);
  await waitFor(1_000_000);
  stop.abort(new Error('enough'));
  await expect(waitFor(2_000_000)).rejects.toThrow('enough');
});

test('the clock of a recorded run has the time of its last event, and goes on at its speed', async () => {
  const real = createManualClock(77);
  const clock = createRetoldClock(real, 10);
  expect(clock.now()).toBe(77);
  clock.follow(1_000);
  await real.advance(5);
  expect(clock.now()).toBe(1_050);
});

test.each(['-1', '1e3', '', 'fast', '.5'])('%j is no speed', (speed) => {
  expect(() => speedOf({ flags: { speed }, settings })).toThrow(`Cannot replay at speed "${speed}"`);
});

test('a run that is drawn takes its time unless told, and one that is printed none', () => {
  expect(speedOf({ flags: {}, settings })).toBe(0);
  expect(speedOf({ flags: {}, settings: { ...settings, reporter: 'tui' } })).toBe(1);
  expect(speedOf({ flags: { speed: '2.5' }, settings: { ...settings, reporter: 'tui' } })).toBe(2.5);
});
