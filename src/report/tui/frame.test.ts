import { expect, test } from 'vitest';
import { expectGolden } from '../../testing/golden.ts';
import { lookAt, RECORDED_DIR, stateAt } from '../../testing/recorded-run.ts';
import { frame } from './frame.ts';
import { FIRST_UI } from './ui.ts';
import { widthOf } from './width.ts';

/** When something is to be seen, in milliseconds of the run. */
const MOMENTS = [1_000, 1_600, 3_200, 6_000, 9_000, 13_000];

test.each([60, 80, 120])('frames of a recorded run are as expected in %i columns', (columns) => {
  const shown = MOMENTS.map((ms) => [`after ${ms} ms`, ...frame(stateAt(ms), FIRST_UI, lookAt(ms, { columns })), '']);
  expectGolden(`${RECORDED_DIR}busy.${columns}.txt`, shown.flat().join('\n'));
});

test('frames have nothing but ASCII where the terminal shows nothing else', () => {
  const shown = MOMENTS.map((ms) => frame(stateAt(ms), FIRST_UI, lookAt(ms, { unicode: false })));
  expect(shown.flat().filter((line) => /[^ -~]/.test(line))).toEqual([]);
  expectGolden(`${RECORDED_DIR}busy.ascii.txt`, `${shown[2]?.join('\n')}\n`);
});

test('a frame is never larger than the terminal, whatever that is and whatever is shown', () => {
  const failed = 'acme.png@r1';
  const uis = [
    FIRST_UI,
    ...[
      { isHelp: true },
      { isLeaving: true },
      { log: { name: 'arm.gcc@r1', below: 2 } },
      { log: { name: failed, below: 0 } },
    ],
    ...[{ filter: 'failed' as const }, { filter: 'all' as const, chosen: { name: failed, position: 3 } }],
  ].map((part) => ({ ...FIRST_UI, ...part }));
  const state = stateAt(6_000);
  for (const ui of uis) {
    for (let columns = 1; columns <= 130; columns += 3) {
      for (let rows = 1; rows <= 30; rows++) {
        const lines = frame(state, ui, lookAt(6_000, { columns, rows }));
        expect(lines.length, `${columns} × ${rows}`).toBeLessThan(Math.max(2, rows));
        expect(Math.max(...lines.map(widthOf)), `${columns} × ${rows}`).toBeLessThan(Math.max(2, columns));
      }
    }
  }
});
