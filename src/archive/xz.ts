// Decoding xz: with xz(1) where the machine has it, and else with a decoder of our own process that is half as fast and
// knows only what nearly all files use.
import { type Filter, filterThrough, findProgram } from '../system/filter.ts';

/** A dictionary can be said to have gigabytes; the largest that `xz -9` makes has 64 MiB. Foreign xz programs ignore it. */
const LIMIT = { XZ_DEFAULTS: '--memlimit-decompress=512MiB' };

/** What the numbers of XZ Embedded mean (xz.h, enum xz_ret). */
const PROBLEMS: Record<string, string> = {
  3: 'its dictionary is too large for galley itself: install xz',
  4: 'its dictionary is too large for galley itself: install xz',
  5: 'no xz data',
  6: 'it uses a filter or a checksum that galley itself does not know: install xz',
  7: 'corrupt data',
  8: 'unexpected end of data',
};

/** The xz decoder of this machine. */
export function createXzDecoder(): Filter {
  const program = findProgram('xz');
  return program === undefined ? decodeXz : filterThrough([program, '-dc'], LIMIT);
}

/** The decoder of our own process. */
export async function* decodeXz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  // CommonJS in a wrapper that Node does not see through: its exports are not where its types say.
  const loaded = (await import('xz-decompress')) as unknown as { default: typeof import('xz-decompress') };
  const { XzReadableStream } = loaded.default;
  const decoded = new XzReadableStream(ReadableStream.from(source));
  try {
    yield* decoded;
  } catch (error) {
    const number = /error code (\d)/.exec(String(error))?.[1];
    throw new Error(PROBLEMS[number ?? ''] ?? 'unexpected end of data', { cause: error });
  }
}
