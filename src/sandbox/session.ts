// One verb on the main thread: serves its host calls, and turns the way it ended into a value or a Failure. Nothing that
// the verb began is still going on when it is over.
import type { FailureFacts } from '../model/event.ts';
import { boundFacts } from '../model/facts.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import { narrow } from '../system/parallel.ts';
import type { Limits } from './limits.ts';
import type { AnswerForm, HostCall, Outcome, Request } from './protocol.ts';
import { type Thread, ThreadDied } from './thread.ts';

/** Serves a ctx function. The signal ends it when its verb is over, for whatever reason. */
export type Host = (method: string, args: Json[], signal: AbortSignal) => Promise<Json | undefined> | Json | undefined;

/**
 * Calls of one verb that are served at the same time; the others wait in order. Each may hold a dozen open files, or a
 * process, and a recipe may make a hundred thousand calls without waiting for one.
 */
const AT_ONCE = 32;

/** A verb may go on after any number of failures, and end with one that it has kept; nobody keeps that many. */
const KEPT_FAILURES = 4096;

export class Session {
  readonly #thread: Thread;
  readonly #host: Host;
  readonly #ending = new AbortController();
  /** With their places. Nothing is kept of calls that went well: a verb may make any number. */
  readonly #failures = new Map<number, Failure>();
  /** The failure of a note that came first: nobody could await it, so it is the verb's. */
  #noteFailure: Failure | undefined;
  readonly #work = new Set<Promise<void>>();
  /**
   * All notes so far. They are taken one after the other, and calls after them wait: who tells more than somebody reads
   * is held up, as a program is by a full pipe.
   */
  #notes: Promise<void> = Promise.resolve();
  #lastNote = 0;
  readonly #inTurn = narrow(AT_ONCE);
  /** Rejects with what no recipe may catch: a cancel, or a bug of ours. */
  readonly #stopped = Promise.withResolvers<never>();

  constructor(thread: Thread, host: Host) {
    this.#thread = thread;
    this.#host = host;
    this.#stopped.promise.catch(() => {});
  }

  async run(request: Request, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const cancel = () => this.#stopped.reject(signal.reason);
    signal.addEventListener('abort', cancel, { once: true });
    let isLive = true;
    try {
      const running = this.#thread.run(request, (call, run) => this.#receive(call, run));
      running.catch(() => {});
      const outcome = await Promise.race([running, this.#stopped.promise]);
      isLive = false;
      await Promise.race([this.#notes, this.#stopped.promise]);
      return this.#conclude(request.verb, outcome);
    } finally {
      if (isLive) await this.#thread.kill();
      signal.removeEventListener('abort', cancel);
      this.#ending.abort();
      await Promise.all([...this.#work, this.#notes]);
    }
  }

  #receive(call: HostCall, run: number): void {
    if (call.isNote) {
      this.#notes = this.#notes.then(() => this.#take(call));
      return;
    }
    const work = this.#inTurn(() => this.#serveUnlessOver(call, run)).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #serveUnlessOver(call: HostCall, run: number): Promise<void> {
    await this.#notes;
    if (!this.#ending.signal.aborted) await this.#serve(call, run);
  }

  async #serve({ id, method, args, at }: HostCall, run: number): Promise<void> {
    try {
      const value = await this.#host(method, args, this.#ending.signal);
      await this.#thread.answer({ run, call: id, lastNote: this.#lastNote, ...answerOf(value) });
    } catch (error) {
      if (!isForRecipe(error)) return this.#stopped.reject(error);
      this.#keep(id, located(error, at));
      const { code, message, facts } = error;
      const text = JSON.stringify({ code, message, facts });
      await this.#thread.answer({ run, call: id, lastNote: this.#lastNote, form: 'failure', text });
    }
  }

  #keep(id: number, failure: Failure): void {
    this.#failures.set(id, failure);
    const [oldest = id] = this.#failures.keys();
    if (this.#failures.size > KEPT_FAILURES) this.#failures.delete(oldest);
  }

  async #take({ id, method, args, at }: HostCall): Promise<void> {
    if (this.#ending.signal.aborted) return;
    try {
      await this.#host(method, args, this.#ending.signal);
    } catch (error) {
      if (!isForRecipe(error)) return this.#stopped.reject(error);
      this.#noteFailure ??= located(error, at);
    }
    this.#lastNote = id;
  }

  #conclude(verb: string, outcome: Outcome): string {
    if (outcome.type === 'unawaited') throw unawaited(verb, outcome);
    if (outcome.type === 'call-failed') throw this.#failures.get(outcome.call) ?? forgotten(verb);
    if (this.#noteFailure !== undefined) throw this.#noteFailure;
    return takeValue(outcome).text;
  }
}

/** Not what no recipe may catch: a cancel, or a bug of ours. */
function isForRecipe(error: unknown): error is Failure {
  return error instanceof Failure && error.code !== 'INTERRUPTED';
}

/** Only JSON carries NUL and half surrogate pairs across. */
function answerOf(value: Json | undefined): { form: AnswerForm; text: string } {
  const isPlain = typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
  return isPlain
    ? { form: 'text', text: value }
    : { form: 'json', text: value === undefined ? '' : JSON.stringify(value) };
}

/** What a run without host calls came to, or its failure thrown. */
export function takeValue(outcome: Outcome): Extract<Outcome, { type: 'value' }> {
  if (outcome.type === 'value') return outcome;
  if (outcome.type === 'failed') throw revive(outcome.failure);
  throw new Error(`A run without host calls ended with "${outcome.type}"`);
}

/** What the death of a thread means for a run that was in it. */
export function failureOfDeath(error: unknown, verb: string, { sliceMs }: Limits): unknown {
  if (!(error instanceof ThreadDied) || error.death === 'killed') return error;
  if (error.death === 'crashed') return error.cause;
  const message = `"${verb}" was stopped: one operation in it ran for more than ${sliceMs / 1000} s`;
  return new Failure('SANDBOX_LIMIT', message, { hint: 'Look for operations on very long strings or arrays' });
}

function unawaited(verb: string, { method, at }: Pick<HostCall, 'method' | 'at'>): Failure {
  const message = `"${verb}" ended while ctx.${method}() was not finished`;
  const hint = `Write "await ctx.${method}(…)"`;
  return new Failure('UNAWAITED_CALL', message, { hint, ...(at && { location: at }) });
}

function forgotten(verb: string): Failure {
  const message = `"${verb}" ended with the failure of a ctx call, and more than ${KEPT_FAILURES} have failed after that`;
  return new Failure('RECIPE_THREW', message, { hint: 'Throw it where it is caught' });
}

function revive({ code, message, ...detail }: FailureFacts): Failure {
  return new Failure(code, message, detail);
}

function located(failure: Failure, at: Location | undefined): Failure {
  const { code, message, hint, location = at, transient, facts, cause } = failure;
  const detail = {
    transient,
    facts: boundFacts(facts),
    cause,
    ...(hint !== undefined && { hint }),
    ...(location && { location }),
  };
  return new Failure(code, message, { ...detail, ...(failure.package !== undefined && { package: failure.package }) });
}
