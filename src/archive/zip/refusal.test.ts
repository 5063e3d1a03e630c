// What is wrong with a zip is said before any of it does harm.
import * as fs from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../model/failure.ts';
import { createGround, type Ground, listing } from '../testing/archives.ts';
import { extraField, LINK, shapedZip, u32, type ZipItem, zipOf } from '../testing/zips.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const unpack: Ground['unpack'] = (archive, change) => ground.unpack(archive, { name: 'x.zip', ...change });
const failing = (archive: Buffer, change = {}): Promise<Failure> =>
  unpack(archive, change).then(
    () => expect.fail('was unpacked'),
    (error) => error,
  );

describe('hostile zips', () => {
  const UNSAFE: [string, ZipItem[]][] = [
    ['entry "../x" leaves the directory', [{ name: '../x' }]],
    ['entry "a/../../x" leaves the directory', [{ name: 'a\\..\\..\\x', madeBy: 0 }]],
    ['entry "/x" has an absolute path', [{ name: '/x' }]],
    ['has a NUL character in its name', [{ name: 'a\0b' }]],
    ['entry "" has no name', [{ name: '' }]],
    ['entry "a" is a link to "/etc", an absolute path', [{ name: 'a', mode: LINK, content: '/etc' }]],
    ['entry "a" is a link to "..", which leaves the directory', [{ name: 'a', mode: LINK, content: '..' }]],
    ['entry "a" is a link without target', [{ name: 'a', mode: LINK }]],
    ['entry "a" is a link to a name that is too long', [{ name: 'a', mode: LINK, content: 'x/'.repeat(2_100) }]],
    [
      'entry "a/x" goes through a link ("a")',
      [{ name: 'a', mode: LINK, content: 'b' }, { name: 'b/' }, { name: 'a/x' }],
    ],
    ['entry "a" is a file where a link is already', [{ name: 'a', mode: LINK, content: 'b' }, { name: 'a' }]],
    ['entry "a" is a file where a directory is already', [{ name: 'a/' }, { name: 'a' }]],
    ['entry "dev" is a device or a pipe', [{ name: 'dev', mode: 0o020666 }]],
    ['entry "pipe" is a device or a pipe', [{ name: 'pipe', mode: 0o010666 }]],
    ['entry "a" is encrypted, and galley knows no passwords', [{ name: 'a', flags: 1 }]],
    ['entry "a" shares its bytes with another', [{ name: 'a' }, { name: 'a', at: 0 }]],
    ['entry "a" shares its bytes with another', [{ name: 'a', packedBytes: 60 }, { name: 'b' }]],
    ['entry "a" has a header that contradicts the directory', [{ name: 'a', local: { name: 'b' } }]],
    ['entry "a" has a header that contradicts the directory', [{ name: 'a', local: { method: 0 } }]],
    ['entry "a" has a header that contradicts the directory', [{ name: 'a', local: { crc: 1 } }]],
    ['entry "a" has a header that contradicts the directory', [{ name: 'a', local: { sizeBytes: 1 } }]],
    ['entry "a" has a header that contradicts the directory', [{ name: 'a', local: { packedBytes: 1 } }]],
    ['entry "a" has a header that contradicts the directory', [{ name: 'a', local: { flags: 0x801 } }]],
  ];
  it.each(UNSAFE)('are refused: %s', async (message, items) => {
    const failure = await failing(zipOf(...items));
    expect(failure.message).toContain(message);
    expect(failure.message).toMatch(/^Cannot unpack "x.zip": entry "/);
    expect(failure.code).toBe('ARCHIVE_UNSAFE');
    expect(fs.readdirSync(ground.dir).sort()).toEqual(['dest', 'x.zip']);
  });

  it('do not show one kernel as the content of many', async () => {
    const kernel = deflateRawSync(Buffer.alloc(1e6));
    const quoted = Buffer.concat([Buffer.of(0), zipOf({ name: 'b', content: Buffer.alloc(1e6) })]);
    const overlapping = [
      { name: 'a', packed: quoted, sizeBytes: 1e6 },
      { name: 'b', packed: kernel, at: 32 },
    ];
    expect((await failing(zipOf(...overlapping))).code).toBe('ARCHIVE_UNSAFE');
  });

  it.each([
    ['files', { entries: 9 }, 'it holds more than 9 files'],
    ['bytes', { sizeBytes: 20_000 }, 'it unpacks to more than 20000 bytes'],
    ['bytes for what it weighs', { ratio: 10, harmlessBytes: 10_000 }, 'it unpacks to more than 10 times its size'],
  ])('hold too many %s', async (_, limits, message) => {
    const items = Array.from({ length: 10 }, (_, i) => ({ name: `f${i}`, content: ' '.repeat(5_000) }));
    const failure = await failing(zipOf(...items), { limits });
    expect([failure.code, failure.message]).toEqual(['ARCHIVE_UNSAFE', expect.stringContaining(message)]);
  });

  it('cannot make one large entry look small', async () => {
    const bomb = zipOf({ name: 'a', content: Buffer.alloc(50_000_000), sizeBytes: 100, local: { sizeBytes: 100 } });
    expect((await failing(bomb)).message).toContain('entry "a" is damaged (More bytes than it says)');
    const large = zipOf({ name: 'a', content: Buffer.alloc(50_000_000) });
    const failure = await failing(large, { limits: { harmlessBytes: 1e6 } });
    expect(failure.message).toContain('it unpacks to more than 250 times its size');
    expect(fs.statSync(`${ground.dest}/a`).size).toBeLessThan(large.length * 250 + 2 ** 20);
  });
});

describe('damaged zips', () => {
  const content = 'some text, some text, some text';
  const INVALID: [string, ZipItem[]][] = [
    ['entry "a" is damaged (A wrong checksum)', [{ name: 'a', content, crc: 1 }]],
    ['entry "a" is damaged (More bytes than it says)', [{ name: 'a', content, sizeBytes: 3 }]],
    ['entry "a" is damaged (Fewer bytes than it says)', [{ name: 'a', content, sizeBytes: 99 }]],
    ['entry "a" is damaged (Fewer bytes than it says)', [{ name: 'a', content, method: 0, sizeBytes: 99 }]],
    ['entry "a" is damaged (Something follows its content)', [{ name: 'a', packed: Buffer.of(3, 0, 7) }]],
    ['entry "a" is damaged (', [{ name: 'a', content, packed: Buffer.of(0xff) }]],
    ['entry "a" is damaged (', [{ name: 'a', content, packed: deflateRawSync(content).subarray(0, 9) }]],
    ['entry "a" is packed with LZMA, which galley cannot read', [{ name: 'a', method: 14 }]],
    ['entry "a" is packed with method 77, which galley cannot read', [{ name: 'a', method: 77 }]],
    ['entry "a/" is a directory with content', [{ name: 'a/', content }]],
    ['entry "b" is not where it should be', [{ name: 'b', content, at: 3 }]],
    [
      'it is truncated or corrupt (A size is missing)',
      [{ name: 'a', sizeBytes: 0xffffffff, extra: extraField(1, Buffer.alloc(3)) }],
    ],
    [
      'it is truncated or corrupt (A size is missing)',
      [
        {
          name: 'a',
          sizeBytes: 0xffffffff,
          local: { sizeBytes: 0 },
          extra: Buffer.concat([extraField(1, u32(0)), extraField(9, u32(0))]),
        },
      ],
    ],
    [
      'it is truncated or corrupt (Two sizes for one content)',
      [{ name: 'a', zip64: true, extra: extraField(1, Buffer.alloc(24)) }],
    ],
    [
      'it is truncated or corrupt (A size of ',
      [{ name: 'a', at: 0xffffffff, extra: extraField(1, Buffer.alloc(8, 255)) }],
    ],
    ['it is truncated or corrupt (A name that is not UTF-8)', [{ name: Buffer.of(0xff), flags: 0x800 }]],
  ];
  it.each(INVALID)('are refused: %s', async (message, items) => {
    const failure = await failing(zipOf(...items));
    expect(failure.message).toContain(message);
    expect(failure.code).toBe('ARCHIVE_INVALID');
  });

  const shapes: [string, Parameters<typeof shapedZip>[0]][] = [
    ['1 entries in its directory, 2 at its end', { entries: 2 }],
    ['1 entries in its directory, 9007199254740000 at its end', { entries: 9007199254740000, zip64: true }],
    ['A damaged directory', { directoryBytes: 20 }],
    ['Its directory is not where it should be', { directoryBytes: 1_000 }],
    ['Its directory is not where it should be', { directoryStart: 1_000 }],
    ['It is one of several parts', { disk: 1 }],
  ];
  it.each(shapes)('are refused: %s', async (message, shape) => {
    const limits = { entries: Number.MAX_SAFE_INTEGER };
    const failure = await failing(shapedZip(shape, { name: 'a', content }), { limits });
    expect([failure.code, failure.message]).toEqual(['ARCHIVE_INVALID', expect.stringContaining(message)]);
  });

  it.each([
    ['Something follows its end', Buffer.concat([zipOf({ name: 'a' }), Buffer.of(0)])],
    ['Something follows its end', shapedZip({ comment: Buffer.concat([zipOf(), Buffer.of(0)]) }, { name: 'a' })],
    ['A damaged directory', shapedZip({ entries: 1 }, { name: 'a' }, { name: 'b' })],
    ['A damaged directory', shapedZip({ entries: 2 }, { name: 'a'.repeat(60) })],
    ['No end of a zip found', Buffer.from('<html>'.repeat(20))],
    ['No end of a zip found', Buffer.alloc(0)],
  ])('are refused at their end: %s', async (message, archive) => {
    const failure = await failing(archive);
    expect([failure.code, failure.message]).toEqual(['ARCHIVE_INVALID', expect.stringContaining(message)]);
  });

  it.each([
    ['does not begin like one', 0, 0],
    ['goes on into their end', 32, 3],
  ])('are refused when a record %s', async (_, at, value) => {
    const whole = zipOf({ name: 'a' });
    whole.writeUInt16LE(value, whole.indexOf(u32(0x02014b50)) + at);
    expect((await failing(whole)).message).toContain('A damaged directory');
  });

  it('are refused when their two ends say different things', async () => {
    const whole = shapedZip({ zip64: true }, { name: 'a' });
    const end = whole.length - 22;
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(whole);
      copy.writeUInt16LE(value, at);
      return copy;
    };
    for (const archive of [changed(end + 8, 7), changed(end + 12, 7), changed(end - 20 + 8, 1), changed(end - 76, 1)])
      expect((await failing(archive)).code).toBe('ARCHIVE_INVALID');
  });

  it('are refused wherever they were cut off', async () => {
    const whole = shapedZip(
      { zip64: true },
      { name: 'a', content },
      { name: 'd/' },
      { name: 'b', mode: LINK, content: 'a' },
    );
    for (let cut = 0; cut < whole.length; cut += 3)
      expect((await failing(whole.subarray(0, cut))).code, `cut at ${cut}`).toBe('ARCHIVE_INVALID');
  });

  it('never break out, whatever bit is wrong', async () => {
    const whole = shapedZip(
      { zip64: true, comment: Buffer.from('c') },
      { name: 'a', content },
      { name: 'b', mode: LINK, content: 'a' },
    );
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      const told = await unpack(bytes).then(
        () => 'unpacked',
        (error: Failure) => error.code,
      );
      expect(['unpacked', 'ARCHIVE_INVALID', 'ARCHIVE_UNSAFE'], `bit at ${at}: ${told}`).toContain(told);
      expect(fs.readdirSync(ground.dir).sort()).toEqual(['dest', 'x.zip']);
      fs.rmSync(ground.dest, { recursive: true });
      fs.mkdirSync(ground.dest);
    }
  });

  it('unpack to what they were or not at all, whatever is wrong in their directory', async () => {
    const extra = extraField(9, Buffer.alloc(12));
    const whole = shapedZip(
      { zip64: true, prefix: Buffer.from('#!'), comment: Buffer.alloc(70) },
      { name: 'a', content, zip64: true },
      { name: 'd/', extra },
      { name: 'd/b', content, method: 0, extra },
    );
    await unpack(whole);
    const intact = listing(ground.dest);
    const records = [0, 1, 2].reduce<number[]>(
      (found) => [...found, whole.indexOf(u32(0x02014b50), (found.at(-1) ?? -1) + 1)],
      [],
    );
    // Kind and system of a file are told here only.
    const isUnchecked = (at: number) => records.some((record) => [4, 5, 36, 37, 38, 39, 40, 41].includes(at - record));
    const place = fc.integer({ min: records[0] as number, max: whole.length - 1 }).filter((at) => !isUnchecked(at));
    const change = fc.tuple(place, fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255)));
    const damage = fc.record({
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
      cut: fc.option(place, { freq: 9 }),
    });
    const property = fc.asyncProperty(damage, async ({ changes, cut }) => {
      using fresh = createGround();
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      const told = await fresh.unpack(bytes.subarray(0, cut ?? bytes.length), { name: 'x.zip' }).then(
        () => listing(fresh.dest),
        ({ code }: Failure) => code,
      );
      if (typeof told === 'string') expect(told).toMatch(/^ARCHIVE_(INVALID|UNSAFE)$/);
      else expect(told).toEqual(intact);
    });
    await fc.assert(property, { seed: 12, numRuns: 200 });
  });

  it('stop when the run is cancelled', async () => {
    const stop = new AbortController();
    stop.abort('enough');
    expect((await failing(zipOf({ name: 'a' }), { signal: stop.signal })).code).toBe('INTERRUPTED');
  });
});
