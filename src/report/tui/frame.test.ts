import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../../model/event.ts';
import { expectGolden } from '../../testing/golden.ts';
import { createPaint } from '../paint.ts';
import { frame } from './frame.ts';
import { type Look, signsFor } from './look.ts';
import { reduce } from './reduce.ts';
import { createState, type State } from './state.ts';
import { FIRST_UI } from './ui.ts';
import { widthOf } from './width.ts';

const DATA = new URL('../../../test_data/report/tui/', import.meta.url).pathname;

/** Recorded by `--trace`: of nine packages two are cached, one is made by another process, one fails, one is blocked. */
const RUN = readFileSync(`${DATA}busy.ndjson`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Event);
const START = (RUN[0] as Event).at;

function stateAt(ms: number, events: readonly Event[] = RUN): State {
  const state = createState();
  for (const event of events) if (event.at <= START + ms) reduce(state, event);
  return state;
}

function lookOf(columns: number, rows: number, ms: number, unicode = true): Look {
  return { columns, rows, now: START + ms, unicode, signs: signsFor(unicode), paint: createPaint(false) };
}

/** When something is to be seen, in milliseconds of the run. */
const MOMENTS = [1_000, 1_600, 3_200, 6_000, 9_000, 13_000];

test.each([60, 80, 120])('frames of a recorded run are as expected in %i columns', (columns) => {
  const shown = MOMENTS.map((ms) => [`after ${ms} ms`, ...frame(stateAt(ms), FIRST_UI, lookOf(columns, 24, ms)), '']);
  expectGolden(`${DATA}busy.${columns}.txt`, shown.flat().join('\n'));
});

test('frames have nothing but ASCII where the terminal shows nothing else', () => {
  const shown = MOMENTS.map((ms) => frame(stateAt(ms), FIRST_UI, lookOf(80, 24, ms, false)));
  expect(shown.flat().filter((line) => /[^ -~]/.test(line))).toEqual([]);
  expectGolden(`${DATA}busy.ascii.txt`, `${shown[2]?.join('\n')}\n`);
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
        const lines = frame(state, ui, lookOf(columns, rows, 6_000));
        expect(lines.length, `${columns} × ${rows}`).toBeLessThan(Math.max(2, rows));
        expect(Math.max(...lines.map(widthOf)), `${columns} × ${rows}`).toBeLessThan(Math.max(2, columns));
      }
    }
  }
});
