// What only this reader of tars does: whatever the archive, others get their turn and the last word.
import * as fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFiles } from '../../system/files.ts';
import { createGround, type Ground, listing } from '../testing/archives.ts';
import { GNU, octal, records, type TarItem, tarOfBlocks } from '../testing/tars.ts';
import { Unpacking } from '../unpacking.ts';
import { createTarReader } from './tar.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const MIB = 2 ** 20;
/** A file that is nothing but a hole. */
const hollow = (sizeBytes: number): Buffer =>
  tarOfBlocks(records({ 'GNU.sparse.size': `${sizeBytes}`, 'GNU.sparse.map': '0,0' }), { name: 'hollow' });
const sizeOf = (name: string): number =>
  fs.statSync(path.join(ground.dest, name), { throwIfNoEntry: false })?.size ?? 0;

it('lets others have their turn while it fills a hole', async () => {
  let turns = 0;
  const unpacking = ground.unpack(hollow(50 * MIB)).finally(() => {
    turns = Number.NEGATIVE_INFINITY;
  });
  while (turns >= 0 && turns < 20) {
    await turn();
    if (sizeOf('hollow') > 0) turns += 1;
  }
  expect(turns).toBe(20);
  await unpacking;
  expect(sizeOf('hollow')).toBe(50 * MIB);
});

it('writes nothing any more once it is destroyed in a hole', async () => {
  let writes = 0;
  const files = createFiles();
  using unpacking = new Unpacking('x.tar', ground.dest, { files, signal: new AbortController().signal });
  // The file is closed by then, and its number may be that of another.
  vi.spyOn(unpacking, 'add').mockReturnValue({
    write: () => {
      writes += 1;
    },
    close: () => {},
  });
  const reader = createTarReader(unpacking);
  reader.write(hollow(200 * MIB));
  while (writes === 0) await turn();
  reader.destroy();
  const before = writes;
  for (let turns = 0; turns < 20; turns++) await turn();
  expect(writes).toBe(before);
});

it('reads on behind what is left out, whatever that is', async () => {
  const left: TarItem[] = [
    { name: 'out/unknown', flag: 'Q', content: 'x'.repeat(700) },
    { name: 'out/list/', flag: 'D', content: 'Ya\0\0', magic: GNU },
    records({ 'GNU.sparse.size': '9', 'GNU.sparse.map': '0,1' }),
    { name: 'out/sparse', content: 'x' },
    { name: 'out/old', flag: 'S', magic: GNU, content: 'x', bytes: { 386: octal(2), 398: octal(1), 483: octal(5) } },
  ];
  await ground.unpack(tarOfBlocks(...left, { name: 'in', content: 'y' }), { exclude: ['out'] });
  expect(listing(ground.dest)).toEqual(['in 1 0 y']);
});

it('reads a file with holes as GNU tar packed it before pax', async () => {
  const more = Buffer.alloc(512);
  const part = (start: number, sizeBytes: number): Buffer => Buffer.concat([octal(start), octal(sizeBytes)]);
  part(9, 1).copy(more);
  const first = [part(1, 1), part(3, 1), part(5, 1), part(7, 1)];
  const bytes = { 386: Buffer.concat(first), 482: Buffer.of(1), 483: octal(11) };
  const header: TarItem = { name: 's', flag: 'S', magic: GNU, size: 5, bytes };
  const content = Buffer.concat([Buffer.from('abcde'), Buffer.alloc(507)]);
  await ground.unpack(tarOfBlocks(header, more, content, { name: 'z' }));
  expect(listing(ground.dest)).toEqual(['s 1 0 \0a\0b\0c\0d\0e\0', 'z 1 0 ']);
});

it('counts holes as what they unpack to', async () => {
  const unpacking = ground.unpack(hollow(2 * MIB), { limits: { sizeBytes: MIB } });
  await expect(unpacking).rejects.toThrow(`it unpacks to more than ${MIB} bytes`);
  expect(sizeOf('hollow')).toBe(0);
});
