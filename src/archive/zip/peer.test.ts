// Why unzipper reads directories through a view of ours: what it makes, left alone, of zips that every other reader
// unpacks. When one of these fails, a newer unzipper needs less of us.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createGround, listing } from '../testing/archives.ts';
import { shapedZip, zipOf } from '../testing/zips.ts';

interface Directory {
  files: { path: string; buffer(): Promise<Buffer> }[];
}
/** It has no types. */
const { Open } = createRequire(import.meta.url)('unzipper') as {
  Open: { buffer(zip: Buffer, options?: { tailSize: number }): Promise<Directory> };
};

const name = fc.stringMatching(/^[a-zü]{1,8}$/);
const entry = fc.record({
  name: fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => `${steps.join('/')}.x`),
  content: fc.string({ maxLength: 3_000 }),
  method: fc.constantFrom(0, 8),
  zip64: fc.boolean(),
  toldLater: fc.boolean(),
});
const entries = fc.uniqueArray(entry, { selector: ({ name: path }) => path, maxLength: 12 });

it('agrees with us on plain zips', async () => {
  const property = fc.asyncProperty(entries, async (items) => {
    using ground = createGround();
    const zip = zipOf(...items);
    await ground.unpack(zip, { name: 'x.zip' });
    const { files } = await Open.buffer(zip);
    const theirs = await Promise.all(
      files.map(async (file) => `${file.path} 1 0 ${(await file.buffer()).toString('latin1')}`),
    );
    const ours = items.map((item) => `${item.name} 1 0 ${Buffer.from(item.content).toString('latin1')}`);
    expect(theirs.sort()).toEqual(ours.sort());
    const landed = listing(ground.dest).filter((line) => line.includes(' '));
    expect(landed.sort()).toEqual(ours.sort());
  });
  await fc.assert(property, { numRuns: 30 });
});

const a = { name: 'a', content: 'x' };
const COMMENT = { comment: Buffer.alloc(100, 'c') };

it.each([
  ['a comment of 59 bytes or more', shapedZip(COMMENT, a), undefined, 'FILE_ENDED'],
  ['zip64 once it looks further for comments', shapedZip({ zip64: true }, a), 65_557, 'invalid zip64'],
  ['a program before the zip', shapedZip({ prefix: Buffer.from('#!/bin/sh\n') }, a), undefined, 'FILE_ENDED'],
])('unzipper cannot read %s', async (_, zip, tailSize, problem) => {
  using ground = createGround();
  await expect(ground.unpack(zip, { name: 'x.zip' })).resolves.toEqual({ entries: 1, sizeBytes: 1 });
  await expect(Open.buffer(zip, tailSize === undefined ? undefined : { tailSize })).rejects.toThrow(problem);
});

it('unzipper sees another archive than everybody else, and reads names only as UTF-8', async () => {
  const shown = async (zip: Buffer): Promise<string[]> => (await Open.buffer(zip)).files.map((file) => file.path);
  // The end that counts is the last one: this is an empty zip behind a program.
  const two = Buffer.concat([zipOf(a), zipOf()]);
  using ground = createGround();
  expect(await ground.unpack(two, { name: 'x.zip' })).toEqual({ entries: 0, sizeBytes: 0 });
  expect(await shown(two)).toEqual(['a']);
  expect(await shown(zipOf({ name: Buffer.of(0x81), madeBy: 0 }))).toEqual(['\ufffd']);
});
