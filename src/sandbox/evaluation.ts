// One run inside an instance: loads the module, starts the prelude, passes host calls out and answers in, and tells
// how it ended.
import type { QuickJSHandle } from 'quickjs-emscripten';
import type { FailureFacts } from '../model/event.ts';
import type { Json } from '../model/json.ts';
import { Backlog } from './backlog.ts';
import { type Guest, type Instance, SliceOver } from './instance.ts';
import type { Limits } from './limits.ts';
import { Modules } from './modules.ts';
import { Problems, type Thrown } from './problems.ts';
import type { AnswerForm, HostCall, Outcome, Request } from './protocol.ts';
import { parseLocation } from './stack.ts';

const MB = 1024 * 1024;

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
  lastNote: number;
}

export class Evaluation implements Guest {
  outcome: Outcome | undefined;
  /** The engine was stopped in the middle of something: the instance must not be used again. */
  isBroken = false;
  readonly #options: EvaluationOptions;
  readonly #modules: Modules;
  readonly #problems: Problems;
  /** Calls that the host has not answered. */
  readonly #open = new Map<number, Pick<HostCall, 'method' | 'at'>>();
  /** Calls that nobody has awaited so far, and those among the answered that failed. */
  readonly #unheard = new Set<number>();
  readonly #failed = new Set<number>();
  readonly #backlog: Backlog;

  constructor(options: EvaluationOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.limits.memoryMb * MB);
    this.#modules = new Modules(options.request.module);
    this.#problems = new Problems(options.request, this.#modules, options.limits);
  }

  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  start(): void {
    const { instance, request } = this.#options;
    instance.reset(this);
    const entry = this.#modules.readEntry();
    if (entry.refusal !== undefined) {
      this.outcome = { type: 'failed', failure: entry.refusal };
      return;
    }
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

  answer({ call, form, text, lastNote }: Answer): void {
    const { instance } = this.#options;
    this.#open.delete(call);
    this.#backlog.answered(call, lastNote);
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

  receive(kind: string, texts: string[]): void {
    // Whoever goes on talking after its end meets an error at each word, and the interrupt handler soon.
    if (this.isOver) throw new Error('The run is over');
    const outcome = this.#hear(kind, texts);
    if (outcome !== undefined) this.#end(outcome);
  }

  /** A message of the prelude, and the end of the run if it tells that. */
  #hear(kind: string, texts: string[]): Outcome | undefined {
    const [first = '', second = '', third = '', stack = ''] = texts;
    switch (kind) {
      case 'call':
      case 'note':
        this.#backlog.add(Number(first), third, kind === 'note');
        if (this.#backlog.isTooLarge) return failed(this.#problems.overLimit('backlog', this.#problems.locate(stack)));
        this.#callHost({ id: Number(first), method: second, args: parse(third) as Json[], stack }, kind === 'note');
        return undefined;
      case 'heard':
        this.#unheard.delete(Number(first));
        return undefined;
      case 'entered':
        if (this.#options.request.path.length > 0) this.#problems.stage = { of: 'verb', at: parseLocation(texts) };
        return undefined;
      case 'value':
        return this.#outcomeOf(first);
      case 'unfit':
        return failed(this.#problems.unfit(first, second));
      case 'threw':
        return this.#outcomeOfThrown(first);
      case 'exhausted':
        return failed(this.#problems.overLimit('memory'));
      default:
        throw new Error(`The prelude sent "${kind}"`);
    }
  }

  #callHost({ stack, ...call }: { id: number; method: string; args: Json[]; stack: string }, isNote: boolean): void {
    const at = this.#problems.locate(stack);
    if (!isNote) {
      this.#open.set(call.id, { method: call.method, at });
      this.#unheard.add(call.id);
    }
    this.#options.onCall({ ...call, at, isNote });
  }

  #slice(work: () => void): void {
    const { instance, run } = this.#options;
    instance.watched(run, () => this.#advance(() => instance.slice(work)));
  }

  #advance(slice: () => void): void {
    try {
      slice();
    } catch (error) {
      // It was interrupted because it was over.
      if (this.isOver) this.isBroken = true;
      else this.#end(this.#outcomeOfBreak(error));
    }
    // Nothing is left to do, and nobody outside was asked for anything: no job will ever start again.
    if (this.#open.size === 0) this.#end(this.#full() ?? failed(this.#problems.neverSettles()));
  }

  /** The first end counts. An interrupt looks like a rejection to whoever awaited, and may even have been caught. */
  #end(outcome: Outcome): void {
    if (this.isOver) return;
    const isLate = this.#options.instance.isOver;
    const location = outcome.type === 'failed' ? outcome.failure.location : undefined;
    this.outcome = isLate ? failed(this.#problems.overLimit('time', location)) : outcome;
    if (this.outcome.type === 'failed' && this.outcome.failure.code === 'SANDBOX_LIMIT') this.isBroken = true;
  }

  #outcomeOf(text: string): Outcome {
    const ignored = [...this.#failed].find((call) => this.#unheard.has(call));
    if (ignored !== undefined) return { type: 'call-failed', call: ignored };
    const [open] = this.#open.values();
    if (open !== undefined) return { type: 'unawaited', ...open };
    const { files, bundles } = this.#modules;
    return { type: 'value', text, files, bundles };
  }

  #outcomeOfThrown(text: string): Outcome {
    const thrown = parse(text) as Thrown;
    const full = thrown.message === 'null' ? this.#full() : undefined;
    if (full !== undefined) return full;
    return thrown.call === undefined
      ? failed(this.#problems.threw(thrown))
      : { type: 'call-failed', call: thrown.call };
  }

  /** What looks strange because the memory was full is told as that. */
  #full(): Outcome | undefined {
    return this.#options.instance.wasFull ? failed(this.#problems.overLimit('memory')) : undefined;
  }

  /** The module has a mistake, cannot import something, or threw. */
  #failLoading(error: QuickJSHandle): void {
    const { instance } = this.#options;
    if (instance.isOver) throw instance.error(error);
    this.receive('threw', [instance.context.getString(instance.call('describeThrown', error))]);
  }

  /** The engine did not come to an end by itself. */
  #outcomeOfBreak(error: unknown): Outcome {
    this.isBroken = true;
    if (error instanceof SliceOver) {
      return failed(this.#problems.overLimit('time', this.#problems.locate(error.stackText)));
    }
    const limit = findLimit(error);
    if (limit !== undefined) return failed(this.#problems.overLimit(limit));
    // Without memory for an error the engine throws `null`, also out of a job.
    const full = this.#full();
    if (full === undefined) throw error;
    return full;
  }
}

function failed(failure: FailureFacts): Outcome {
  return { type: 'failed', failure };
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
