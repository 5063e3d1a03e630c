// What the person at the keyboard has chosen to look at, and how a key changes that. Knows nothing of how keys arrive and
// of how anything is drawn.
import type { Key } from './keys.ts';
import { type Filter, listOf } from './rows.ts';
import type { State } from './state.ts';
import { linesOf } from './tail.ts';

export interface Ui {
  filter: Filter;
  /** A package of the list, and where it was in it when it was chosen: it may have left the list since. */
  chosen?: { name: string; position: number };
  /** The log that is open, and how many of its last lines are below the window. */
  log?: { name: string; below: number };
  isHelp: boolean;
  /** Asked to end the run, and not yet sure. */
  isLeaving: boolean;
  isCancelled: boolean;
}

/** What a key asks of the world. */
export type Wish = 'cancel' | 'stop';

export interface Pressed {
  ui: Ui;
  wish?: Wish;
}

export const FIRST_UI: Ui = { filter: 'live', isHelp: false, isLeaving: false, isCancelled: false };

/** @param page how many lines a window shows */
export function press(ui: Ui, key: Key, state: State, page: number): Pressed {
  if (key === 'interrupt') return { ui: { ...ui, isCancelled: true }, wish: 'cancel' };
  if (key === 'stop') return { ui, wish: 'stop' };
  if (ui.isLeaving) {
    const isSure = key === 'q' || key === 'y' || key === 'enter';
    return {
      ui: { ...ui, isLeaving: false, isCancelled: ui.isCancelled || isSure },
      ...(isSure && { wish: 'cancel' }),
    };
  }
  if (ui.isHelp) return { ui: { ...ui, isHelp: false } };
  if (key === '?') return { ui: { ...ui, isHelp: true } };
  return { ui: ui.log ? scrollLog({ ...ui, log: ui.log }, key, state, page) : scrollList(ui, key, state, page) };
}

/** Where keys move to, as a distance. */
const steps = (page: number): Partial<Record<Key, number>> => ({
  ...{ up: -1, k: -1, down: 1, j: 1, 'page-up': -page, 'page-down': page },
  ...{ home: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY },
});

function scrollList(ui: Ui, key: Key, state: State, page: number): Ui {
  if (key === 'q') return { ...ui, isLeaving: true };
  if (key === 'escape') return FIRST_UI.filter === ui.filter ? without(ui) : { ...without(ui), filter: 'live' };
  if (key === 'f' || key === 'a') {
    const filter = key === 'f' ? 'failed' : 'all';
    return { ...without(ui), filter: ui.filter === filter ? 'live' : filter };
  }
  const list = listOf(state, ui.filter);
  const position = positionOf(list, ui);
  if (key === 'enter' || key === 'right') {
    const name = list[position ?? 0]?.name;
    return name === undefined ? ui : { ...ui, log: { name, below: 0 } };
  }
  const step = steps(page)[key];
  if (step === undefined || list.length === 0) return ui;
  const next = position === undefined ? (step > 0 && step < Number.POSITIVE_INFINITY ? 0 : step) : position + step;
  const at = Math.min(list.length - 1, Math.max(0, next));
  return { ...ui, chosen: { name: list[at]?.name as string, position: at } };
}

function scrollLog(ui: Ui & { log: { name: string; below: number } }, key: Key, state: State, page: number): Ui {
  const { log, ...rest } = ui;
  if (key === 'escape' || key === 'q' || key === 'left' || key === 'enter') return rest;
  const step = steps(page)[key];
  const one = state.packages.get(log.name);
  if (step === undefined || one === undefined) return ui;
  const most = Math.max(0, linesOf(one.tail).length - page);
  return { ...ui, log: { ...log, below: Math.min(most, Math.max(0, log.below - step)) } };
}

function without({ chosen: _, ...ui }: Ui): Ui {
  return ui;
}

/** Where the chosen one is in the list; when it has left, whoever came in its place. */
export function positionOf(list: readonly { name: string }[], { chosen }: Ui): number | undefined {
  if (chosen === undefined || list.length === 0) return undefined;
  const found = list.findIndex(({ name }) => name === chosen.name);
  return found >= 0 ? found : Math.min(chosen.position, list.length - 1);
}
