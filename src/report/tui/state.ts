// What a person at a terminal may want to know of a run, as plain data: made by `reduce` from events, read by the layout.
// Cheap for a thousand packages: whoever draws looks only at those that are at work or have failed.
import type { FailureFacts, LaneName, LockOwner, Outcome, TestOutcome } from '../../model/event.ts';
import type { Phase } from '../../model/phase.ts';
import { createTail, type Tail } from './tail.ts';
import type { Transfer } from './transfer.ts';

/** What a package does: a phase of its ladder, or its test, which is on no ladder. */
export type Doing = Phase | 'test';

export interface PackageState {
  name: string;
  /** Undefined between two phases, before the first and after the last. */
  doing?: Doing;
  /** When that began. */
  since: number;
  /** How far it has come, whatever it does now. */
  reached?: Phase;
  /** Places it has in lanes. */
  places: number;
  /** Whether it has had one since `since`; until then it waits for its turn. */
  hadPlace: boolean;
  /** Who has the lock that it waits for, and since when it waits. */
  lock?: { owner?: LockOwner; since: number };
  /** Downloads that are under way, by address. */
  transfers: Map<string, Transfer>;
  /** What happened last and is no line of output: `unpacked gcc.tar.xz, 15000 entries`. */
  note?: string;
  /** What its commands printed last. */
  tail: Tail;
  outcome?: Outcome | TestOutcome;
  durationMs?: number;
  error?: FailureFacts;
  logFile?: string;
}

export interface State {
  command: string;
  /** How many places the `cpu` lane has. */
  jobs: number;
  startedAt: number;
  /** All that were heard of, in that order. */
  packages: Map<string, PackageState>;
  /** In columns. */
  widestName: number;
  /** Those in a phase, the longest-running first. */
  active: Set<string>;
  failed: Set<string>;
  /** Those that wait for others. */
  blocked: Set<string>;
  /** Those that this run has to see to their end; recipes of others are only read. */
  wanted: Set<string>;
  outcomes: Partial<Record<Outcome, number>>;
  tests: Partial<Record<TestOutcome, number>>;
  finished: number;
  lanes: Record<LaneName, number>;
  /** Who has borrowed the terminal. */
  borrower?: string;
  /** Downloads for no package, by address. */
  transfers: Map<string, Transfer>;
  isFinished: boolean;
}

export function createState(): State {
  return {
    command: '',
    jobs: 1,
    startedAt: 0,
    packages: new Map(),
    widestName: 0,
    active: new Set(),
    failed: new Set(),
    blocked: new Set(),
    wanted: new Set(),
    outcomes: {},
    tests: {},
    finished: 0,
    lanes: { cpu: 0, network: 0, terminal: 0 },
    transfers: new Map(),
    isFinished: false,
  };
}

export function createPackage(name: string): PackageState {
  return { name, since: 0, places: 0, hadPlace: false, transfers: new Map(), tail: createTail() };
}
