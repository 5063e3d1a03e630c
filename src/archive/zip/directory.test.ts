// A directory is read in batches: none is missing between them, and a run that is cancelled does not wait for the last.
import { expect, it } from 'vitest';
import type { Pages } from '../pages.ts';
import { shapedZip, zipOf } from '../testing/zips.ts';
import { readDirectory } from './directory.ts';
import { findEnd } from './end.ts';

const never = new AbortController().signal;
const items = Array.from({ length: 1_300 }, (_, i) => ({ name: `${i}`, method: 0 }));
const pagesOf = (zip: Buffer) =>
  ({ sizeBytes: zip.length, read: async (at: number, length: number) => zip.subarray(at, at + length) }) as Pages;

it('reads all records, whatever surrounds the directory', async () => {
  for (const shape of [{}, { zip64: true }, { prefix: Buffer.from('MZ'), comment: Buffer.alloc(99) }]) {
    const pages = pagesOf(shapedZip(shape, ...items));
    const records = await readDirectory(pages, await findEnd(pages), never);
    expect(records.map(({ name }) => name)).toEqual(items.map(({ name }) => name));
  }
});

it('stops between batches', async () => {
  const pages = pagesOf(zipOf(...items));
  const end = await findEnd(pages);
  // Asked before each batch.
  let asked = 0;
  const signal = {
    throwIfAborted() {
      if (++asked === 2) throw new Error('enough');
    },
  };
  await expect(readDirectory(pages, end, signal as AbortSignal)).rejects.toThrow('enough');
  expect(asked).toBe(2);
});
