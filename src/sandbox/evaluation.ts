// One run inside an instance: loads the module, starts the prelude, passes host calls out and answers in, and tells
// how it ended.
import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { Json } from '../model/json.ts';
import { type Guest, type Instance, SliceOver } from './instance.ts';
import type { Limits } from './limits.ts';
import { Modules } from './modules.ts';
import { Problems, type Thrown } from './problems.ts';
import type { AnswerForm, HostCall, Outcome, Request } from './protocol.ts';
import { parseLocation } from './stack.ts';

export interface EvaluationOptions {
  run: number;
  request: Request;
  instance: Instance;
  limits: Limits;
  onCall(call: HostCall): void;
}

export interface Answer {
  call: number;
  form: AnswerForm;
  text: string;
}

export class Evaluation implements Guest {
  outcome: Outcome | undefined;
  /** The engine was stopped in the middle of something: the instance must not be used again. */
  isBroken = false;
  readonly #options: EvaluationOptions;
  readonly #modules: Modules;
  readonly #problems: Problems;
  /** Calls that the host has not answered. */
  readonly #open = new Set<number>();
  /** Calls that nobody has awaited so far, and those among the answered that failed. */
  readonly #unheard = new Set<number>();
  readonly #failed = new Set<number>();

  constructor(options: EvaluationOptions) {
    this.#options = options;
    this.#modules = new Modules(options.request.module);
    this.#problems = new Problems(options.request, this.#modules, options.limits);
  }

  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  start(): void {
    const { instance, request } = this.#options;
    const entry = this.#modules.readEntry();
    if (entry.refusal !== undefined) return this.#end({ type: 'failed', failure: entry.refusal });
    instance.reset(this);
    this.#slice(() => {
      const { context } = instance;
      const loaded = context.evalCode(entry.text, request.module.entryFile, { type: 'module' });
      this.#modules.linked = true;
      if (loaded.error !== undefined) return this.#failLoading(loaded.error);
      const pending = !('notAPromise' in context.getPromiseState(loaded.value));
      instance.feed(JSON.stringify({ ...request, pending }));
      instance.call('start', loaded.value);
    });
  }

  answer({ call, form, text }: Answer): void {
    const { instance } = this.#options;
    this.#open.delete(call);
    if (form === 'failure') this.#failed.add(call);
    this.#slice(() => {
      const { context } = instance;
      instance.feed(text);
      instance.call('answer', context.newNumber(call), context.newString(form));
    });
  }

  resolve(importer: string, specifier: string): string {
    return this.#modules.resolve(importer, specifier);
  }

  load(name: string): string {
    return this.#modules.load(name);
  }

  /** A message of the prelude. */
  receive(kind: string, texts: string[]): void {
    if (this.isOver) return;
    const [first = '', second = '', third = '', stack = ''] = texts;
    switch (kind) {
      case 'call':
      case 'note':
        return this.#callHost(
          { id: Number(first), method: second, args: parse(third) as Json[], stack },
          kind === 'note',
        );
      case 'heard':
        return void this.#unheard.delete(Number(first));
      case 'entered':
        if (this.#options.request.path.length > 0) this.#problems.stage = { of: 'verb', at: parseLocation(texts) };
        return;
      case 'value':
        return this.#endWithValue(first);
      case 'unfit':
        return this.#end({ type: 'failed', failure: this.#problems.unfit(first, second) });
      case 'threw':
        return this.#endThrown(parse(first) as Thrown);
      case 'exhausted':
        return this.#end({ type: 'failed', failure: this.#problems.overLimit('memory', '') });
      default:
        throw new Error(`The prelude sent "${kind}"`);
    }
  }

  #callHost({ stack, ...call }: { id: number; method: string; args: Json[]; stack: string }, isNote: boolean): void {
    if (!isNote) {
      this.#open.add(call.id);
      this.#unheard.add(call.id);
    }
    this.#options.onCall({ ...call, at: this.#problems.locate(stack), isNote });
  }

  #slice(work: () => void): void {
    try {
      this.#options.instance.slice(this.#options.run, work);
    } catch (error) {
      this.isBroken = true;
      this.#endBroken(error);
    }
    // Jobs that are left come to nothing: whoever would start them again is outside, and nobody outside was asked.
    if (this.#open.size === 0) this.#end({ type: 'failed', failure: this.#problems.neverSettles() });
  }

  /** The first end counts. An interrupt looks like a rejection to whoever awaited, and may even have been caught. */
  #end(outcome: Outcome, stack = ''): void {
    const isLate = this.#options.instance.isOver;
    this.outcome ??= isLate ? { type: 'failed', failure: this.#problems.overLimit('time', stack) } : outcome;
    if (this.outcome.type === 'failed' && this.outcome.failure.code === 'SANDBOX_LIMIT') this.isBroken = true;
  }

  #endWithValue(text: string): void {
    const ignored = [...this.#failed].find((call) => this.#unheard.has(call));
    if (ignored !== undefined) return this.#end({ type: 'call-failed', call: ignored });
    if (this.#open.size > 0) return this.#end({ type: 'unawaited', calls: [...this.#open] });
    this.#end({ type: 'value', text, files: this.#modules.files });
  }

  #endThrown(thrown: Thrown): void {
    if (thrown.call !== undefined) return this.#end({ type: 'call-failed', call: thrown.call });
    this.#end({ type: 'failed', failure: this.#problems.threw(thrown) }, thrown.stack);
  }

  #failLoading(error: QuickJSHandle): void {
    const { instance } = this.#options;
    if (instance.isOver) throw instance.error(error);
    this.#endThrown(parse(instance.context.getString(instance.call('describeThrown', error))) as Thrown);
  }

  #endBroken(error: unknown): void {
    if (error instanceof SliceOver) {
      return this.#end({ type: 'failed', failure: this.#problems.overLimit('time', error.stackText) });
    }
    const limit = findLimit(error);
    if (limit === undefined) throw error;
    this.#end({ type: 'failed', failure: this.#problems.overLimit(limit, '') });
  }
}

/** Texts of the prelude are JSON, unless the engine had no memory left to hand one over. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('out of memory');
  }
}

/** Errors of the engine, and of V8 when WebAssembly itself is stopped. */
function findLimit(error: unknown): 'memory' | 'stack' | undefined {
  if (error instanceof RangeError || (error instanceof Error && error.message === 'stack overflow')) return 'stack';
  if (error instanceof WebAssembly.RuntimeError) return 'memory';
  return error instanceof Error && error.message === 'out of memory' ? 'memory' : undefined;
}
