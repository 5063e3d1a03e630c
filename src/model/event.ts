// Everything that happens, as one union of flat JSON. Interfaces, logs, traces and tests all read this one stream;
// nothing else is printed. Events are facts in the past tense and hold no live objects, so a stream can be written
// to a file and shown again.
import type { Code } from './codes.ts';
import type { Location } from './location.ts';
import type { Phase } from './phase.ts';

/** Raised when the meaning of a field changes; stands in the first event of a stream. */
export const EVENT_SCHEMA = 1;

/** Kinds of work that are limited in number: `cpu` steps are as many as there are jobs. */
export type LaneName = 'network' | 'cpu' | 'terminal';

/** How a package ended. */
export type Outcome =
  | 'built' // this run made the asset
  | 'cached' // the asset was there
  | 'imported' // the asset came from a depot
  | 'installed' // user-managed: the check was false, the install ran
  | 'present' // user-managed: the check was true
  | 'ran' // programmatic: the verbs ran and left nothing
  | 'skipped' // the platform is not supported
  | 'failed' // its phase did
  | 'blocked' // a dependency failed
  | 'cancelled'; // a signal ended the run

/** What became of the test of a package. */
export type TestOutcome =
  | 'passed' // its verb ended well
  | 'failed' // its verb did not
  | 'untested' // the recipe has no test, which is no proof of anything
  | 'skipped' // the platform is not supported
  | 'blocked' // the package, or one that it needs, could not be made
  | 'cancelled'; // a signal ended the run

/** A failure as data, for events and JSON answers. */
export interface FailureFacts {
  /** Of the table of codes; it decides the exit status. */
  code: Code;
  /** What could not be done, to what. */
  message: string;
  /** An action the reader can take. */
  hint?: string;
  /** File, line and column in the text of an author. */
  location?: Location;
  /** The line of source at `location`: whoever replays a stream may not have the file. */
  excerpt?: string;
  /** Other places and facts that have to do with it. */
  notes?: string[];
  /** For scripts: digests, sizes, paths, exit status, the last lines of output. */
  facts?: Record<string, string | number | boolean | string[]>;
}

/** Who holds a lock, as its owner record says. */
export interface LockOwner {
  /** Of the process, on its host. */
  pid: number;
  /** Name of the machine. */
  host: string;
  /** What it was started as. */
  command: string;
  /** Epoch milliseconds. */
  since: number;
}

export type EventBody =
  /** First of every stream. */
  | { type: 'run.started'; schema: number; version: string; command: string; jobs: number }
  /** Last of every stream that was not cut off. */
  | {
      type: 'run.finished';
      outcome: 'ok' | 'failed' | 'cancelled';
      durationMs: number;
      counts: Partial<Record<Outcome, number>>;
      /** Absent where nothing was tested. */
      tests?: Partial<Record<TestOutcome, number>>;
    }
  /** The manifest was evaluated and has the right shape; `packages` counts what it asks for. */
  | { type: 'manifest.loaded'; file: string; packages: number }
  /** A recipe module was evaluated and has the right shape. */
  | { type: 'recipe.loaded'; package: string; file: string }
  /** Its author advises against it. */
  | { type: 'recipe.deprecated'; package: string; message: string; replacement?: string }
  /** Weak, reference and product dependencies are settled and the key is final. */
  | { type: 'package.resolved'; package: string; key: string }
  /** The package has climbed to the top, or no further. */
  | {
      type: 'package.finished';
      package: string;
      outcome: Outcome;
      durationMs: number;
      assetDir?: string;
      error?: FailureFacts;
    }
  /** It has finished, and is made anew: what was told of it before no longer counts. */
  | { type: 'package.reopened'; package: string; reason: string }
  /** Its work begins: what it needs is there. */
  | { type: 'phase.started'; package: string; phase: Phase }
  /** Its work is done. */
  | { type: 'phase.finished'; package: string; phase: Phase; durationMs: number }
  /** The package ends here; `logFile` has the whole output. */
  | { type: 'phase.failed'; package: string; phase: Phase; durationMs: number; error: FailureFacts; logFile?: string }
  /** Waits for dependencies. */
  | { type: 'phase.blocked'; package: string; phase: Phase; on: string[] }
  /** A step of the package has a place among those of its kind, of which there are only so many; until then it waits. */
  | { type: 'lane.entered'; package: string; lane: LaneName }
  /** Its place is free for the next. */
  | { type: 'lane.left'; package: string; lane: LaneName }
  /** A verb `check` answered: before the lock, after it, or after the install. */
  | { type: 'check.finished'; package: string; when: 'pre-lock' | 'post-lock' | 'final'; result: boolean }
  /** Somebody else is making this entry. */
  | { type: 'lock.waiting'; package: string; owner?: LockOwner }
  /** The entry is this process's to make. */
  | { type: 'lock.acquired'; package: string; waitedMs: number }
  /** Others may look at the entry again. */
  | { type: 'lock.released'; package: string }
  /** The asset is there, complete: no lock was taken. */
  | { type: 'cache.hit'; package: string; key: string; assetDir: string }
  /** The asset is not there, so it will be imported or made. */
  | { type: 'cache.missed'; package: string; key: string }
  /** Its index was read, or has not changed since the last run. */
  | { type: 'depot.consulted'; depot: string; entries: number; from: 'depot' | 'cache' }
  /** It, or an archive in it, cannot be used; `isKnown`: somebody has been told why already. */
  | { type: 'depot.refused'; depot: string; package?: string; error: FailureFacts; isKnown: boolean }
  /** An archive became the asset; what follows is as if it had been built. */
  | { type: 'entry.imported'; package: string; key: string; depot: string; sizeBytes: number }
  /** An asset is in a depot; `added`: it was not there before. */
  | { type: 'entry.exported'; package: string; key: string; depot: string; sizeBytes: number; added: boolean }
  /** A holding of the cache was read again; `differences`: in how many places it is not as it was. */
  | { type: 'cache.verified'; kind: string; path: string; sizeBytes: number; differences: number }
  /** The asset is complete and in its final place. */
  | { type: 'entry.published'; package: string; key: string; assetDir: string; files: number; sizeBytes: number }
  /** What a run leaves of an entry without an asset; `kept`: the directories that stay. */
  | { type: 'entry.purged'; package: string; kept: string[] }
  /** The install verb is absent or left no mark: which rule decided. */
  | { type: 'install.fallback'; package: string; branch: 'install_dir' | 'stage_dir' | 'programmatic' }
  /** A command of a recipe runs; `id` tells it from the others of this run. */
  | { type: 'command.started'; package?: string; phase?: Phase; id: number; script: string; cwd: string }
  /** It has ended, with all the processes of its group. */
  | { type: 'command.finished'; package?: string; phase?: Phase; id: number; exitCode: number; durationMs: number }
  /** Some whole lines of output of a command, without the last line break. */
  | {
      type: 'output.line';
      package?: string;
      phase?: Phase;
      id: number;
      stream: 'stdout' | 'stderr' | 'both';
      text: string;
    }
  /** A download begins, or goes on where an earlier run was cut off. */
  | { type: 'fetch.started'; package?: string; url: string; sizeBytes?: number }
  /** From time to time during a download. */
  | { type: 'fetch.progress'; package?: string; url: string; receivedBytes: number; sizeBytes?: number }
  /** The bytes are here and verified; `from` says where they were found. */
  | {
      type: 'fetch.finished';
      package?: string;
      url: string;
      sha256: string;
      sizeBytes: number;
      from: 'network' | 'store' | 'file';
    }
  /** A transient error; the next attempt begins after `delayMs`. */
  | { type: 'fetch.retried'; package?: string; url: string; attempt: number; reason: string; delayMs: number }
  /** The next way to an address is tried. */
  | { type: 'mirror.failed'; package?: string; url: string; reason: string; isMissing: boolean }
  /** An archive was checked and unpacked. */
  | { type: 'archive.extracted'; package?: string; file: string; entries: number; sizeBytes: number }
  /** An unpinned source was pinned in galley.lock: trust on first use. */
  | { type: 'source.pinned'; package: string; url: string; sha256: string }
  /** The test verb of a package begins. */
  | { type: 'test.started'; package: string }
  /** It has ended, or there was none. */
  | {
      type: 'test.finished';
      package: string;
      outcome: TestOutcome;
      durationMs: number;
      error?: FailureFacts;
      logFile?: string;
    }
  /** A product can be started from the project. */
  | { type: 'launcher.written'; product: string; file: string }
  /** A product that the project no longer has. */
  | { type: 'launcher.removed'; product: string; file: string }
  /** One try to place an output has ended: well, or with a code and what the system said. */
  | {
      type: 'output.attempted';
      product: string;
      strategy: string;
      source: string;
      attempt: number;
      code?: Code;
      errno?: string;
    }
  /** An output is in its place; `isCopied` is false when what was there was up to date. */
  | {
      type: 'output.placed';
      product: string;
      strategy: string;
      file: string;
      sizeBytes: number;
      isCopied: boolean;
    }
  /** An output was run here. */
  | { type: 'output.tried'; product: string; file: string; exitCode: number; durationMs: number }
  /** An output that the manifest no longer asks for. */
  | { type: 'output.removed'; product: string; file: string }
  /** A problem that belongs to no phase: of the command line, the manifest, a recipe's form, or galley itself. */
  | { type: 'problem.found'; package?: string; error: FailureFacts }
  /** A word of a recipe (`ctx.log`) or of galley to whoever watches. */
  | { type: 'log.message'; package?: string; phase?: Phase; level: 'debug' | 'info' | 'warn' | 'error'; text: string }
  /** A command of this package talks to the person at the terminal. */
  | { type: 'terminal.borrowed'; package: string }
  /** The terminal is the reporter's again. */
  | { type: 'terminal.returned'; package: string };

/** An event with its time, in epoch milliseconds. */
export type Event = EventBody & { at: number };

/** Where events go; the receiver adds the time. */
export type Emit = (event: EventBody) => void;
