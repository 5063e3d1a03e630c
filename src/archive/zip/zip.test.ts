// What lands from a zip, and that it is what the programs of the system make of it.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUnpacker, unpackFile } from '../archive.ts';
import { createGround, type Ground, listing } from '../testing/archives.ts';
import { extraField, LINK, shapedZip, u32, type ZipItem, zipOf } from '../testing/zips.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const unpack: Ground['unpack'] = (archive, change) => ground.unpack(archive, { name: 'x.zip', ...change });
const land = async (...items: ZipItem[]): Promise<string[]> => {
  await unpack(zipOf(...items));
  return listing(ground.dest);
};

describe('agreement with system unzip', () => {
  beforeEach(() => {
    const tree = path.join(ground.dir, 'tree');
    for (const made of ['d'.repeat(120), 'empty', 'bin']) fs.mkdirSync(path.join(tree, made), { recursive: true });
    fs.writeFileSync(path.join(tree, 'bin/tool'), '#!/bin/sh\n', { mode: 0o755 });
    fs.writeFileSync(path.join(tree, 'bin/odd'), 'x', { mode: 0o744 });
    fs.symlinkSync('../bin/tool', path.join(tree, 'empty/link'));
    fs.symlinkSync('missing', path.join(tree, 'dangling'));
    fs.symlinkSync('empty', path.join(tree, 'to-dir'));
    fs.writeFileSync(path.join(tree, 'nothing'), '');
    fs.writeFileSync(path.join(tree, 'Grüße 漢字'), 'unicode');
    fs.writeFileSync(path.join(tree, 'back\\slash'), 'x');
    fs.writeFileSync(path.join(tree, 'large'), Buffer.alloc(3_000_001, 'abc'));
  });

  it.each([
    ['as zip makes it', ['-qry']],
    ['stored', ['-qry0']],
    ['with links followed', ['-qr', '-x', 'tree/dangling']],
    ['with 64 bits everywhere', ['-qryfz']],
    ['with data descriptors', ['-qryfd']],
  ])('unpacks %s', async (_, [flags = '', ...more]) => {
    const file = path.join(ground.dir, 'a.zip');
    execFileSync('zip', [flags, file, 'tree', ...more], { cwd: ground.dir });
    const theirs = path.join(ground.dir, 'theirs');
    execFileSync('unzip', ['-q', file, '-d', theirs]);
    await unpackFile(file, ground.dest, ground.options());
    expect(listing(ground.dest)).toEqual(listing(theirs));
  });

  it('unpacks what comes out of a pipe, and what a program is before', async () => {
    const zipped = execFileSync('zip', ['-qry', '-', 'tree'], { cwd: ground.dir, maxBuffer: 1e8 });
    fs.writeFileSync(path.join(ground.dir, 'a.zip'), Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), zipped]));
    await unpackFile(path.join(ground.dir, 'a.zip'), ground.dest, ground.options({ stripComponents: 1 }));
    expect(listing(ground.dest)).toEqual(listing(path.join(ground.dir, 'tree')));
  });
});

describe('what lands', () => {
  it('keeps the x bits, of archives made on any system', async () => {
    const listed = await land(
      { name: 'set-id', mode: 0o106777 },
      { name: 'secret', mode: 0o100400 },
      { name: 'unsaid', mode: 0 },
      { name: 'windows', mode: 0o100755, madeBy: 0 },
      { name: 'typeless', mode: 0o755 },
    );
    expect(listed.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'secret 1 0',
      'set-id 1 111',
      'typeless 1 111',
      'unsaid 1 0',
      'windows 1 111',
    ]);
  });

  it('makes directories, whether a slash, a mode or an attribute of DOS says that they are', async () => {
    const dirs = [{ name: 'a/' }, { name: 'b', mode: 0o40755 }, { name: 'c', mode: 0, madeBy: 0, dosAttributes: 0x10 }];
    expect(await land(...dirs, { name: 'd/e', content: 'x' })).toEqual(['a/', 'b/', 'c/', 'd/', 'd/e 1 0 x']);
  });

  it('makes links', async () => {
    const link = { name: 'd/l', mode: LINK, content: '../a', method: 0 };
    expect(await land({ name: 'a', content: 'x' }, link)).toEqual(['a 1 0 x', 'd/', 'd/l -> ../a']);
  });

  it('reads names in the encodings they come in', async () => {
    const grüße = Buffer.from('Grüße');
    const dos = Buffer.from('Gr\x81\xe1e', 'latin1');
    const unicode = (crc: number) => extraField(0x7075, Buffer.concat([Buffer.of(1), u32(crc), Buffer.from('Grün')]));
    const items = [
      { name: 'flagged ü' },
      { name: Buffer.concat([Buffer.from('unsaid '), grüße]) },
      { name: Buffer.concat([Buffer.from('dos '), dos]), madeBy: 0 },
      { name: Buffer.concat([Buffer.from('unix '), dos]) },
      { name: dos, madeBy: 0, extra: unicode(crc32(dos)) },
      { name: Buffer.from('renamed'), extra: unicode(crc32(dos)) },
    ];
    await unpack(zipOf(...items));
    const wanted = ['Grün', 'dos Grüße', 'flagged ü', 'renamed', 'unix Grße'.replace('r', 'rü'), 'unsaid Grüße'];
    expect(fs.readdirSync(ground.dest).sort()).toEqual(wanted.sort());
  });

  it('takes backslashes for slashes where Windows wrote them', async () => {
    const listed = await land({ name: 'a\\b', madeBy: 0 }, { name: 'a\\c\\', madeBy: 10 }, { name: 'd\\e' });
    expect(listed).toEqual(['a/', 'a/b 1 0 ', 'a/c/', 'd\\e 1 0 ']);
  });

  it('takes the later of two files with one name', async () => {
    expect(await land({ name: 'a', content: 'first' }, { name: 'a', content: 'later' })).toEqual(['a 1 0 later']);
  });

  it('strips components, and leaves out what is not wanted', async () => {
    const archive = zipOf({ name: 'top/a', content: 'x' }, { name: 'top/b' }, { name: 'c', content: 'x' });
    const change = { stripComponents: 1, exclude: ['b'] };
    expect(await unpack(archive, change)).toEqual({ entries: 1, sizeBytes: 1 });
    expect(listing(ground.dest)).toEqual(['a 1 0 x']);
  });

  it.each([
    ['with a prefix', shapedZip({ prefix: Buffer.from('MZ a program') }, { name: 'a', content: 'x' })],
    ['with a comment', shapedZip({ comment: Buffer.alloc(40_000, 'PK') }, { name: 'a', content: 'x' })],
    ['with 64 bits', shapedZip({ zip64: true }, { name: 'a', content: 'x', zip64: true })],
    ['with a prefix and 64 bits', shapedZip({ zip64: true, prefix: Buffer.alloc(9) }, { name: 'a', content: 'x' })],
    ['with sizes told later', zipOf({ name: 'a', content: 'x', toldLater: true })],
    ['with something between', shapedZip({ gap: Buffer.from('signatures of an APK') }, { name: 'a', content: 'x' })],
    ['with a zip in it', zipOf({ name: 'a', content: 'x' }, { name: 'z', content: zipOf({ name: 'b' }), method: 0 })],
  ])('unpacks one %s', async (_, archive) => {
    await unpack(archive);
    expect(listing(ground.dest)[0]).toBe('a 1 0 x');
  });

  it('unpacks an empty one', async () => {
    expect(await unpack(zipOf())).toEqual({ entries: 0, sizeBytes: 0 });
  });

  it('unpacks more entries than 16 bits can count', async () => {
    const items = Array.from({ length: 65_540 }, (_, i) => ({ name: `${i}`, method: 0 }));
    const archive = shapedZip({ zip64: true }, ...items, { name: 'd/last' });
    // Only what is in a directory lands: this is about counting.
    expect(await unpack(archive, { stripComponents: 1 })).toEqual({ entries: 1, sizeBytes: 0 });
  });

  it('finds its way where sizes and places need more than 32 bits', async () => {
    const holeBytes = 5 * 2 ** 30;
    const large = { name: 'large', method: 0, zip64: true, sizeBytes: holeBytes, packedBytes: holeBytes };
    const headerBytes = 30 + 5 + 20;
    const small = { name: 'small', content: 'x', zip64: true, at: headerBytes + holeBytes };
    const bytes = shapedZip({ zip64: true, holeBytes }, large, small);
    const file = path.join(ground.dir, 'x.zip');
    const fd = fs.openSync(file, 'w');
    fs.writeSync(fd, bytes, 0, headerBytes, 0);
    fs.writeSync(fd, bytes, headerBytes, bytes.length - headerBytes, headerBytes + holeBytes);
    fs.closeSync(fd);
    // The hole takes no room on the disk while nobody unpacks it.
    expect(await unpackFile(file, ground.dest, ground.options({ exclude: ['large'] }))).toMatchObject({ entries: 1 });
    expect(listing(ground.dest)).toEqual(['small 1 0 x']);
  });

  it('takes a zip for what it is, not for what it is called', async () => {
    await unpack(zipOf({ name: 'a' }), { name: 'x.tar.gz' });
    expect(listing(ground.dest)).toHaveLength(1);
  });
});

describe('a zip that arrives', () => {
  it('is let by: nobody can unpack it before its end is there', async () => {
    const unpacker = createUnpacker('x.tar.gz', ground.dest, ground.options());
    await pipeline(Readable.from([zipOf({ name: 'a', content: 'x'.repeat(1e6), method: 0 })]), unpacker);
    expect(await unpacker.done).toBeUndefined();
    expect(listing(ground.dest)).toEqual([]);
  });
});
