// A worker thread as the main thread sees it: runs go in, outcomes come out, and a death is told to every run it had.
import { Worker } from 'node:worker_threads';
import { THREAD_STACK_MB, THREAD_YOUNG_MB } from './limits.ts';
import type { Request, Setup, ToWorker } from './protocol.ts';
import { type FromWorker, type HostCall, isLongAnswer, type Outcome } from './protocol.ts';
import { Pulse } from './pulse.ts';
import type { Watchdog } from './watchdog.ts';

export interface ThreadOptions {
  workerUrl: URL;
  /** Everything but the pulse, which each thread has for itself. */
  setup: Promise<Omit<Setup, 'pulse'>>;
  watchdog: Watchdog;
}

/** Why a run ended without an outcome. */
export type Death =
  | 'silent' // the engine did not answer any more
  | 'killed' // somebody called kill()
  | 'crashed'; // an error in our own code; it is the cause

/** A run ended because its thread did. */
export class ThreadDied extends Error {
  readonly death: Death;
  /** This run brought the thread down, and not one beside it. */
  readonly isCulprit: boolean;

  constructor(death: Death, isCulprit: boolean, cause: unknown) {
    super(`A sandbox thread ended: ${cause instanceof Error ? cause.message : death}`, { cause });
    this.death = death;
    this.isCulprit = isCulprit;
  }
}

interface PendingRun {
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
  onCall: ((call: HostCall) => void) | undefined;
  /** Long answers that lie between the threads, and who waits until they do no more. */
  untaken: Map<number, () => void>;
}

export class Thread {
  isAlive = true;
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  readonly #watchdog: Watchdog;
  readonly #pulse = new Pulse();
  readonly #pending = new Map<number, PendingRun>();
  #watching: Disposable | undefined;
  #lastRun = 0;

  constructor({ workerUrl, setup, watchdog }: ThreadOptions) {
    this.#watchdog = watchdog;
    // A clean environment: what a recipe may know comes through the setup, and copying ours costs time.
    this.#worker = new Worker(workerUrl, {
      resourceLimits: { stackSizeMb: THREAD_STACK_MB, maxYoungGenerationSizeMb: THREAD_YOUNG_MB },
      env: {},
      execArgv: [],
    });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#die('crashed', error));
    this.#worker.unref();
    this.#ready = setup.then((common) => this.#worker.postMessage({ ...common, pulse: this.#pulse.memory }));
    this.#ready.catch((error) => this.#die('crashed', error));
  }

  /** Starts a run; several may wait in one thread, and are worked on one after the other. */
  run(request: Request, onCall?: (call: HostCall, run: number) => void): Promise<Outcome> {
    const run = ++this.#lastRun;
    const outcome = new Promise<Outcome>((resolve, reject) => {
      this.#pending.set(run, { resolve, reject, onCall: onCall && ((call) => onCall(call, run)), untaken: new Map() });
    });
    if (this.#watching === undefined) {
      // An idle thread keeps nobody waiting; a busy one keeps the process alive.
      this.#worker.ref();
      this.#watching = this.#watchdog.watch(this.#pulse, () => this.#die('silent', undefined));
    }
    this.#post({ type: 'run', run, request });
    return outcome;
  }

  /** Ends when a long answer has been taken, or nobody will take it: it lies in our memory, and in no limit of the run. */
  async answer(answer: Omit<Extract<ToWorker, { type: 'answer' }>, 'type'>): Promise<void> {
    const pending = this.#pending.get(answer.run);
    if (pending === undefined) return;
    this.#post({ type: 'answer', ...answer });
    if (isLongAnswer(answer.text)) await new Promise<void>((resolve) => pending.untaken.set(answer.call, resolve));
  }

  /** Ends the thread and every run in it. */
  async kill(): Promise<void> {
    this.#die('killed', undefined);
    await this.#worker.terminate();
  }

  /** In order, also while the setup is still being made. */
  #post(message: ToWorker): void {
    this.#ready.then(
      () => this.#worker.postMessage(message),
      () => {}, // the thread has died of it
    );
  }

  #receive(message: FromWorker): void {
    const pending = this.#pending.get(message.run);
    if (pending === undefined) return;
    if (message.type === 'call') {
      pending.onCall?.(message.call);
      return;
    }
    if (message.type === 'taken') {
      pending.untaken.get(message.call)?.();
      pending.untaken.delete(message.call);
      return;
    }
    this.#pending.delete(message.run);
    if (this.#pending.size === 0) this.#rest();
    forget(pending);
    pending.resolve(message.outcome);
  }

  #rest(): void {
    this.#watching?.[Symbol.dispose]();
    this.#watching = undefined;
    this.#worker.unref();
  }

  #die(death: Death, cause: unknown): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#rest();
    void this.#worker.terminate();
    // A thread can also fall before its first run or between two; then nobody in it may be spared for another try.
    const culprit = this.#pulse.run;
    for (const [run, pending] of this.#pending) {
      forget(pending);
      pending.reject(new ThreadDied(death, run === culprit || !this.#pending.has(culprit), cause));
    }
    this.#pending.clear();
  }
}

function forget({ untaken }: PendingRun): void {
  for (const taken of untaken.values()) taken();
}
