// A file read at any place, a megabyte at a time: thousands of small entries that lie one behind the other cost one call
// of the system for hundreds of them. Knows nothing of what stands in it.
import type { Files } from '../system/files.ts';
import type { Pauses } from './pauses.ts';

export type OpenFile = Awaited<ReturnType<Files['openRead']>>;

const PAGE_BYTES = 2 ** 20;
/** What large contents are read in. */
const CHUNK_BYTES = 256 * 1024;

export class Pages {
  readonly sizeBytes: number;
  readonly pauses: Pauses;
  readonly #file: OpenFile;
  #page: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  private constructor(file: OpenFile, sizeBytes: number, pauses: Pauses) {
    this.#file = file;
    this.pauses = pauses;
    this.sizeBytes = sizeBytes;
  }

  static async open(file: OpenFile, pauses: Pauses): Promise<Pages> {
    return new Pages(file, (await file.stat()).size, pauses);
  }

  /** The bytes of a place; they stay as they are. Throws when the file ends before, and when the run is cancelled. */
  async read(start: number, length: number): Promise<Buffer> {
    this.pauses.signal.throwIfAborted();
    const { start: pageStart, bytes } = this.#page;
    const from = start - pageStart;
    if (from >= 0 && from + length <= bytes.length) return bytes.subarray(from, from + length);
    const wanted = Math.min(Math.max(length, PAGE_BYTES), this.sizeBytes - start);
    if (wanted < length) throw endsTooEarly();
    this.#page = { start, bytes: await this.#load(start, wanted) };
    return this.#page.bytes.subarray(0, length);
  }

  /** A long content, piece by piece. */
  async *stream(start: number, length: number): AsyncGenerator<Buffer, void> {
    const end = start + length;
    if (end > this.sizeBytes) throw endsTooEarly();
    for (let at = start; at < end; at += CHUNK_BYTES) yield await this.#load(at, Math.min(CHUNK_BYTES, end - at));
  }

  async #load(start: number, length: number): Promise<Buffer> {
    this.pauses.signal.throwIfAborted();
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, start + filled);
      if (bytesRead === 0) throw endsTooEarly();
      filled += bytesRead;
    }
    return bytes;
  }
}

function endsTooEarly(): Error {
  return new Error('Unexpected end of data');
}
