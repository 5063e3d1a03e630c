// What one evaluation may use. Numbers only; who enforces which is said at each.

export interface Limits {
  /** All memory of an evaluation. The memory of the WebAssembly instance has this size and cannot grow. */
  memoryMb: number;
  /** Stack of the JavaScript engine inside the instance. */
  stackKb: number;
  /** Processor time without returning to the host; checked by the engine's interrupt handler. */
  sliceMs: number;
  /** How much longer the watchdog waits for an operation that never interrupts, before it ends the whole worker. */
  graceMs: number;
}

export const DEFAULT_LIMITS: Limits = { memoryMb: 64, stackKb: 512, sliceMs: 2000, graceMs: 500 };

/** Kept out of the reach of recipes: the instance's own C stack (5 MB) and the texts that come from the host. */
export const RESERVED_MB = 16;

/** Recursion inside WebAssembly uses the thread's stack too: 512 KB inside were seen to need less than 16 MB outside. */
export const THREAD_STACK_MB = 32;

/** Of JavaScript outside the sandbox there is little in the thread; without this it took 30 MB for two thousand recipes. */
export const THREAD_YOUNG_MB = 4;
