// Which packages have a row, and in which order: those at work first, then those that wait, then failures. Of a thousand
// packages a handful is shown; the rest is counted.
import { phaseRank } from '../../model/phase.ts';
import type { PackageState, State } from './state.ts';

/** `live`: what runs and what has failed. */
export type Filter = 'live' | 'failed' | 'all';

export interface Window {
  rows: PackageState[];
  /** How many rows of the list are not shown: at work or waiting for their turn, and failed. */
  hidden: { active: number; failed: number; others: number };
}

/** The whole list, of which a window is shown. */
export function listOf(state: State, filter: Filter): PackageState[] {
  const failed = pick(state, state.failed);
  if (filter === 'failed') return failed;
  const active = inOrder(pick(state, state.active));
  if (filter === 'live') return [...active, ...failed];
  const told = new Set([...state.active, ...state.failed]);
  const others = [...state.packages.values()].filter(({ name }) => !told.has(name));
  const { true: done = [], false: ahead = [] } = Object.groupBy(others, ({ outcome }) => `${outcome !== undefined}`);
  return [...active, ...failed, ...ahead, ...done] as PackageState[];
}

/** So many rows of the list, around the chosen one; without one, failures keep a part of the room. */
export function windowOf(state: State, filter: Filter, room: number, position: number | undefined): Window {
  const list = listOf(state, filter);
  if (list.length <= room) return windowFrom(list, list);
  if (position !== undefined || filter !== 'live') {
    const start = Math.min(list.length - room, Math.max(0, (position ?? 0) - Math.floor(room / 2)));
    return windowFrom(list, list.slice(start, start + room));
  }
  const failures = state.failed.size;
  const kept = Math.min(failures, Math.max(Math.ceil(room / 3), room - state.active.size));
  return windowFrom(list, [...list.slice(0, room - kept), ...(kept > 0 ? list.slice(-kept) : [])]);
}

function windowFrom(list: readonly PackageState[], rows: PackageState[]): Window {
  const hidden = { active: 0, failed: 0, others: 0 };
  const shown = new Set(rows);
  for (const one of list) if (!shown.has(one)) hidden[kindOf(one)]++;
  return { rows, hidden };
}

function kindOf({ doing, error }: PackageState): keyof Window['hidden'] {
  return doing !== undefined ? 'active' : error !== undefined ? 'failed' : 'others';
}

function pick({ packages }: State, names: Iterable<string>): PackageState[] {
  return [...names].map((name) => packages.get(name) as PackageState);
}

/** Stable, so that rows move only when something happens to them. */
function inOrder(active: readonly PackageState[]): PackageState[] {
  const levels: PackageState[][] = [[], [], []];
  for (const one of active) levels[isAtWork(one) ? 0 : one.lock ? 1 : 2]?.push(one);
  return levels.flat();
}

/** Phases in which the work is done in a lane. */
const FROM = phaseRank('check');

function isAtWork(one: PackageState): boolean {
  return one.places > 0 || one.hadPlace || one.transfers.size > 0;
}

/** Whether a package waits until one of the packages at work has made room for it. */
export function isQueued(one: PackageState): boolean {
  return !isAtWork(one) && one.doing !== undefined && one.doing !== 'test' && phaseRank(one.doing) > FROM;
}
