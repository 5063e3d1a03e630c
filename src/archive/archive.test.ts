import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { createFiles } from '../system/files.ts';
import { createUnpacker, unpackFile } from './archive.ts';
import type { UnpackOptions } from './unpacking.ts';

const files = createFiles();
let dir: string;
let dest: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'galley-archive-'));
  dest = path.join(dir, 'dest');
  fs.mkdirSync(dest);
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

type Item = Partial<Omit<Header, 'type'>> & { name: string; content?: string; type?: string };

async function tarOf(...items: Item[]): Promise<Buffer> {
  const packing = pack();
  for (const { content = '', ...header } of items) packing.entry(header as Header, content);
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const options = (change: Partial<UnpackOptions> = {}): UnpackOptions => ({
  files,
  signal: new AbortController().signal,
  ...change,
});

function unpack(bytes: Buffer, change: Partial<UnpackOptions> & { name?: string } = {}) {
  const { name = 'x.tar', ...rest } = change;
  fs.writeFileSync(path.join(dir, name), bytes);
  return unpackFile(path.join(dir, name), dest, options(rest));
}

/** Everything in a tree, as text that can be compared. */
function listing(root: string, dir = ''): string[] {
  return fs.readdirSync(path.join(root, dir)).flatMap((entry) => {
    const name = path.join(dir, entry);
    const file = path.join(root, name);
    const stat = fs.lstatSync(file);
    if (stat.isSymbolicLink()) return [`${name} -> ${fs.readlinkSync(file)}`];
    if (stat.isDirectory()) return [`${name}/`, ...listing(root, name)];
    return [`${name} ${stat.nlink} ${(stat.mode & 0o111).toString(8)} ${fs.readFileSync(file, 'latin1')}`];
  });
}

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const text = (name: string) => fs.readFileSync(path.join(dest, name), 'utf8');
const mode = (name: string) => fs.statSync(path.join(dest, name)).mode & 0o7777;

describe('agreement with system tar', () => {
  beforeEach(() => {
    const tree = path.join(dir, 'tree');
    const deep = path.join(tree, 'd'.repeat(120), 'e'.repeat(120));
    for (const made of [deep, path.join(tree, 'empty'), path.join(tree, 'bin')])
      fs.mkdirSync(made, { recursive: true });
    fs.writeFileSync(path.join(tree, 'bin/tool'), '#!/bin/sh\n', { mode: 0o755 });
    fs.writeFileSync(path.join(tree, 'bin/odd'), 'x', { mode: 0o744 });
    fs.linkSync(path.join(tree, 'bin/tool'), path.join(tree, 'bin/same'));
    fs.symlinkSync('../bin/tool', path.join(tree, 'empty/link'));
    fs.symlinkSync('missing', path.join(tree, 'dangling'));
    fs.symlinkSync('empty', path.join(tree, 'to-dir'));
    fs.writeFileSync(path.join(tree, 'nothing'), '');
    fs.writeFileSync(path.join(tree, 'block'), Buffer.alloc(512, 1));
    fs.writeFileSync(path.join(tree, 'large'), Buffer.alloc(300_001, 'abc'));
  });

  function addLongNames() {
    fs.writeFileSync(path.join(dir, 'tree', 'd'.repeat(120), 'e'.repeat(120), 'f'.repeat(100)), 'deep');
    fs.writeFileSync(path.join(dir, 'tree', 'Grüße 漢字'), 'unicode');
    fs.symlinkSync('l'.repeat(150), path.join(dir, 'tree/long-link'));
  }

  it.each(['v7', 'ustar', 'gnu', 'pax'])('unpacks the %s format alike', async (format) => {
    if (format === 'v7' || format === 'ustar') fs.rmSync(path.join(dir, 'tree', 'd'.repeat(120)), { recursive: true });
    if (format === 'gnu' || format === 'pax') addLongNames();
    const file = path.join(dir, 'a.tar');
    execFileSync('tar', ['-C', path.join(dir, 'tree'), `--format=${format}`, '-cf', file, '.']);
    const theirs = path.join(dir, 'theirs');
    fs.mkdirSync(theirs);
    execFileSync('tar', ['-C', theirs, '-xf', file]);
    await unpackFile(file, dest, options());
    expect(listing(dest)).toEqual(listing(theirs));
  });

  it.each(['gzip', 'zstd'])('unpacks %s', async (program) => {
    const file = path.join(dir, 'a.tar');
    execFileSync('tar', ['-C', dir, `--${program}`, '-cf', file, 'tree']);
    const { entries, sizeBytes } = await unpackFile(file, dest, options({ stripComponents: 1 }));
    expect(listing(dest)).toEqual(listing(path.join(dir, 'tree')));
    expect([entries, sizeBytes]).toEqual([13, 10 + 1 + 512 + 300_001]);
  });

  it('refuses a sparse file instead of unpacking something else', async () => {
    const file = path.join(dir, 'tree/sparse');
    fs.writeFileSync(file, 'x');
    fs.truncateSync(file, 10_000_000);
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', ['-C', dir, `--format=${format}`, '-Scf', path.join(dir, 'a.tar'), 'tree/sparse']);
      const done = unpackFile(path.join(dir, 'a.tar'), dest, options());
      await expect(done).rejects.toThrow('is of a kind that galley cannot unpack');
    }
  });
});

describe('what lands', () => {
  it('keeps the x bits and drops setuid, setgid and the right to write of others', async () => {
    await unpack(
      await tarOf(
        { name: 'a', mode: 0o6777 },
        { name: 'b', mode: 0o444 },
        { name: 'c', mode: 0 },
        { name: 'd/', mode: 0o1777 },
      ),
    );
    expect(['a', 'b', 'c', 'd'].map(mode)).toEqual([0o755, 0o644, 0o644, 0o755]);
  });

  it('takes the later of two files, and leaves a second name of the first as it is', async () => {
    const first = { name: 'a', content: 'first' };
    await unpack(await tarOf(first, { name: 'b', type: 'link', linkname: 'a' }, { name: 'a', content: 'later' }));
    expect([text('a'), text('b')]).toEqual(['later', 'first']);
  });

  it('accepts the same directory, link and hard link twice', async () => {
    const twice = [
      { name: 'd/', type: 'directory' },
      { name: 'd/f', content: 'x' },
      { name: 'd/l', type: 'symlink', linkname: 'f' },
      { name: 'd/h', type: 'link', linkname: 'd/f' },
    ];
    await unpack(await tarOf(...twice, ...twice));
    expect(listing(dest)).toHaveLength(4);
  });

  it('makes a second name for a link a link of its own, checked from where it lands', async () => {
    const deep = { name: 'a/b/l', type: 'symlink', linkname: '../../x' };
    await unpack(await tarOf(deep, { name: 'c/d/l', type: 'link', linkname: 'a/b/l' }));
    expect(fs.readlinkSync(path.join(dest, 'c/d/l'))).toBe('../../x');
    await expect(unpack(await tarOf(deep, { name: 'l', type: 'link', linkname: 'a/b/l' }))).rejects.toEqual(
      code('ARCHIVE_UNSAFE'),
    );
  });

  it('strips components of names and hard links, not of link targets', async () => {
    const items = [
      { name: 'top/a/f', content: 'x' },
      { name: 'top/h', type: 'link', linkname: 'top/a/f' },
      { name: 'top/l', type: 'symlink', linkname: 'a/f' },
      { name: 'top.txt' },
    ];
    expect(await unpack(await tarOf(...items), { stripComponents: 1 })).toEqual({ entries: 3, sizeBytes: 1 });
    expect(listing(dest)).toEqual(['a/', 'a/f 2 0 x', 'h 2 0 x', 'l -> a/f']);
  });

  it('includes and excludes by globs, directories with all they hold', async () => {
    const names = ['src/a.c', 'src/a.h', 'src/old/b.c', 'doc/x/y'];
    const archive = await tarOf(...names.map((name) => ({ name })));
    await unpack(archive, { include: ['src/**/*.c', 'doc'], exclude: ['src/old'] });
    expect(listing(dest).filter((line) => !line.endsWith('/'))).toEqual(['doc/x/y 1 0 ', 'src/a.c 1 0 ']);
  });

  it('takes an archive for what it is, not for what it is called', async () => {
    await unpack(await tarOf({ name: 'a' }), { name: 'x.tar.gz' });
    await unpack(zstdCompressSync(await tarOf({ name: 'b' })), { name: 'y.tar' });
    expect(listing(dest)).toHaveLength(2);
  });

  it('unpacks very many empty files', async () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({ name: `d/${i}` }));
    expect(await unpack(await tarOf(...items))).toEqual({ entries: 20_000, sizeBytes: 0 });
  });
});

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
    expect(fs.readdirSync(dir).sort()).toEqual(['dest', 'x.tar']);
  });

  it('do not write through a link that was on the disk before', async () => {
    fs.mkdirSync(path.join(dir, 'other'));
    fs.symlinkSync('../other', path.join(dest, 'l'));
    await expect(unpack(await tarOf({ name: 'l/x' }))).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    await expect(unpack(await tarOf({ name: 'l' }))).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    expect(fs.readdirSync(path.join(dir, 'other'))).toEqual([]);
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
    ['xz', Buffer.from('fd377a585a000000', 'hex'), 'galley cannot read tar.xz archives'],
    ['a web page', Buffer.from('<html>'.repeat(100)), 'it is truncated or corrupt'],
  ])('say what they are when it is %s', async (_, bytes, message) => {
    await expect(unpack(bytes, { name: 'x.tar.xz' })).rejects.toThrow(`Cannot unpack "x.tar.xz": ${message}`);
  });

  it('are refused when a hard link names a file that is not there', async () => {
    const done = unpack(await tarOf({ name: 'h', type: 'link', linkname: 'gone' }));
    await expect(done).rejects.toThrow('entry "h" is a hard link to "gone", which was not unpacked before');
  });
});

describe('createUnpacker', () => {
  const openFiles = () => fs.readdirSync('/proc/self/fd').length;

  it('unpacks what arrives byte by byte, and has finished when all is there', async () => {
    const bytes = gzipSync(await tarOf({ name: 'd/a', content: 'hello' }));
    const unpacker = createUnpacker('x.tgz', dest, options());
    await pipeline(Readable.from([...bytes].map((byte) => Buffer.of(byte))), unpacker);
    expect(text('d/a')).toBe('hello');
    expect(await unpacker.done).toEqual({ entries: 1, sizeBytes: 5 });
  });

  it('asks the sender to wait', async () => {
    const bytes = await tarOf({ name: 'a', content: 'x'.repeat(1_000_000) });
    const unpacker = createUnpacker('x.tar', dest, options());
    const accepted = [0, 1, 2, 3].map((i) => unpacker.write(bytes.subarray(i * 250_000, (i + 1) * 250_000)));
    expect(accepted).toContain(false);
    unpacker.end(bytes.subarray(1_000_000));
    expect(await unpacker.done).toEqual({ entries: 1, sizeBytes: 1_000_000 });
  });

  it('stops the sender with the failure, and leaves nothing open', async () => {
    const before = openFiles();
    const bytes = await tarOf({ name: 'd/a', content: 'x'.repeat(100_000) }, { name: '../x' });
    const unpacker = createUnpacker('x.tar', dest, options());
    await expect(pipeline(Readable.from([bytes]), unpacker)).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    await expect(unpacker.done).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    expect(openFiles()).toBe(before);
  });

  it('passes on what stopped the sender, in the middle of a file', async () => {
    const before = openFiles();
    const bytes = await tarOf({ name: 'a', content: 'x'.repeat(100_000) });
    const unpacker = createUnpacker('x.tar', dest, options());
    const lost = new Failure('FETCH_FAILED', 'Connection lost');
    const sending = async function* () {
      yield bytes.subarray(0, 50_000);
      throw lost;
    };
    await expect(pipeline(sending, unpacker)).rejects.toBe(lost);
    await expect(unpacker.done).rejects.toBe(lost);
    expect(openFiles()).toBe(before);
  });

  it('stops when the run is cancelled before anything has arrived', async () => {
    const unpacker = createUnpacker('x.tar', dest, options({ signal: AbortSignal.timeout(1) }));
    unpacker.on('error', () => {});
    await expect(unpacker.done).rejects.toEqual(code('INTERRUPTED'));
  });

  it('stops when the run is cancelled', async () => {
    const before = openFiles();
    const stop = new AbortController();
    const unpacker = createUnpacker('x.tar', dest, options({ signal: stop.signal }));
    unpacker.on('error', () => {});
    unpacker.write((await tarOf({ name: 'a', content: 'x'.repeat(100_000) })).subarray(0, 50_000));
    setImmediate(() => stop.abort('enough'));
    await expect(unpacker.done).rejects.toEqual(code('INTERRUPTED'));
    expect(openFiles()).toBe(before);
  });
});
