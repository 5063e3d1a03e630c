// The pulse of a worker in memory that both threads see: the worker beats, the watchdog watches. It tells who is inside
// the engine, and whether the engine still answers.

/** `[beats, run]`: the number of beats is odd while the worker is inside the engine; `run` is what it works on. */
export class Pulse {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  enter(run: number): void {
    Atomics.store(this.#cells, 1, run);
    Atomics.add(this.#cells, 0, 1);
  }

  leave(): void {
    Atomics.add(this.#cells, 0, 1);
  }

  /** Inside the engine and alive. */
  beat(): void {
    Atomics.add(this.#cells, 0, 2);
  }

  get beats(): number {
    return Atomics.load(this.#cells, 0);
  }

  get isInside(): boolean {
    return this.beats % 2 !== 0;
  }

  /** The run that is inside the engine, or was there last. */
  get run(): number {
    return Atomics.load(this.#cells, 1);
  }
}
