// What a chain of coders does for as long as nothing comes out of it.
import { describe, expect, it } from 'vitest';
import { Failure } from '../../model/failure.ts';
import type { Pages } from '../pages.ts';
import { Pauses } from '../pauses.ts';
import { openFolder } from './coders.ts';
import type { Folder } from './streams.ts';

/** A bzip2 stream of nothing. */
const NOTHING = Buffer.from('425a683917724538509000000000', 'hex');
const BLOCK = Buffer.concat(Array(4_000).fill(NOTHING));
const BLOCKS = 400;

const coderOf = (method: string) => ({ method, properties: Buffer.alloc(0), inputs: 1 });

/** What is stored goes into bzip2. */
const chain = (sizes: number[]): Folder => ({
  coders: [coderOf('040202'), coderOf('00')],
  bound: new Map([[0, 1]]),
  packedInputs: [1],
  main: 0,
  sizes,
  crc: undefined,
  parts: [],
});

/** Packed streams that are there without waiting, and how many blocks of them were taken. */
function feast(signal: AbortSignal) {
  const fed = { taken: 0, pages: {} as Pages };
  async function* stream() {
    while (fed.taken++ < BLOCKS) yield BLOCK;
  }
  fed.pages = { pauses: new Pauses(signal), stream } as unknown as Pages;
  return fed;
}

describe('coders that make millions of bytes into none', () => {
  const streams = { start: 0, packed: [BLOCKS * BLOCK.length] };

  it('let others work and stop when the run is cancelled', async () => {
    const stop = new AbortController();
    const fed = feast(stop.signal);
    const reason = new Failure('INTERRUPTED', 'enough');
    setImmediate(() => stop.abort(reason));
    const content = openFolder(chain([10, streams.packed[0] as number]), streams, fed.pages);
    await expect(content.next()).rejects.toBe(reason);
    expect(fed.taken).toBeLessThan(BLOCKS / 2);
  });

  it('stop at the size that is said of what they make', async () => {
    const fed = feast(new AbortController().signal);
    const content = openFolder(chain([10, 3 * BLOCK.length]), streams, fed.pages);
    await expect(content.next()).rejects.toThrow('More bytes than it says');
  });
});
