// Whether an evaluation has filled its memory, also when all of it is free again: marks high up in the heap, which
// grows from below, are gone then. Out of memory in a job of a promise, the engine throws `null` or settles nothing, so
// nobody would know.

const MB = 1024 * 1024;
/** Below the limit, as the engine counts what it asked for, and the heap has holes and begins above 5 MB. */
const BELOW_MB = 2;
/** Over this stretch, because an allocation need not write into all it gets. */
const STRETCH = { marks: 16, bytes: MB };
const MARK = 0x9e3779b9;

export class HighWater {
  readonly #marks: DataView[];

  /** @param limitMb what the engine may use */
  constructor({ buffer }: WebAssembly.Memory, limitMb: number) {
    const start = (limitMb - BELOW_MB) * MB;
    const step = STRETCH.bytes / STRETCH.marks;
    this.#marks = Array.from({ length: STRETCH.marks }, (_, index) => new DataView(buffer, start + index * step, 4));
  }

  reset(): void {
    for (const mark of this.#marks) mark.setUint32(0, MARK);
  }

  get wasReached(): boolean {
    return this.#marks.some((mark) => mark.getUint32(0) !== MARK);
  }
}
