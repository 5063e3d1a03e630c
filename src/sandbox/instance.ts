// One QuickJS in a fixed piece of memory. When the prelude has run, the memory is photographed; before each evaluation
// it is put back to that image. So every evaluation starts from the very same bytes, nothing has to be freed, and a
// fresh start costs 0.05 ms where a new runtime with the prelude costs 1 ms. Knows nothing of recipes.
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten';
import { threadCpuMs } from '../system/thread.ts';
import { HighWater } from './high-water.ts';
import { RESERVED_MB } from './limits.ts';
import { MemoryImage } from './memory-image.ts';
import type { Setup } from './protocol.ts';
import type { Pulse } from './pulse.ts';

const MB = 1024 * 1024;

/** Jobs run between two looks at the clock: a flood of promises need not come by the interrupt handler. */
const JOBS_AT_ONCE = 64;

/** Larger than all that the prelude makes together. */
const PROBE_BYTES = MB / 2;

/** Texts longer than this cross in pieces, each of which fits into the reserved memory. */
const PIECE_CHARS = MB;

/** Who hears what the prelude sends, and gives the engine its modules. Replaced for every evaluation. */
export interface Guest {
  /** The run is decided: what is left to do does not matter. */
  readonly isOver: boolean;
  receive(kind: string, texts: string[]): void;
  resolve(importer: string, specifier: string): string;
  load(name: string): string;
}

/** Thrown when the engine was interrupted because its slice of processor time is over. */
export class SliceOver extends Error {
  readonly stackText: string;
  constructor(stackText: string) {
    super('slice over');
    this.stackText = stackText;
  }
}

type Kit = Record<'start' | 'answer' | 'feed' | 'describeThrown', QuickJSHandle>;

export class Instance {
  readonly context: QuickJSContext;
  /** The slice ended before the work did. */
  isOver = false;
  readonly #kit: Kit;
  readonly #runtime: QuickJSRuntime;
  readonly #image: MemoryImage;
  readonly #highWater: HighWater;
  readonly #pulse: Pulse;
  readonly #sliceMs: number;
  #guest: Guest | undefined;
  /** The prelude itself has all the time it wants. */
  #deadlineMs = Number.POSITIVE_INFINITY;
  /** An error of ours inside a call of the engine, to which it would be an error of the recipe. */
  #ownError: unknown;

  constructor(context: QuickJSContext, memory: WebAssembly.Memory, { prelude, host, limits }: Setup, pulse: Pulse) {
    this.context = context;
    this.#runtime = context.runtime;
    this.#pulse = pulse;
    this.#sliceMs = limits.sliceMs;
    this.#highWater = new HighWater(memory, limits.memoryMb - RESERVED_MB);
    this.#runtime.setMemoryLimit((limits.memoryMb - RESERVED_MB) * MB);
    this.#runtime.setMaxStackSize(limits.stackKb * 1024);
    this.#runtime.setInterruptHandler(() => this.#interrupts() || this.#guest?.isOver === true);
    this.#runtime.setModuleLoader(
      (name) => this.#present.load(name),
      (importer, specifier) => {
        // Reading a file from a slow disk is no sign that the recipe hangs.
        this.#pulse.beat();
        return this.#present.resolve(importer, specifier);
      },
    );
    this.#kit = this.#makeKit(prelude, host);
    this.#image = new MemoryImage(memory, this.#findTop());
  }

  /** Forgets everything since the prelude, and belongs to another guest. */
  reset(guest: Guest): void {
    this.#image.restore();
    this.#highWater.reset();
    this.#guest = guest;
  }

  /** The watchdog watches over all that is done here, also over what we make of words of the author. */
  watched(run: number, work: () => void): void {
    this.#pulse.enter(run);
    try {
      work();
    } finally {
      this.#pulse.leave();
    }
  }

  /**
   * Lets the engine work: what `work` starts, and then all jobs, until nothing is left to do.
   *
   * @throws SliceOver when that takes too much processor time
   */
  slice(work: () => void): void {
    this.#deadlineMs = threadCpuMs() + this.#sliceMs;
    this.isOver = false;
    work();
    while (this.#runtime.hasPendingJob() && !this.#present.isOver) this.#runJobs();
    if (this.#ownError !== undefined) throw this.#ownError;
  }

  /** Calls a function of the prelude; what the prelude throws is a bug, or the end of memory. */
  call(name: keyof Kit, ...args: QuickJSHandle[]): QuickJSHandle {
    const result = this.context.callFunction(this.#kit[name], this.context.undefined, ...args);
    if (result.error === undefined) return result.value;
    throw this.error(result.error);
  }

  /** The evaluation has had all the memory there is, if only for a moment. */
  get wasFull(): boolean {
    return this.#highWater.wasReached;
  }

  /** Hands a text to the prelude, which keeps it for the next call. */
  feed(text: string): void {
    for (let start = 0; start < text.length; ) {
      let end = Math.min(start + PIECE_CHARS, text.length);
      // Between the halves of a surrogate pair both would arrive as U+FFFD.
      if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end += 1;
      // A long text is the host's, and no sign that the recipe hangs.
      this.#pulse.beat();
      this.call('feed', this.context.newString(text.slice(start, end)));
      start = end;
    }
  }

  /** An error of the engine as one of ours. */
  error(handle: QuickJSHandle): Error {
    const textOf = (name: string) => this.context.getString(this.context.getProp(handle, name));
    if (this.isOver) return new SliceOver(textOf('stack'));
    return new Error(textOf('message'));
  }

  /** No hole between the small things that the prelude made is as large as this block, so it lies above all of them. */
  #findTop(): number {
    const block = this.context.newArrayBuffer(new ArrayBuffer(PROBE_BYTES));
    return this.context.getArrayBuffer(block).value.byteOffset;
  }

  get #present(): Guest {
    if (this.#guest === undefined) throw new Error('The sandbox has no guest');
    return this.#guest;
  }

  #interrupts(): boolean {
    this.#pulse.beat();
    this.isOver ||= threadCpuMs() > this.#deadlineMs;
    return this.isOver;
  }

  #runJobs(): void {
    const result = this.#runtime.executePendingJobs(JOBS_AT_ONCE);
    if (result.error !== undefined) throw this.error(result.error);
    if (this.#interrupts()) throw new SliceOver('');
  }

  /** The kit is handed from one prelude file to the next, and is never a member of the global object. */
  #makeKit(prelude: Setup['prelude'], host: Setup['host']): Kit {
    const { context } = this;
    const kit = context.newObject();
    const send = context.newFunction('send', (...texts) => {
      const [kind = '', ...rest] = texts.map((text) => context.getString(text));
      try {
        this.#present.receive(kind, rest);
      } catch (error) {
        this.#ownError = error;
        throw error;
      }
    });
    context.setProp(kit, 'send', send);
    context.setProp(kit, 'host', context.newString(JSON.stringify(host)));
    for (const { name, text } of prelude) {
      const extend = context.unwrapResult(context.evalCode(text, `galley:prelude/${name}`, { strict: true }));
      context.unwrapResult(context.callFunction(extend, context.undefined, kit));
    }
    const member = (name: keyof Kit) => context.getProp(kit, name);
    return {
      start: member('start'),
      answer: member('answer'),
      feed: member('feed'),
      describeThrown: member('describeThrown'),
    };
  }
}
