import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import { Pulse } from './pulse.ts';
import { Watchdog } from './watchdog.ts';

/** A watchdog whose looks are made by hand. */
function createByHand() {
  const looks = new Set<() => void>();
  const every = (_: number, call: () => void) => {
    looks.add(call);
    return { [Symbol.dispose]: () => void looks.delete(call) };
  };
  const look = (times: number) => {
    for (let i = 0; i < times; i++) for (const call of looks) call();
  };
  return { watchdog: new Watchdog({ every }, DEFAULT_LIMITS), look, looks };
}

test('a worker that stays inside without a beat is told after ten looks', () => {
  const { watchdog, look } = createByHand();
  const pulse = new Pulse();
  let silent = 0;
  watchdog.watch(pulse, () => silent++);
  pulse.enter(1);
  look(10); // the first of these sees a new beat
  expect(silent).toBe(0);
  look(1);
  expect(silent).toBe(1);
});

test('a worker that beats, or is outside, is never silent', () => {
  const { watchdog, look } = createByHand();
  const pulse = new Pulse();
  watchdog.watch(pulse, () => expect.unreachable());
  look(50);
  pulse.enter(1);
  for (let i = 0; i < 50; i++) {
    pulse.beat();
    look(5);
  }
  pulse.leave();
  look(50);
});

test('the timer runs only while somebody is watched', () => {
  const { watchdog, looks } = createByHand();
  const [first, second] = [watchdog.watch(new Pulse(), () => {}), watchdog.watch(new Pulse(), () => {})];
  expect(looks.size).toBe(1);
  first[Symbol.dispose]();
  expect(looks.size).toBe(1);
  second[Symbol.dispose]();
  expect(looks.size).toBe(0);
});
