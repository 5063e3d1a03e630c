// What is wrong with an archive is said before any of it does harm.
import * as fs from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../model/failure.ts';
import { createGround, type Ground, type Item, tarOf } from './testing/archives.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const unpack: Ground['unpack'] = (archive, change) => ground.unpack(archive, change);
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('hostile archives', () => {
  const UNSAFE: [string, Item[]][] = [
    ['entry "../x" leaves the directory', [{ name: '../x' }]],
    ['entry "/x" has an absolute path', [{ name: '/x' }]],
    ['entry "a" is a link to "/etc", an absolute path', [{ name: 'a', type: 'symlink', linkname: '/etc' }]],
    ['entry "a" is a link to "..", which leaves the directory', [{ name: 'a', type: 'symlink', linkname: '..' }]],
    [
      'entry "a/x" goes through a link ("a")',
      [{ name: 'a', type: 'symlink', linkname: 'b' }, { name: 'b/', type: 'directory' }, { name: 'a/x' }],
    ],
    [
      'entry "a/" goes through a link ("a")',
      [
        { name: 'a', type: 'symlink', linkname: '.' },
        { name: 'a/', type: 'directory' },
      ],
    ],
    ['entry "a" is a file where a link is already', [{ name: 'a', type: 'symlink', linkname: 'b' }, { name: 'a' }]],
    ['entry "a" is a file where a directory is already', [{ name: 'a/', type: 'directory' }, { name: 'a' }]],
    ['entry "a/b" goes through a file ("a")', [{ name: 'a' }, { name: 'a/b' }]],
    [
      'entry "a" is a link where something else is already',
      [{ name: 'a' }, { name: 'a', type: 'symlink', linkname: 'b' }],
    ],
    [
      'entry "h" is a hard link to "../dest/f", which leaves the directory',
      [{ name: 'h', type: 'link', linkname: '../dest/f' }],
    ],
    [
      'entry "h" is a hard link to "/etc/passwd", which has an absolute path',
      [{ name: 'h', type: 'link', linkname: '/etc/passwd' }],
    ],
    [
      'entry "h" is a hard link to "l/f", which goes through a link ("l")',
      [{ name: 'l', type: 'symlink', linkname: '.' }, { name: 'f' }, { name: 'h', type: 'link', linkname: 'l/f' }],
    ],
    [
      'entry "h" is a hard link to "d", which is no file',
      [
        { name: 'd/', type: 'directory' },
        { name: 'h', type: 'link', linkname: 'd' },
      ],
    ],
    ['entry "dev" is a device or a pipe', [{ name: 'dev', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['entry "pipe" is a device or a pipe', [{ name: 'pipe', type: 'fifo' }]],
    ['entry "../x" leaves the directory', [{ name: 'a', pax: { path: '../x' } }]],
    ['has a NUL character in its name', [{ name: 'a', pax: { path: 'a\0b' } }]],
    [
      'is a link to "../..", which leaves',
      [{ name: 'a/l', type: 'symlink', linkname: 'x', pax: { linkpath: '../..' } }],
    ],
  ];
  it.each(UNSAFE)('are refused: %s', async (message, items) => {
    const failure: Failure = await unpack(await tarOf(...items)).catch((error) => error);
    expect(failure.message).toContain(message);
    expect(failure.message).toMatch(/^Cannot unpack "x.tar": entry "/);
    expect(failure.code).toBe('ARCHIVE_UNSAFE');
    expect(fs.readdirSync(ground.dir).sort()).toEqual(['dest', 'x.tar']);
  });

  it('do not write through a link that was on the disk before', async () => {
    fs.mkdirSync(path.join(ground.dir, 'other'));
    fs.symlinkSync('../other', path.join(ground.dest, 'l'));
    await expect(unpack(await tarOf({ name: 'l/x' }))).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    await expect(unpack(await tarOf({ name: 'l' }))).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    expect(fs.readdirSync(path.join(ground.dir, 'other'))).toEqual([]);
  });

  it.each([
    ['files', { entries: 9 }, { limits: 'it holds more than 9 files' }],
    ['bytes', { sizeBytes: 20_000 }, { limits: 'it unpacks to more than 20000 bytes' }],
    ['bytes for what it weighs', { ratio: 10, harmlessBytes: 10_000 }, { limits: 'it unpacks to more than 10 times' }],
  ])('hold too many %s', async (_, limits, { limits: message }) => {
    const items = Array.from({ length: 10 }, (_, i) => ({ name: `f${i}`, content: ' '.repeat(5_000) }));
    const failure = await unpack(gzipSync(await tarOf(...items)), { limits }).catch((error) => error);
    expect([failure.code, failure.message]).toEqual(['ARCHIVE_UNSAFE', expect.stringContaining(message)]);
  });

  it('cannot count directories for nothing', async () => {
    const done = unpack(await tarOf({ name: `${'d/'.repeat(50)}f` }), { limits: { entries: 20 } });
    await expect(done).rejects.toEqual(code('ARCHIVE_UNSAFE'));
  });
});

describe('damaged archives', () => {
  const items = [{ name: 'a', content: 'x'.repeat(700) }, { name: 'd/', type: 'directory' }, { name: 'b' }];

  it('are refused wherever they were cut off', async () => {
    const whole = await tarOf(...items);
    // One block of zeros is enough for us; the second only says the same again.
    for (let cut = 0; cut < whole.length - 512; cut += 128) {
      await expect(unpack(whole.subarray(0, cut)), `cut at ${cut}`).rejects.toEqual(code('ARCHIVE_INVALID'));
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('are refused wherever %s was cut off', async (_, compress) => {
    const whole = compress(await tarOf(...items));
    for (let cut = 0; cut < whole.length; cut += 5) {
      await expect(unpack(whole.subarray(0, cut)), `cut at ${cut}`).rejects.toEqual(code('ARCHIVE_INVALID'));
    }
  });

  it('are refused when a bit is wrong', async () => {
    const bytes = gzipSync(await tarOf({ name: 'a', content: 'some text that deflate will not shorten' }));
    bytes[60] = (bytes[60] as number) ^ 4;
    await expect(unpack(bytes)).rejects.toEqual(code('ARCHIVE_INVALID'));
  });

  it.each([
    ['a thin ar', Buffer.from('!<thin>\nx'), 'galley cannot read thin ar archives'],
    ['a web page', Buffer.from('<html>'.repeat(100)), 'it is truncated or corrupt'],
  ])('say what they are when it is %s', async (_, bytes, message) => {
    await expect(unpack(bytes, { name: 'x.tar.xz' })).rejects.toThrow(`Cannot unpack "x.tar.xz": ${message}`);
  });

  const long = 'x'.repeat(300);
  it.each([
    ['file', { name: long }],
    ['directory', { name: `d/${long}/f` }],
    ['link', { name: 'l', type: 'symlink', linkname: 'x', pax: { linkpath: 'x/'.repeat(3_000) } }],
    ['hard link', { name: 'h', type: 'link', linkname: 'x', pax: { linkpath: long } }],
  ])('say so when a %s has a name that the disk cannot hold', async (_, item) => {
    const failure: Failure = await unpack(await tarOf(item)).catch((error) => error);
    expect(failure.message).toContain('has a name or a target that this file system does not take');
    expect(failure.code).toBe('ARCHIVE_INVALID');
  });

  it('are refused when a hard link names a file that is not there', async () => {
    const done = unpack(await tarOf({ name: 'h', type: 'link', linkname: 'gone' }));
    await expect(done).rejects.toThrow('entry "h" is a hard link to "gone", which was not unpacked before');
  });
});
