// Whatever an archive holds, a run that is cancelled while it is unpacked hears of it: no format has entries so small that
// thousands of them go by without a pause.
import * as fs from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../system/clock.ts';
import { createGround, type Ground, tarOf } from './testing/archives.ts';
import { arOf } from './testing/ars.ts';
import { sevenZipOf } from './testing/seven-zips.ts';
import { zipOf } from './testing/zips.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const ENTRIES = 300;
const named = <T>(item: T) => Array.from({ length: ENTRIES }, (_, index) => ({ name: `${index}`, ...item }));

const ARCHIVES: Record<string, () => Buffer | Promise<Buffer>> = {
  'x.tar': () => tarOf(...named({})),
  'x.tar.gz': async () => gzipSync(await tarOf(...named({}))),
  'x.zip': () => zipOf(...named({})),
  'x.7z': () => sevenZipOf(...named({})),
  'solid.7z': () => sevenZipOf(...named({ content: 'x' })),
  'x.ar': () => arOf(...named({})),
  'x.deb': () => arOf({ name: 'debian-binary' }, ...named({})),
};

it.each(Object.keys(ARCHIVES))('a run is cancelled between the entries of %s', async (name) => {
  const archive = (await ARCHIVES[name]?.()) ?? expect.fail();
  const stop = new AbortController();
  // Each look at the clock takes a while; the signal comes after some of them, among the entries.
  let looks = 0;
  using _clock = vi.spyOn(systemClock, 'monotonicMs').mockImplementation(() => {
    if (++looks === 20) setImmediate(() => stop.abort('enough'));
    return looks * 10;
  });
  const unpacking = ground.unpack(archive, { name, signal: stop.signal });
  await expect(unpacking).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(looks).toBeGreaterThanOrEqual(20);
  expect(fs.readdirSync(ground.dest).length).toBeLessThan(ENTRIES / 2);
});

it.each(['x.7z', 'x.tar'])(
  'a run that is cancelled while the last entry of %s is written is not done',
  async (name) => {
    const stop = new AbortController();
    const watcher = {
      open: () => {
        setImmediate(() => stop.abort('enough'));
        return { write: () => {}, close: () => {} };
      },
      forget: () => {},
    };
    const item = { name: 'a', content: 'a' };
    const archive = name === 'x.7z' ? sevenZipOf(item) : await tarOf(item);
    const unpacking = ground.unpack(archive, { name, signal: stop.signal, watcher });
    await expect(unpacking).rejects.toMatchObject({ code: 'INTERRUPTED' });
  },
);
