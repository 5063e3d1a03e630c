// One verb on the main thread: serves its host calls, and turns the way it ended into a value or a Failure. Nothing that
// the verb began is still going on when it is over.
import type { FailureFacts } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import type { Limits } from './limits.ts';
import type { AnswerForm, HostCall, Outcome, Request } from './protocol.ts';
import { type Thread, ThreadDied } from './thread.ts';

/** Serves a ctx function. The signal ends it when its verb is over, for whatever reason. */
export type Host = (method: string, args: Json[], signal: AbortSignal) => Promise<Json | undefined> | Json | undefined;

export class Session {
  readonly #thread: Thread;
  readonly #host: Host;
  readonly #ending = new AbortController();
  readonly #calls = new Map<number, HostCall>();
  readonly #failures = new Map<number, Failure>();
  readonly #work: Promise<void>[] = [];
  readonly #notes: Promise<void>[] = [];
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
      await Promise.race([Promise.all(this.#notes), this.#stopped.promise]);
      return this.#conclude(request.verb, outcome);
    } finally {
      if (isLive) await this.#thread.kill();
      signal.removeEventListener('abort', cancel);
      this.#ending.abort();
      await Promise.all(this.#work);
    }
  }

  #receive(call: HostCall, run: number): void {
    this.#calls.set(call.id, call);
    const work = this.#serve(call, run);
    this.#work.push(work);
    if (call.isNote) this.#notes.push(work);
  }

  async #serve({ id, method, args, isNote }: HostCall, run: number): Promise<void> {
    try {
      const value = await this.#host(method, args, this.#ending.signal);
      if (isNote) return;
      this.#thread.answer({ run, call: id, ...answerOf(value) });
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'INTERRUPTED') return this.#stopped.reject(error);
      this.#failures.set(id, error);
      if (isNote) return;
      const { code, message, facts } = error;
      this.#thread.answer({ run, call: id, form: 'failure', text: JSON.stringify({ code, message, facts }) });
    }
  }

  #conclude(verb: string, outcome: Outcome): string {
    if (outcome.type === 'unawaited') throw unawaited(verb, this.#calls.get(outcome.call));
    if (outcome.type === 'call-failed') throw this.#failureOf(outcome.call);
    // Nobody could await a note, so its failure is the verb's.
    const note = this.#failures.keys().find((id) => this.#calls.get(id)?.isNote);
    if (note !== undefined) throw this.#failureOf(note);
    return takeValue(outcome).text;
  }

  #failureOf(id: number): unknown {
    const failure = this.#failures.get(id);
    return failure && located(failure, this.#calls.get(id)?.at);
  }
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

function unawaited(verb: string, call: HostCall | undefined): Failure {
  const message = `"${verb}" ended while ctx.${call?.method}() was not finished`;
  const hint = `Write "await ctx.${call?.method}(…)"`;
  return new Failure('UNAWAITED_CALL', message, { hint, ...(call?.at && { location: call.at }) });
}

function revive({ code, message, ...detail }: FailureFacts): Failure {
  return new Failure(code, message, detail);
}

function located(failure: Failure, at: Location | undefined): Failure {
  const { code, message, hint, location = at, transient, facts, cause } = failure;
  const detail = { transient, facts, cause, ...(hint !== undefined && { hint }), ...(location && { location }) };
  return new Failure(code, message, { ...detail, ...(failure.package !== undefined && { package: failure.package }) });
}
