// What 7-Zip packs, by every method that galley reads, and what hostile archives say.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../model/failure.ts';
import { createGround, type Ground, listing } from '../testing/archives.ts';
import { type SevenZipItem, sevenZipOf, shapedSevenZip } from '../testing/seven-zips.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const unpack = (archive: Buffer, change = {}) => ground.unpack(archive, { name: 'x.7z', ...change });
const failing = (archive: Buffer, change = {}): Promise<Failure> =>
  unpack(archive, change).then(
    () => expect.fail('was unpacked'),
    (error) => error,
  );

describe('what 7-Zip packs', () => {
  let from: Ground;
  beforeAll(() => {
    from = createGround();
    const at = (name: string) => path.join(from.dest, name);
    fs.mkdirSync(at('d/hollow'), { recursive: true });
    // Enough of a program that the filters for each kind of processor have something to do.
    fs.writeFileSync(at('program'), fs.readFileSync(process.execPath).subarray(20e6, 20.4e6), { mode: 0o755 });
    fs.writeFileSync(at('d/text'), fs.readFileSync('package-lock.json').subarray(0, 90_000));
    fs.writeFileSync(at('d/noise'), randomBytes(70_000));
    fs.writeFileSync(at('d/zeros'), Buffer.alloc(600_000));
    fs.writeFileSync(at('empty'), '');
    fs.writeFileSync(at('Grüße 漢字'), 'unicode');
    fs.symlinkSync('d/text', at('link'));
  });
  afterAll(() => from[Symbol.dispose]());

  const pack = (...args: string[]): Buffer => {
    const file = path.join(ground.dir, 'packed.7z');
    execFileSync('7zz', ['a', '-snl', '-bso0', '-bsp0', ...args, file, '.'], { cwd: from.dest });
    return fs.readFileSync(file);
  };
  const BCJ2 = '-m0=BCJ2 -m1=LZMA:d=1m -m2=LZMA:d=64k -m3=LZMA:d=64k -mb0:1 -mb0s1:2 -mb0s2:3';

  it.each([
    ['-mx=5'],
    ['-mx=9 -md=1m'],
    ['-mx=1 -ms=off -mhc=off'],
    ['-m0=LZMA'],
    ['-m0=LZMA:lc=8:lp=0:pb=0'],
    ['-m0=LZMA:d=64k:lc=0:lp=4:pb=4'],
    ['-m0=LZMA2:d=64k'],
    [BCJ2],
    ['-m0=BCJ -m1=LZMA2'],
    ['-m0=ARM64 -m1=LZMA2:x=1'],
    ['-m0=ARM -m1=LZMA2:x=1'],
    ['-m0=ARMT -m1=LZMA2:x=1'],
    ['-m0=PPC -m1=LZMA2:x=1'],
    ['-m0=SPARC -m1=LZMA2:x=1'],
    ['-m0=Delta:4 -m1=LZMA2:x=1'],
    ['-m0=Deflate'],
    ['-m0=BZip2'],
  ])('is unpacked: %s', async (args) => {
    await unpack(pack(...args.split(' ')));
    expect(listing(ground.dest)).toEqual(listing(from.dest));
  });

  it.each([
    ['-m0=PPMd', 'ARCHIVE_INVALID', 'it is packed with PPMd, which galley cannot read'],
    ['-m0=Deflate64', 'ARCHIVE_INVALID', 'it is packed with Deflate64, which galley cannot read'],
    ['-psecret', 'ARCHIVE_UNSAFE', 'it is encrypted, and galley knows no passwords'],
    ['-psecret -mhe=on', 'ARCHIVE_UNSAFE', 'it is encrypted, and galley knows no passwords'],
  ])('is refused: %s', async (args, code, problem) => {
    expect(await failing(pack(...args.split(' ')))).toMatchObject({
      code,
      message: `Cannot unpack "x.7z": ${problem}`,
    });
    expect(listing(ground.dest)).toEqual([]);
  });

  it('is refused when it is cut off, damaged or a bomb', async () => {
    const packed = pack('-mx=1');
    for (const share of [0.001, 0.5, 0.999])
      expect((await failing(packed.subarray(0, packed.length * share))).code).toBe('ARCHIVE_INVALID');
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 40_000, 40_010);
    expect((await failing(damaged)).code).toBe('ARCHIVE_INVALID');
    const limits = { ratio: 3, harmlessBytes: 100_000 };
    expect((await failing(packed, { limits })).code).toBe('ARCHIVE_UNSAFE');
  });

  it('has only those parts that are asked for', async () => {
    await unpack(pack('-mx=1'), { include: ['d/text', 'link'] });
    expect(fs.readdirSync(ground.dest)).toEqual(['d', 'link']);
    expect(fs.readdirSync(path.join(ground.dest, 'd'))).toEqual(['text']);
  });

  it('stops when the run is cancelled', async () => {
    const stop = new AbortController();
    const unpacking = failing(pack('-mx=1'), { signal: stop.signal });
    setImmediate(() => stop.abort());
    expect((await unpacking).code).toBe('INTERRUPTED');
  });
});

describe('a 7z', () => {
  const LINK = 0o120777;

  it('holds files, directories and links, with and without what Unix knows of them', async () => {
    await unpack(
      sevenZipOf(
        { name: 'd', isDir: true },
        { name: 'd/a', content: 'a', mode: 0o104755 },
        { name: 'b', content: 'b' },
        { name: 'l', content: 'd/a', mode: LINK },
        { name: 'none' },
      ),
    );
    expect(listing(ground.dest)).toEqual(['b 1 0 b', 'd/', 'd/a 1 111 a', 'l -> d/a', 'none 1 0 ']);
    expect(fs.statSync(path.join(ground.dest, 'd/a')).mode & 0o7777).toBe(0o755);
  });

  const file = { name: 'a', content: 'abc' };
  const UNSAFE: [string, SevenZipItem[]][] = [
    ['entry "../x" leaves the directory', [{ name: '../x', content: 'x' }]],
    ['entry "/x" has an absolute path', [{ name: '/x' }]],
    ['entry "a" is a link to "..", which leaves the directory', [{ name: 'a', content: '..', mode: LINK }]],
    ['entry "a/x" goes through a link ("a")', [{ name: 'a', content: 'b', mode: LINK }, { name: 'a/x' }]],
    ['entry "a" is a file where a link is already', [{ name: 'a', content: 'b', mode: LINK }, file]],
    ['entry "a" is a device or a pipe', [{ name: 'a', mode: 0o20666 }]],
    ['entry "a" is a link without target', [{ name: 'a', mode: LINK }]],
    ['entry "a" is a link to a name that is too long', [{ name: 'a', content: 'x'.repeat(5000), mode: LINK }]],
    ['entry "a" wants to remove a file, and only updates may do that', [{ name: 'a', isAnti: true }]],
    ['entry "" has no name', [{ name: '' }]],
  ];
  it.each(UNSAFE)('is refused: %s', async (problem, items) => {
    expect(await failing(sevenZipOf({ name: 'b', isDir: true }, ...items))).toMatchObject({
      code: 'ARCHIVE_UNSAFE',
      message: `Cannot unpack "x.7z": ${problem}`,
    });
    expect(fs.readdirSync(ground.dir).sort()).toEqual(['dest', 'x.7z']);
  });

  const INVALID: [string, Buffer][] = [
    ['entry "a" is damaged (A wrong checksum)', sevenZipOf({ ...file, crc: 1 })],
    ['entry "a" is a directory with content', sevenZipOf({ ...file, mode: 0o40755 })],
    ['galley cannot unpack', sevenZipOf({ ...file, attributes: 0x400 })],
    ['Files that are larger than what they are in', shapedSevenZip({ sizeBytes: 2 }, file, file)],
    ['entry "a" is damaged (Unexpected end of data)', shapedSevenZip({ sizeBytes: 9 }, file)],
    ['entry "a" is damaged (Unexpected end of data)', shapedSevenZip({ packedBytes: 2 ** 50 }, file)],
    ['packed with method ffff', shapedSevenZip({ method: 'ffff' }, file)],
    ['A folder whose coders are not tied together', shapedSevenZip({ links: [[0, 7]] }, file)],
    [
      'A folder whose coders are not tied together',
      shapedSevenZip(
        {
          links: [
            [0, 1],
            [0, 2],
          ],
        },
        file,
      ),
    ],
    ['Its header says more than it has', shapedSevenZip({ files: 1e9 }, file)],
    ['Not as many names as files', shapedSevenZip({ files: 2 }, file)],
    ['Unexpected end of data', sevenZipOf(file).subarray(0, 20)],
  ];
  it.each(INVALID)('is no good one: %s', async (problem, archive) => {
    const error = await failing(archive);
    expect([error.code, error.message]).toEqual(['ARCHIVE_INVALID', expect.stringContaining(problem)]);
  });

  it('may go round in a part of its coders that leads nowhere', async () => {
    // Two coders feed one another, and the third, which gives the content, waits for the packed stream.
    const links: [number, number][] = [
      [0, 1],
      [1, 0],
    ];
    await unpack(shapedSevenZip({ links }, file));
    expect(listing(ground.dest)).toEqual(['a 1 0 abc']);
  });

  it('with any byte changed is a good one or refused, and never anything else', async () => {
    const whole = sevenZipOf({ name: 'd', isDir: true }, file, { name: 'l', content: 'a', mode: LINK });
    for (let at = 0; at < whole.length; at++) {
      const header = Buffer.from(whole);
      header[at] = (header[at] as number) ^ (1 << (at % 8));
      // The checksums are right again, so that what they guard is read.
      const offset = 32 + Number(header.readBigUInt64LE(12));
      if (at >= 32) header.writeUInt32LE(crc32(header.subarray(offset)), 28);
      header.writeUInt32LE(crc32(header.subarray(12, 32)), 8);
      using own = createGround();
      const error = await own.unpack(header, { name: 'x.7z' }).catch((thrown: unknown) => thrown);
      if (error instanceof Error) expect(error, `byte ${at}: ${error.stack}`).toBeInstanceOf(Failure);
    }
  });
});
