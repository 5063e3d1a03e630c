// A run that was recorded by `--trace`, as the interface sees it at any moment. For tests only. Of its nine packages two are
// cached, one is made by another process, one fails, one is blocked by that, and four are built.
import { readFileSync } from 'node:fs';
import type { Event } from '../model/event.ts';
import { createPaint } from '../report/paint.ts';
import { type Look, signsFor } from '../report/tui/look.ts';
import { reduce } from '../report/tui/reduce.ts';
import { createState, type State } from '../report/tui/state.ts';

export const RECORDED_DIR = new URL('../../test_data/report/tui/', import.meta.url).pathname;

const RUN = readFileSync(`${RECORDED_DIR}busy.ndjson`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Event);
const START = (RUN[0] as Event).at;

/** So many milliseconds after its beginning. */
export function stateAt(ms: number): State {
  const state = createState();
  for (const event of RUN) if (event.at <= START + ms) reduce(state, event);
  return state;
}

export function lookAt(ms: number, { columns = 80, rows = 24, unicode = true } = {}): Look {
  return { columns, rows, now: START + ms, unicode, signs: signsFor(unicode), paint: createPaint(false) };
}
