// What the main thread and a worker say to each other. Plain data; JSON of recipes crosses as text.
import type { FailureFacts } from '../model/event.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import type { ModuleSource } from '../model/module.ts';
import type { Limits } from './limits.ts';

/** A step into a module's exports: a name, an index, or a call of the function found so far. */
export type Step = string | number | { call: Json[] };

export interface Request {
  module: ModuleSource;
  /** What is evaluated, as messages call it: `build`, `options`. */
  verb: string;
  path: Step[];
  /** Absent: the value at the path is the result. Otherwise it is called with these. */
  args?: Json[];
  /** Present: the first argument is a ctx made of this. */
  context?: { facts: JsonObject; methods: string[]; verb: string };
  /** Functions inside the result are described; otherwise they are an error. */
  functions?: boolean;
}

/** Sent once, first. */
export interface Setup {
  type: 'setup';
  wasm: WebAssembly.Module;
  /** The files of the prelude, in the order in which they are evaluated. */
  prelude: { name: string; text: string }[];
  host: { os: string; arch: string };
  limits: Limits;
  pulse: SharedArrayBuffer;
}

export type ToWorker =
  | Setup
  | { type: 'run'; run: number; request: Request }
  /** `lastNote`: the newest note that was taken, as all before it were. */
  | { type: 'answer'; run: number; call: number; form: AnswerForm; text: string; lastNote: number };

/** How the text of an answer is meant. */
export type AnswerForm =
  | 'json' // the result; empty for undefined
  | 'text' // the result is this string: a long one would not fit a second time, as JSON
  | 'failure'; // `{ code, message, facts }`

export type FromWorker =
  | { type: 'call'; run: number; call: HostCall }
  /** This long answer lies between the threads no more. */
  | { type: 'taken'; run: number; call: number }
  | { type: 'done'; run: number; outcome: Outcome };

/** Of shorter answers there can be only as many as calls, which are limited. */
export const isLongAnswer = (text: string): boolean => text.length > 1024;

/** A call of a ctx function. A note expects no answer. */
export interface HostCall {
  id: number;
  method: string;
  args: Json[];
  at: Location | undefined;
  isNote: boolean;
}

/** How a run ended. */
export type Outcome =
  /** `files`: every module that was loaded, `bundles`: what was used of them. The text is empty for undefined. */
  | { type: 'value'; text: string; files: string[]; bundles: Record<string, Location> }
  | { type: 'failed'; failure: FailureFacts }
  /** The failure of this host call was not caught. */
  | { type: 'call-failed'; call: number }
  /** The verb is over, and this host call is not. */
  | { type: 'unawaited'; method: string; at: Location | undefined };
