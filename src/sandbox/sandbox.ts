// Runs the JavaScript of recipes and manifests where it can touch nothing: in QuickJS, inside WebAssembly, inside worker
// threads. Knows modules, calls and limits; what a package is, nobody here knows.
import path from 'node:path';
import type { Json, JsonObject } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import type { ModuleSource } from '../model/module.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import { wasmFile } from './engine.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { Pool } from './pool.ts';
import type { Request, Setup, Step } from './protocol.ts';
import { SharedThread } from './pure.ts';
import { failureOfDeath, type Host, Session, takeValue } from './session.ts';
import { Thread } from './thread.ts';
import { Watchdog } from './watchdog.ts';

/** In the order in which they are evaluated: each uses what those before it made. */
const PRELUDE = ['intrinsics.js', 'marshal.js', 'errors.js', 'calls.js', 'helpers.js', 'context.js', 'start.js'];

export interface SandboxOptions {
  /** The directory `runtime/` of the product: the prelude is in it. */
  runtimeDir: string;
  /** The code of the worker threads. Default: beside this file, as in the sources. */
  workerUrl?: URL;
  /** The global `host` of every module. */
  host: { os: string; arch: string };
  limits?: Partial<Limits>;
  /** Verbs that may be live at the same time, each in a thread of about 17 MB. */
  workers: number;
  clock: Pick<Clock, 'every'>;
  files: Pick<Files, 'readText' | 'readBytes'>;
  /** Ends pure work, which has no signal of its own. */
  signal: AbortSignal;
}

/** JSON, where a function at any depth is `{ $function: name }`. */
export interface Exports {
  exports: Record<string, Json>;
  /** Every module of the static import graph, absolute, sorted. */
  files: string[];
  /** Alias of a bundle → where the module or a neighbour of it first imports from that. */
  bundles: Readonly<Record<string, Location>>;
}

export interface VerbCall {
  module: ModuleSource;
  /** Where the function is in the exports. */
  path: Step[];
  /** What messages call it: `build`. */
  verb: string;
  /** The plain members of ctx. */
  facts: JsonObject;
  /** The functions that ctx has here. Others that exist elsewhere say where. */
  methods: string[];
  host: Host;
  signal: AbortSignal;
  /** Arguments after ctx. */
  args?: Json[];
}

export type Sandbox = ReturnType<typeof createSandbox>;

/** Starts the thread for pure work at once, and those for verbs when they are needed. */
export function createSandbox(options: SandboxOptions) {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const watchdog = new Watchdog(options.clock, limits);
  const workerUrl = options.workerUrl ?? new URL('./worker.ts', import.meta.url);
  const threads = new Set<Thread>();
  let setup: Promise<Omit<Setup, 'pulse'>> | undefined;

  function createThread(): Thread {
    setup ??= makeSetup(options, limits);
    for (const thread of threads) if (!thread.isAlive) threads.delete(thread);
    const thread = new Thread({ workerUrl, setup, watchdog });
    threads.add(thread);
    return thread;
  }

  const shared = new SharedThread(createThread, limits, options.signal);
  const pool = new Pool(options.workers, createThread);

  return {
    /** Evaluates a module and tells what it exports. */
    async describe(module: ModuleSource): Promise<Exports> {
      const outcome = takeValue(
        await shared.run({ module, verb: path.basename(module.entryFile), path: [], functions: true }),
      );
      const exports = JSON.parse(outcome.text) as Record<string, Json>;
      return { exports, files: outcome.files, bundles: outcome.bundles };
    },

    /** Evaluates a module and calls one of its functions, which may be asynchronous but has no ctx. */
    async evaluate(module: ModuleSource, steps: Step[], args: Json[]): Promise<Json | undefined> {
      const request = { module, verb: nameOf(steps), path: steps, args, functions: true };
      return decode(takeValue(await shared.run(request)).text);
    },

    /**
     * Evaluates a module and calls a verb, in a thread where no other verb is live.
     *
     * @throws Failure the one of a host call that the verb did not catch, with the place of the call; or one of the
     *   codes of modules and limits. The reason of the signal when that is aborted.
     */
    async call({ signal, host, ...call }: VerbCall): Promise<Json | undefined> {
      return await pool.with(signal, async (thread) => {
        try {
          return decode(await new Session(thread, host).run(requestOf(call), signal));
        } catch (error) {
          throw failureOfDeath(error, call.verb, limits);
        }
      });
    },

    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([...threads].map((thread) => thread.kill()));
    },
  };
}

/** Compiled code is shared by all threads. */
async function makeSetup({ runtimeDir, files, host }: SandboxOptions, limits: Limits): Promise<Omit<Setup, 'pulse'>> {
  const readPrelude = async (name: string) => ({
    name,
    text: await files.readText(path.join(runtimeDir, 'prelude', name)),
  });
  const [bytes, ...prelude] = await Promise.all([files.readBytes(wasmFile()), ...PRELUDE.map(readPrelude)]);
  return { type: 'setup', wasm: await WebAssembly.compile(bytes), prelude, host, limits };
}

function requestOf({
  module,
  path: steps,
  verb,
  facts,
  methods,
  args = [],
}: Omit<VerbCall, 'host' | 'signal'>): Request {
  return { module, verb, path: steps, args, context: { facts, methods, verb } };
}

/** `dependencies.0.source.fetch`, for messages. */
function nameOf(steps: Step[]): string {
  return steps.filter((step) => typeof step !== 'object').join('.');
}

function decode(text: string): Json | undefined {
  return text === '' ? undefined : (JSON.parse(text) as Json);
}
