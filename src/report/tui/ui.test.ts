import { expect, test } from 'vitest';
import type { Key } from './keys.ts';
import { reduce } from './reduce.ts';
import { createState } from './state.ts';
import { FIRST_UI, type Pressed, press, type Ui } from './ui.ts';

/** Five packages at work, the last of which has printed twenty lines, and one that has failed. */
const state = createState();
const error = { code: 'COMMAND_FAILED', message: 'No' } as const;
for (const name of ['a', 'b', 'c', 'd', 'e', 'bad'])
  reduce(state, { type: 'phase.started', at: 1, package: name, phase: 'build' });
reduce(state, { type: 'phase.failed', at: 2, package: 'bad', phase: 'build', durationMs: 1, error });
const text = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
reduce(state, { type: 'output.line', at: 2, package: 'e', id: 1, stream: 'both', text });

function type(...keys: Key[]): Pressed {
  return keys.reduce<Pressed>(({ ui }, key) => press(ui, key, state, 3), { ui: FIRST_UI });
}
const after = (...keys: Key[]): Ui => type(...keys).ui;
const chosen = (...keys: Key[]): string | undefined => after(...keys).chosen?.name;

test('arrows choose from the list, and stop at its ends', () => {
  expect(chosen('down')).toBe('a');
  expect(chosen('down', 'down')).toBe('b');
  expect(chosen('down', 'up', 'up')).toBe('a');
  expect(chosen('down', 'page-down')).toBe('d');
  expect(chosen('end')).toBe('bad');
  expect(chosen('end', 'down', 'home')).toBe('a');
});

test('a chosen package that leaves the list gives its place to the next', () => {
  const ui: Ui = { ...FIRST_UI, chosen: { name: 'gone', position: 2 } };
  expect(press(ui, 'down', state, 3).ui.chosen).toEqual({ name: 'd', position: 3 });
});

test('enter opens the log of the chosen package, which scrolls as far as there are lines', () => {
  expect(after('enter').log?.name).toBe('a');
  expect(after('end', 'up', 'enter').log).toEqual({ name: 'e', below: 0 });
  expect(after('end', 'up', 'enter', 'up', 'page-up').log?.below).toBe(4);
  expect(after('end', 'up', 'enter', 'home').log?.below).toBe(17);
  expect(after('end', 'up', 'enter', 'home', 'end').log?.below).toBe(0);
  expect(after('enter', 'q')).toEqual(FIRST_UI);
});

test('f and a change the list, the same key or escape changes it back', () => {
  expect(after('f').filter).toBe('failed');
  expect(chosen('f', 'down', 'down')).toBe('bad');
  expect(after('f', 'a').filter).toBe('all');
  for (const back of ['a', 'escape'] as const) expect(after('a', back).filter).toBe('live');
});

test('a run is cancelled by ctrl-c at once, and by q when that is confirmed', () => {
  expect(type('interrupt')).toMatchObject({ wish: 'cancel', ui: { isCancelled: true } });
  expect(type('q')).toMatchObject({ ui: { isLeaving: true, isCancelled: false } });
  expect(type('q').wish).toBeUndefined();
  for (const sure of ['q', 'y', 'enter'] as const) expect(type('q', sure).wish).toBe('cancel');
  for (const unsure of ['escape', 'other', 'down', 'f'] as const) expect(type('q', unsure)).toEqual({ ui: FIRST_UI });
  expect(type('?', 'q').wish).toBeUndefined();
});
