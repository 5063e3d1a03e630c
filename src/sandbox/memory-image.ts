// A copy of the memory of a WebAssembly instance that can be put back. All state of the engine is in that memory, and
// between calls its C stack is empty, so this is the engine's whole state.
//
//   0                                        top
//   | data | … C stack (empty between calls) … | heap | never used …
//    copied                                     copied

const PAGE_BYTES = 64 * 1024;

/** So many empty pages in a row are no hole in data or heap, but the C stack, which has 80. */
const GAP_PAGES = 8;

const EMPTY_PAGE = new Uint8Array(PAGE_BYTES);

export class MemoryImage {
  readonly #stretches: { live: Uint8Array; copy: Uint8Array }[];

  /** @param topBytes the engine uses nothing at or above this address */
  constructor({ buffer }: WebAssembly.Memory, topBytes: number) {
    const pages = Math.ceil(topBytes / PAGE_BYTES);
    // From both ends: each page that is only looked at costs the kernel's time for giving it to us.
    const dataEnd = findGap(buffer, 0, 1);
    const heapStart = findGap(buffer, pages - 1, -1) + 1;
    const stretches =
      heapStart <= dataEnd ? [[0, pages] as const] : [[0, dataEnd] as const, [heapStart, pages] as const];
    this.#stretches = stretches.map(([from, to]) => {
      const live = new Uint8Array(buffer, from * PAGE_BYTES, (to - from) * PAGE_BYTES);
      return { live, copy: live.slice() };
    });
  }

  restore(): void {
    for (const { live, copy } of this.#stretches) live.set(copy);
  }
}

/** The first page of the nearest gap, going up or down. */
function findGap(buffer: ArrayBuffer, start: number, step: 1 | -1): number {
  let empty = 0;
  let page = start;
  for (; page >= 0 && page < buffer.byteLength / PAGE_BYTES && empty < GAP_PAGES; page += step) {
    const content = new Uint8Array(buffer, page * PAGE_BYTES, PAGE_BYTES);
    empty = Buffer.compare(content, EMPTY_PAGE) === 0 ? empty + 1 : 0;
  }
  return page - step * empty;
}
