import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { createUnpacker, unpackFile, unpackOpen } from './archive.ts';
import { createGround, type Ground, listing, tarOf } from './testing/archives.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const unpack: Ground['unpack'] = (archive, change) => ground.unpack(archive, change);
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const text = (name: string) => fs.readFileSync(path.join(ground.dest, name), 'utf8');
const mode = (name: string) => fs.statSync(path.join(ground.dest, name)).mode & 0o7777;

it('unpacks an open file from its beginning, however often, and leaves it open', async () => {
  const file = path.join(ground.dir, 'a.tar.gz');
  fs.writeFileSync(file, gzipSync(await tarOf({ name: 'a', content: 'flour' })));
  const options = ground.options();
  await using handle = await options.files.openRead(file);
  for (const name of ['once', 'again']) {
    fs.mkdirSync(path.join(ground.dest, name));
    await unpackOpen({ handle, name: 'a.tar.gz' }, path.join(ground.dest, name), options);
    expect(text(`${name}/a`)).toBe('flour');
  }
  expect((await handle.stat()).isFile()).toBe(true);
});

describe('agreement with system tar', () => {
  beforeEach(() => {
    const tree = path.join(ground.dir, 'tree');
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
    fs.writeFileSync(path.join(ground.dir, 'tree', 'd'.repeat(120), 'e'.repeat(120), 'f'.repeat(100)), 'deep');
    fs.writeFileSync(path.join(ground.dir, 'tree', 'Grüße 漢字'), 'unicode');
    fs.symlinkSync('l'.repeat(150), path.join(ground.dir, 'tree/long-link'));
  }

  it.each(['v7', 'ustar', 'gnu', 'pax'])('unpacks the %s format alike', async (format) => {
    if (format === 'v7' || format === 'ustar')
      fs.rmSync(path.join(ground.dir, 'tree', 'd'.repeat(120)), { recursive: true });
    if (format === 'gnu' || format === 'pax') addLongNames();
    const file = path.join(ground.dir, 'a.tar');
    execFileSync('tar', ['-C', path.join(ground.dir, 'tree'), `--format=${format}`, '-cf', file, '.']);
    const theirs = path.join(ground.dir, 'theirs');
    fs.mkdirSync(theirs);
    execFileSync('tar', ['-C', theirs, '-xf', file]);
    await unpackFile(file, ground.dest, ground.options());
    expect(listing(ground.dest)).toEqual(listing(theirs));
  });

  it.each(['gzip', 'zstd'])('unpacks %s', async (program) => {
    const file = path.join(ground.dir, 'a.tar');
    execFileSync('tar', ['-C', ground.dir, `--${program}`, '-cf', file, 'tree']);
    const { entries, sizeBytes } = await unpackFile(file, ground.dest, ground.options({ stripComponents: 1 }));
    expect(listing(ground.dest)).toEqual(listing(path.join(ground.dir, 'tree')));
    expect([entries, sizeBytes]).toEqual([13, 10 + 1 + 512 + 300_001]);
  });

  const VERSIONS = [
    '--format=gnu',
    ...['0.0', '0.1', '1.0'].map((version) => `--format=pax --sparse-version=${version}`),
  ];
  it.each(VERSIONS)('unpacks files with holes alike: %s', async (args) => {
    const names = ['holes', 'hollow', 'tail'];
    // More parts than the first block of the oldest way has room for.
    const parts = Array.from({ length: 60 }, (_, index) => index * 65_536);
    const at = (name: string) => path.join(ground.dir, 'tree', name);
    const fd = fs.openSync(at('holes'), 'w');
    for (const start of parts) fs.writeSync(fd, `part at ${start}`, start);
    fs.closeSync(fd);
    for (const name of ['hollow', 'tail']) fs.writeFileSync(at(name), name === 'tail' ? 'x' : '');
    for (const name of names) fs.truncateSync(at(name), 5_000_001);
    const file = path.join(ground.dir, 'a.tar');
    execFileSync('tar', ['-C', path.join(ground.dir, 'tree'), ...args.split(' '), '-Scf', file, ...names, 'bin']);
    const limits = { harmlessBytes: 2 ** 30 };
    await unpackFile(file, ground.dest, ground.options({ limits }));
    for (const name of names)
      expect(fs.readFileSync(path.join(ground.dest, name)).equals(fs.readFileSync(at(name)))).toBe(true);
    expect(fs.readdirSync(ground.dest)).toEqual(['bin', ...names]);
    expect(fs.statSync(file).size).toBeLessThan(2_000_000);
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
    expect(listing(ground.dest)).toHaveLength(4);
  });

  it('makes a second name for a link a link of its own, checked from where it lands', async () => {
    const deep = { name: 'a/b/l', type: 'symlink', linkname: '../../x' };
    await unpack(await tarOf(deep, { name: 'c/d/l', type: 'link', linkname: 'a/b/l' }));
    expect(fs.readlinkSync(path.join(ground.dest, 'c/d/l'))).toBe('../../x');
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
    expect(listing(ground.dest)).toEqual(['a/', 'a/f 2 0 x', 'h 2 0 x', 'l -> a/f']);
  });

  it('includes and excludes by globs, directories with all they hold', async () => {
    const names = ['src/a.c', 'src/a.h', 'src/old/b.c', 'doc/x/y'];
    const archive = await tarOf(...names.map((name) => ({ name })));
    await unpack(archive, { include: ['src/**/*.c', 'doc'], exclude: ['src/old'] });
    expect(listing(ground.dest).filter((line) => !line.endsWith('/'))).toEqual(['doc/x/y 1 0 ', 'src/a.c 1 0 ']);
  });

  it('takes a directory that is written with its slash, and refuses what is no pattern', async () => {
    const archive = await tarOf({ name: 'src/a' }, { name: 'b' });
    await unpack(archive, { include: ['./src/'] });
    expect(listing(ground.dest).filter((line) => !line.endsWith('/'))).toEqual(['src/a 1 0 ']);
    await expect(unpack(archive, { exclude: ['{1..9}'] })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  });

  it('takes an archive for what it is, not for what it is called', async () => {
    await unpack(await tarOf({ name: 'a' }), { name: 'x.tar.gz' });
    await unpack(zstdCompressSync(await tarOf({ name: 'b' })), { name: 'y.tar' });
    expect(listing(ground.dest)).toHaveLength(2);
  });

  it('unpacks very many empty files', async () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({ name: `d/${i}` }));
    expect(await unpack(await tarOf(...items))).toEqual({ entries: 20_000, sizeBytes: 0 });
  });
});

describe('createUnpacker', () => {
  const openFiles = () => fs.readdirSync('/proc/self/fd').length;

  it('unpacks what arrives byte by byte, and has finished when all is there', async () => {
    const bytes = gzipSync(await tarOf({ name: 'd/a', content: 'hello' }));
    const unpacker = createUnpacker('x.tgz', ground.dest, ground.options());
    await pipeline(Readable.from([...bytes].map((byte) => Buffer.of(byte))), unpacker);
    expect(text('d/a')).toBe('hello');
    expect(await unpacker.done).toEqual({ entries: 1, sizeBytes: 5 });
  });

  it('asks the sender to wait', async () => {
    const bytes = await tarOf({ name: 'a', content: 'x'.repeat(1_000_000) });
    const unpacker = createUnpacker('x.tar', ground.dest, ground.options());
    const accepted = [0, 1, 2, 3].map((i) => unpacker.write(bytes.subarray(i * 250_000, (i + 1) * 250_000)));
    expect(accepted).toContain(false);
    unpacker.end(bytes.subarray(1_000_000));
    expect(await unpacker.done).toEqual({ entries: 1, sizeBytes: 1_000_000 });
  });

  it('stops the sender with the failure, and leaves nothing open', async () => {
    const before = openFiles();
    const bytes = await tarOf({ name: 'd/a', content: 'x'.repeat(100_000) }, { name: '../x' });
    const unpacker = createUnpacker('x.tar', ground.dest, ground.options());
    await expect(pipeline(Readable.from([bytes]), unpacker)).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    await expect(unpacker.done).rejects.toEqual(code('ARCHIVE_UNSAFE'));
    expect(openFiles()).toBe(before);
  });

  it('that is made after the run was cancelled says so, and to whoever asks only', async () => {
    const signal = AbortSignal.abort(new Failure('INTERRUPTED', 'enough'));
    const unpacker = createUnpacker('x.tar', ground.dest, { ...ground.options(), signal });
    await new Promise((resolve) => unpacker.once('close', resolve));
    await expect(unpacker.done).rejects.toEqual(code('INTERRUPTED'));
  });

  it('passes on what stopped the sender, in the middle of a file', async () => {
    const before = openFiles();
    const bytes = await tarOf({ name: 'a', content: 'x'.repeat(100_000) });
    const unpacker = createUnpacker('x.tar', ground.dest, ground.options());
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
    const unpacker = createUnpacker('x.tar', ground.dest, ground.options({ signal: AbortSignal.timeout(1) }));
    unpacker.on('error', () => {});
    await expect(unpacker.done).rejects.toEqual(code('INTERRUPTED'));
  });

  it('stops when the run is cancelled', async () => {
    const before = openFiles();
    const stop = new AbortController();
    const unpacker = createUnpacker('x.tar', ground.dest, ground.options({ signal: stop.signal }));
    unpacker.on('error', () => {});
    unpacker.write((await tarOf({ name: 'a', content: 'x'.repeat(100_000) })).subarray(0, 50_000));
    setImmediate(() => stop.abort('enough'));
    await expect(unpacker.done).rejects.toEqual(code('INTERRUPTED'));
    expect(openFiles()).toBe(before);
  });
});
