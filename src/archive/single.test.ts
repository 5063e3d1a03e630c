// Single compressed files, plain ar archives and Debian packages.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGround, type Ground, listing, tarOf } from './testing/archives.ts';
import { type ArItem, arOf } from './testing/ars.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const unpack: Ground['unpack'] = (archive, change) => ground.unpack(archive, change);
const at = (name: string) => path.join(ground.dir, name);

describe('a single compressed file', () => {
  const CONTENT = 'x'.repeat(100_000);
  const PROGRAMS = { gz: 'gzip', bz2: 'bzip2', xz: 'xz', zst: 'zstd' };

  it.each(Object.entries(PROGRAMS))('is unpacked under its name without .%s', async (suffix, program) => {
    const packed = execFileSync(program, ['-c'], { input: CONTENT });
    expect(await unpack(packed, { name: `fix.patch.${suffix}` })).toEqual({ entries: 1, sizeBytes: 100_000 });
    expect(listing(ground.dest)).toEqual([`fix.patch 1 0 ${CONTENT}`]);
  });

  it('has the name of the archive, whatever gzip keeps inside, and no directories to strip', async () => {
    fs.writeFileSync(at('..%2Fevil'), 'short');
    const packed = execFileSync('gzip', ['-cN', at('..%2Fevil')]);
    expect(packed.includes('evil')).toBe(true);
    await unpack(packed, { name: 'A.GZ', stripComponents: 2 });
    expect(listing(ground.dest)).toEqual(['A 1 0 short']);
  });

  it('is a tar when it begins like one, and must be one when it is called so', async () => {
    const tar = await tarOf({ name: 'd/a', content: 'a' });
    await unpack(gzipSync(tar), { name: 'x.gz' });
    expect(listing(ground.dest)).toEqual(['d/', 'd/a 1 0 a']);
    for (const name of ['x.tar.gz', 'x.tgz', 'download'])
      await expect(unpack(gzipSync(CONTENT), { name }), name).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('is known as pzstd begins it, with a frame that is to be skipped', async () => {
    const skippable = Buffer.from('502a4d180400000061626364', 'hex');
    const packed = Buffer.concat([skippable, zstdCompressSync('one '), skippable, zstdCompressSync('two')]);
    await unpack(packed, { name: 'x.zst' });
    expect(listing(ground.dest)).toEqual(['x 1 0 one two']);
  });

  it('is all that gzip has packed into it, and nothing else but zeros at its end', async () => {
    const [one, two] = [gzipSync('one '), gzipSync('two')];
    const fill = Buffer.alloc(700_000);
    await unpack(Buffer.concat([one, two, fill]), { name: 'x.gz' });
    expect(listing(ground.dest)).toEqual(['x 1 0 one two']);
    for (const rest of [two, Buffer.from('x')])
      await expect(unpack(Buffer.concat([one, fill, rest]), { name: 'x.gz' })).rejects.toMatchObject({
        code: 'ARCHIVE_INVALID',
        message: expect.stringContaining('something follows its end'),
      });
  });

  it('is empty when it has nothing', async () => {
    expect(await unpack(gzipSync(''), { name: 'x.gz' })).toEqual({ entries: 1, sizeBytes: 0 });
    expect(listing(ground.dest)).toEqual(['x 1 0 ']);
  });

  it.each([
    ['.gz', 'has no name'],
    ['...gz', 'leaves the directory'],
  ])('is refused with the name "%s"', async (name, problem) => {
    await expect(unpack(gzipSync(CONTENT), { name })).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
      message: expect.stringContaining(problem),
    });
  });

  it('is refused when it is a bomb, cut off or damaged', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(2_000_000));
    const limits = { ratio: 100, harmlessBytes: 1_000_000 };
    await expect(unpack(bomb, { name: 'x.zst', limits })).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
    const packed = gzipSync(CONTENT);
    const damaged = Buffer.from(packed);
    damaged.subarray(-8, -4).fill(0);
    for (const bad of [packed.subarray(0, -1), damaged])
      await expect(unpack(bad, { name: 'x.gz' })).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});

describe('ar', () => {
  const LONG = `${'long-name-'.repeat(10)}.o`;

  it('unpacks what binutils pack, long names and symbol tables included', async () => {
    fs.writeFileSync(at('a.c'), 'int a(void) { return 1; }');
    execFileSync('cc', ['-c', at('a.c'), '-o', at('odd.o')]);
    fs.writeFileSync(at(LONG), 'odd');
    fs.writeFileSync(at('b c'), 'spaces');
    execFileSync('ar', ['rcs', 'lib.a', 'odd.o', LONG, 'b c'], { cwd: ground.dir });
    await unpack(fs.readFileSync(at('lib.a')), { name: 'lib.a' });
    const object = fs.readFileSync(at('odd.o'), 'latin1');
    expect(listing(ground.dest)).toEqual(['b c 1 0 spaces', `${LONG} 1 0 odd`, `odd.o 1 0 ${object}`].sort());
  });

  it('unpacks names as BSD writes them, and leaves out its symbol table', async () => {
    const bsd = (name: string, content: string): ArItem => ({
      name: `#1/${name.length + 2}`,
      content: `${name}\0\0${content}`,
    });
    const archive = arOf(bsd('__.SYMDEF SORTED', 'x'), bsd(LONG, 'long'), { name: 'short', content: 's', mode: 0o755 });
    expect(await unpack(archive, { name: 'x.ar' })).toEqual({ entries: 2, sizeBytes: 5 });
    expect(listing(ground.dest)).toEqual([`${LONG} 1 0 long`, 'short 1 111 s']);
  });

  const REFUSED: [string, string, Buffer][] = [
    ['leaves the directory', 'ARCHIVE_UNSAFE', arOf({ name: '//', content: '../evil/\n' }, { name: '/0' })],
    ['absolute path', 'ARCHIVE_UNSAFE', arOf({ name: '#1/5', content: '/evil' })],
    ['has no name', 'ARCHIVE_UNSAFE', arOf({ name: '' })],
    ['NUL', 'ARCHIVE_UNSAFE', arOf({ name: 'a\0b' })],
    ['cannot read thin ar archives', 'ARCHIVE_INVALID', Buffer.from('!<thin>\n')],
    ['not in the table', 'ARCHIVE_INVALID', arOf({ name: '//', content: 'a/\n' }, { name: '/99' })],
    ['not in the table', 'ARCHIVE_INVALID', arOf({ name: '//', content: `${'a'.repeat(4_096)}/\n` }, { name: '/0' })],
    ['longer than its member', 'ARCHIVE_INVALID', arOf({ name: '#1/9', content: 'x' })],
    ['too large', 'ARCHIVE_INVALID', arOf({ name: '//', said: 2 ** 30 })],
    ['No header', 'ARCHIVE_INVALID', Buffer.concat([arOf({ name: 'a' }), Buffer.alloc(60, 'x')])],
    ['end of data', 'ARCHIVE_INVALID', arOf({ name: 'a', content: 'a', said: 100 })],
    ['end of data', 'ARCHIVE_INVALID', arOf({ name: 'a' }).subarray(0, -5)],
  ];
  it.each(REFUSED)('is refused: %s', async (problem, wanted, archive) => {
    const failing = unpack(archive, { name: 'x.ar' });
    await expect(failing).rejects.toMatchObject({ code: wanted, message: expect.stringContaining(problem) });
    expect(fs.readdirSync(ground.dir).sort()).toEqual(['dest', 'x.ar']);
  });
});

describe('a Debian package', () => {
  const control = { name: 'control.tar.gz', content: gzipSync('never looked at') };
  const debOf = (...items: ArItem[]) => arOf({ name: 'debian-binary', content: '2.0\n' }, control, ...items);

  it.each([
    ['', (tar: Buffer) => tar],
    ['.gz', gzipSync],
    ['.zst', zstdCompressSync],
    ['.xz', (tar: Buffer) => execFileSync('xz', ['-c'], { input: tar })],
  ])('unpacks the files of data.tar%s, and nothing of the control part', async (suffix, pack) => {
    const tar = await tarOf({ name: './usr/bin/tool', content: 'tool', mode: 0o4755 });
    const deb = debOf({ name: `data.tar${suffix}/`, content: pack(tar) }, { name: '_more', content: 'odd' });
    await unpack(deb, { name: 'x.deb' });
    expect(listing(ground.dest)).toEqual(['usr/', 'usr/bin/', 'usr/bin/tool 1 111 tool']);
    expect(fs.statSync(path.join(ground.dest, 'usr/bin/tool')).mode & 0o7777).toBe(0o755);
  });

  it('is refused for what its files do, and when it has none', async () => {
    const evil = await tarOf({ name: '../evil' });
    const failing = (deb: Buffer) =>
      unpack(deb, { name: 'x.deb' }).then(
        () => expect.fail('was unpacked'),
        ({ code, message }) => [code, message],
      );
    expect(await failing(debOf({ name: 'data.tar.gz', content: gzipSync(evil) }))).toEqual([
      'ARCHIVE_UNSAFE',
      'Cannot unpack "x.deb": entry "../evil" leaves the directory',
    ]);
    expect(await failing(debOf())).toEqual(['ARCHIVE_INVALID', expect.stringContaining('No data.tar')]);
    const names = { name: '//', content: `${'a'.repeat(4_096)}/\n` };
    expect(await failing(debOf(names, { name: '/0' }))).toEqual(['ARCHIVE_INVALID', expect.stringContaining('table')]);
    expect(await failing(debOf(names, { name: '/1' }))).toEqual([
      'ARCHIVE_INVALID',
      expect.stringContaining('No data'),
    ]);
    const lzma = debOf({ name: 'data.tar.lzma', content: ']' });
    expect(await failing(lzma)).toEqual(['ARCHIVE_INVALID', expect.stringContaining('cannot read')]);
  });

  it('has no more members than files are allowed, wanted or not', async () => {
    const deb = debOf(...Array(8).fill({ name: '_more' }), { name: 'data.tar', content: await tarOf({ name: 'a' }) });
    await unpack(deb, { name: 'x.deb', limits: { entries: 11 } });
    await expect(unpack(deb, { name: 'x.deb', limits: { entries: 10 } })).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
      message: 'Cannot unpack "x.deb": it holds more than 10 files',
    });
  });
});
