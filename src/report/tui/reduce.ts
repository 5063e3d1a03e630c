// One event changes the state. It does so in place and in constant time: at ten thousand events a second, copies would
// cost more than the work they tell of.
import { formatSize } from '../../model/amount.ts';
import type { Event, FailureFacts, Outcome, TestOutcome } from '../../model/event.ts';
import { phaseRank } from '../../model/phase.ts';
import { createPackage, type Doing, type PackageState, type State } from './state.ts';
import { addText, clearTail } from './tail.ts';
import { advanceTransfer, startTransfer } from './transfer.ts';
import { widthOf } from './width.ts';

type Changes = { [T in Event['type']]?: (state: State, event: Extract<Event, { type: T }>) => void };

/** What is below is done for every recipe that is read. */
const FIRST_WANTED = phaseRank('check');

/** Events that are missing here change nothing that is drawn. */
const CHANGES: Changes = {
  'run.started'(state, { command, jobs, at }) {
    Object.assign(state, { command, jobs, startedAt: at });
  },
  'run.finished'(state) {
    state.isFinished = true;
  },
  'recipe.loaded': (state, event) => void packageOf(state, event.package),
  'phase.started': (state, event) => begin(state, event, event.phase),
  'phase.finished': (state, event) => end(state, event),
  'phase.blocked'(state, { package: name }) {
    state.blocked.add(name);
    state.wanted.add(name);
  },
  'phase.failed': (state, event) => fail(state, event),
  'test.started': (state, event) => begin(state, event, 'test'),
  'test.finished'(state, event) {
    end(state, event);
    count(state.tests, event.outcome);
    if (event.error) fail(state, { ...event, error: event.error });
    close(state, event);
  },
  'package.finished'(state, event) {
    end(state, event);
    count(state.outcomes, event.outcome);
    state.finished++;
    state.wanted.add(event.package);
    if (event.outcome === 'failed' && event.error) fail(state, { ...event, error: event.error });
    close(state, event);
  },
  'lane.entered'(state, event) {
    state.lanes[event.lane]++;
    const one = packageOf(state, event.package);
    one.places++;
    one.hadPlace = true;
    delete one.lock;
  },
  'lane.left'(state, event) {
    state.lanes[event.lane]--;
    packageOf(state, event.package).places--;
  },
  'lock.waiting'(state, { package: name, owner, at }) {
    const one = packageOf(state, name);
    one.lock = { since: one.lock?.since ?? at, ...(owner && { owner }) };
  },
  'lock.acquired'(state, event) {
    delete packageOf(state, event.package).lock;
  },
  'fetch.started'(state, { package: name, url, sizeBytes, at }) {
    transfersOf(state, name).set(url, startTransfer(at, sizeBytes));
  },
  'fetch.progress'(state, { package: name, url, receivedBytes, sizeBytes, at }) {
    const transfers = transfersOf(state, name);
    const transfer = transfers.get(url) ?? startTransfer(at, sizeBytes);
    transfers.set(url, transfer);
    if (sizeBytes !== undefined) transfer.sizeBytes = sizeBytes;
    advanceTransfer(transfer, at, receivedBytes);
  },
  'fetch.finished'(state, { package: name, url, sizeBytes }) {
    transfersOf(state, name).delete(url);
    if (name !== undefined) note(state, name, `fetched ${lastPart(url)}, ${formatSize(sizeBytes)}`);
  },
  'fetch.retried'(state, { package: name, url, reason }) {
    if (name !== undefined) note(state, name, `again ${lastPart(url)}: ${reason}`);
  },
  'archive.extracted'(state, { package: name, file, entries }) {
    if (name !== undefined) note(state, name, `unpacked ${lastPart(file)}, ${entries} entries`);
  },
  'output.line'(state, { package: name, text }) {
    if (name === undefined) return;
    const one = packageOf(state, name);
    addText(one.tail, text);
    delete one.note;
  },
  'terminal.borrowed'(state, event) {
    state.borrower = event.package;
    state.lanes.terminal++;
  },
  'terminal.returned'(state) {
    delete state.borrower;
    state.lanes.terminal--;
  },
};

export function reduce(state: State, event: Event): void {
  // The table has a function for exactly this member of the union; TypeScript cannot follow that by itself.
  const change = CHANGES[event.type] as ((state: State, event: Event) => void) | undefined;
  change?.(state, event);
}

function packageOf(state: State, name: string): PackageState {
  const { packages } = state;
  const known = packages.get(name);
  if (known) return known;
  state.widestName = Math.max(state.widestName, widthOf(name));
  const made = createPackage(name);
  packages.set(name, made);
  return made;
}

function transfersOf(state: State, name: string | undefined) {
  return name === undefined ? state.transfers : packageOf(state, name).transfers;
}

function begin(state: State, { package: name, at }: { package: string; at: number }, doing: Doing): void {
  const one = packageOf(state, name);
  one.doing = doing;
  one.since = at;
  one.hadPlace = false;
  delete one.note;
  state.blocked.delete(name);
  if (doing === 'test' || phaseRank(doing) >= FIRST_WANTED) state.wanted.add(name);
  if (doing !== 'test' && (one.reached === undefined || phaseRank(doing) > phaseRank(one.reached))) one.reached = doing;
  state.active.add(name);
}

/** Whatever it waited for, it does so no more. */
function end(state: State, { package: name }: { package: string }): void {
  const one = packageOf(state, name);
  delete one.doing;
  delete one.lock;
  one.transfers.clear();
  state.active.delete(name);
  state.blocked.delete(name);
}

interface Failed {
  package: string;
  durationMs: number;
  error: FailureFacts;
  logFile?: string;
}

function fail(state: State, event: Failed): void {
  const one = packageOf(state, event.package);
  const doing = one.doing;
  end(state, event);
  state.failed.add(event.package);
  one.error ??= event.error;
  one.durationMs ??= event.durationMs;
  if (event.logFile !== undefined) one.logFile = event.logFile;
  // A row says where it failed.
  if (doing !== undefined && doing !== 'test') one.reached = doing;
}

/** A failure stays to be read; of what went well only the count is shown. */
function close(state: State, event: { package: string; outcome: Outcome | TestOutcome; durationMs: number }): void {
  const one = packageOf(state, event.package);
  one.outcome = event.outcome;
  one.durationMs ??= event.durationMs;
  if (event.outcome === 'cancelled' || event.outcome === 'blocked') state.failed.delete(event.package);
  if (!state.failed.has(event.package)) clearTail(one.tail);
}

function note(state: State, name: string, text: string): void {
  packageOf(state, name).note = text;
}

function count<T extends string>(counts: Partial<Record<T, number>>, outcome: T): void {
  counts[outcome] = (counts[outcome] ?? 0) + 1;
}

/** The name of a file in a path or an address. */
function lastPart(place: string): string {
  return /([^/?#]+)\/?(?:[?#].*)?$/.exec(place)?.[1] ?? place;
}
