// What is left to say of a run when it is over: how each package and test ended, what was wrong, how long it took. Read
// from the stream by whoever writes a report of it; of what commands printed only the last lines are kept.
import type { Event, FailureFacts, Outcome, TestOutcome } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';
import { createCriticalPath, type Step } from './critical-path.ts';
import { createFailures, type FailedPackage } from './failures.ts';
import { type Counts, createTally, type TestCounts } from './summary.ts';

export interface PhaseRecord {
  phase: Phase;
  durationMs: number;
}

export interface PackageRecord {
  package: string;
  outcome: Outcome;
  durationMs: number;
  key?: string;
  assetDir?: string;
  /** In the order in which they ended. */
  phases: PhaseRecord[];
  /** All that is wrong with a failed package, and why a blocked or cancelled one was not made. */
  errors: FailureFacts[];
  failure?: FailedPackage;
}

export interface TestRecord {
  package: string;
  outcome: TestOutcome;
  durationMs: number;
  errors: FailureFacts[];
  failure?: FailedPackage;
}

export interface RunRecord {
  version: string;
  command: string;
  startedAt: number;
  durationMs: number;
  outcome: 'ok' | 'failed' | 'cancelled';
  counts: Counts;
  testCounts: TestCounts;
  packages: PackageRecord[];
  tests: TestRecord[];
  /** What belongs to no package. */
  problems: FailureFacts[];
  /** What it has waited for, first to last. */
  criticalPath: Step[];
}

export class Recorder {
  readonly #failures = createFailures();
  readonly #tally = createTally();
  readonly #critical = createCriticalPath();
  /** Packages that have begun to climb. */
  readonly #begun = new Map<string, Pick<PackageRecord, 'key' | 'phases'>>();
  readonly #packages: PackageRecord[] = [];
  readonly #tests: TestRecord[] = [];
  readonly #problems: FailureFacts[] = [];
  readonly #run = { version: '', command: '', startedAt: 0, durationMs: 0 };
  /** A run that never comes to its end has failed. */
  #outcome: RunRecord['outcome'] = 'failed';

  see(event: Event): void {
    this.#failures.see(event);
    this.#tally.count(event);
    this.#critical.see(event);
    switch (event.type) {
      case 'run.started':
        Object.assign(this.#run, { version: event.version, command: event.command, startedAt: event.at });
        break;
      case 'package.resolved':
        this.#beginningOf(event.package).key = event.key;
        break;
      case 'phase.finished':
      case 'phase.failed':
        this.#beginningOf(event.package).phases.push({ phase: event.phase, durationMs: event.durationMs });
        break;
      case 'package.finished':
        this.#packages.push({ ...endOf(event), ...this.#beginningOf(event.package) });
        this.#begun.delete(event.package);
        break;
      case 'test.finished':
        this.#tests.push(endOf(event));
        break;
      case 'problem.found':
        if (!this.#failures.tells(event.error)) this.#problems.push(event.error);
        break;
      case 'run.finished':
        this.#outcome = event.outcome;
        this.#run.durationMs = event.durationMs;
    }
  }

  /** What is known so far. */
  record(): RunRecord {
    const failures = this.#failures.list();
    return {
      ...this.#run,
      outcome: this.#outcome,
      counts: this.#tally.counts,
      testCounts: this.#tally.tests,
      packages: this.#packages.map((one) => completed(one, failures, false)),
      tests: this.#tests.map((one) => completed(one, failures, true)),
      problems: this.#problems,
      criticalPath: this.#critical.steps(),
    };
  }

  #beginningOf(name: string): Pick<PackageRecord, 'key' | 'phases'> {
    const known = this.#begun.get(name) ?? { phases: [] };
    this.#begun.set(name, known);
    return known;
  }
}

type Ended = Extract<Event, { type: 'package.finished' | 'test.finished' }>;

function endOf<T extends Ended>(event: T): Pick<T, 'package' | 'outcome' | 'durationMs'> & { errors: FailureFacts[] } {
  const { package: name, outcome, durationMs, error } = event;
  const asset = event.type === 'package.finished' && event.assetDir !== undefined ? { assetDir: event.assetDir } : {};
  return { package: name, outcome, durationMs, ...asset, errors: error ? [error] : [] };
}

/** The story of a failure is complete only at the end: problems of one text come one by one. */
function completed<T extends PackageRecord | TestRecord>(
  one: T,
  failures: readonly FailedPackage[],
  isTest: boolean,
): T {
  if (one.outcome !== 'failed') return one;
  const failure = failures.find((told) => told.package === one.package && (told.phase === 'test') === isTest);
  return failure ? { ...one, errors: failure.errors, failure } : one;
}
