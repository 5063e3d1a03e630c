import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import { unpackFile } from './archive.ts';
import { type Packing, packTree } from './pack.ts';
import { createGround, type Ground, listing } from './testing/archives.ts';

let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => ground[Symbol.dispose]());

const at = (...names: string[]) => path.join(ground.dir, ...names);
const LARGE = Buffer.alloc(700_001, 'some text that packs ');
const MAKERS: ((dir: string) => void)[] = [
  (dir) => fs.mkdirSync(`${dir}/bin`),
  (dir) => fs.writeFileSync(`${dir}/bin/tool`, '#!/bin/sh\n', { mode: 0o700 }),
  (dir) => fs.mkdirSync(`${dir}/${'d'.repeat(120)}/${'e'.repeat(120)}`, { recursive: true }),
  (dir) => fs.writeFileSync(`${dir}/${'d'.repeat(120)}/${'e'.repeat(120)}/deep`, 'deep'),
  (dir) => fs.writeFileSync(`${dir}/Grüße 漢字`, 'unicode'),
  (dir) => fs.writeFileSync(`${dir}/${'x'.repeat(100)}`, LARGE),
  (dir) => fs.symlinkSync(`${'l'.repeat(150)}ü`, `${dir}/link`),
  (dir) => fs.writeFileSync(`${dir}/empty`, ''),
  (dir) => fs.mkdirSync(`${dir}/hollow`),
];

/** The last file has a second name, which counts as another file. */
function makeTree(name: string, makers = MAKERS): string {
  fs.mkdirSync(at(name));
  for (const make of makers) make(at(name));
  fs.linkSync(at(name, 'empty'), at(name, 'same'));
  return at(name);
}

const FIRST = [{ name: 'about.json', content: '{"ä":1}' }];
const packed = (dir: string, file: string, signal = new AbortController().signal) =>
  packTree({ first: FIRST, tree: { dir, name: 'asset' } } satisfies Packing, at(file), {
    files: createFiles(),
    signal,
  });

it('makes the same bytes of the same tree, whoever made it and when', async () => {
  const one = await packed(makeTree('one'), 'one.tar.zst');
  const umask = process.umask(0o077);
  const rest = MAKERS.slice(3).reverse();
  const other = makeTree('other', [...MAKERS.slice(0, 3), ...rest]);
  process.umask(umask);
  fs.chmodSync(path.join(other, 'hollow'), 0o500);
  fs.utimesSync(path.join(other, 'empty'), 1, 1);
  fs.rmSync(path.join(other, 'same'));
  fs.writeFileSync(path.join(other, 'same'), '');
  expect(await packed(other, 'other.tar.zst')).toEqual(one);
  expect(fs.readFileSync(at('other.tar.zst')).equals(fs.readFileSync(at('one.tar.zst')))).toBe(true);
  expect(one).toEqual({
    sha256: await sha256OfFile(at('one.tar.zst')),
    sizeBytes: fs.statSync(at('one.tar.zst')).size,
  });
  // Another zstd may pack otherwise; the tar in it is the same for ever, or what is in depots would have to be made anew.
  const tar = zstdDecompressSync(fs.readFileSync(at('one.tar.zst')));
  expect(sha256OfBytes(tar)).toMatchInlineSnapshot(
    `"d16fbb0a7869e117b16eeb2c21deecc8cc09a6f5138afc11ba4ee57aba098341"`,
  );
});

it('packs what it unpacks, and what system tar unpacks', async () => {
  const tree = makeTree('tree');
  fs.rmSync(path.join(tree, 'link'));
  fs.symlinkSync('bin/tool', path.join(tree, 'link'));
  await packed(tree, 'a.tar.zst');
  await unpackFile(at('a.tar.zst'), ground.dest, ground.options());
  fs.mkdirSync(at('theirs'));
  execFileSync('tar', ['-C', at('theirs'), '--zstd', '-xf', at('a.tar.zst')]);
  expect(listing(ground.dest)).toEqual(listing(at('theirs')));
  fs.rmSync(path.join(tree, 'same'));
  fs.writeFileSync(path.join(tree, 'same'), '');
  fs.chmodSync(path.join(tree, 'bin/tool'), 0o755);
  expect(listing(path.join(ground.dest, 'asset'))).toEqual(listing(tree));
  expect(fs.readFileSync(path.join(ground.dest, 'about.json'), 'utf8')).toBe('{"ä":1}');
});

it('has names of every length, owners and times that say nothing, and the permissions that count', async () => {
  const names = [1, 85, 86, 87, 88, 99, 100, 101, 120].map((length) => 'ü'.padEnd(length, 'x'));
  fs.mkdirSync(at('named'));
  for (const name of names) fs.writeFileSync(at('named', name), '');
  fs.symlinkSync('ä'.repeat(60), at('named/link'));
  fs.writeFileSync(at('named/tool'), '', { mode: 0o700 });
  await packTree({ tree: { dir: at('named'), name: 'a' } }, at('a.tar.zst'), {
    files: createFiles(),
    signal: new AbortController().signal,
  });
  const list = ['--zstd', '-tv', '--full-time', '--utc', '--quoting-style=literal', '-f', at('a.tar.zst')];
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const lines = execFileSync('tar', list, { encoding: 'utf8', env }).trimEnd().split('\n');
  const same = '0/0 0 1980-01-01 00:00:00';
  expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
    `drwxr-xr-x ${same} a/`,
    `lrwxr-xr-x ${same} a/link -> ${'ä'.repeat(60)}`,
    `-rwxr-xr-x ${same} a/tool`,
    ...names.map((name) => `-rw-r--r-- ${same} a/${name}`),
  ]);
});

it('refuses sockets and leaves nothing behind', async () => {
  const tree = makeTree('tree');
  const server = createServer().listen(path.join(tree, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  await expect(packed(tree, 'a.tar.zst')).rejects.toMatchObject({
    code: 'INVALID_RESULT',
    message: `Cannot pack "${tree}/socket": it is a device, a pipe or a socket`,
  });
  server.close();
  expect(fs.existsSync(at('a.tar.zst'))).toBe(false);
});

it('refuses a file that changes while it is read', async () => {
  const tree = makeTree('tree');
  const files = createFiles();
  const larger = { ...files, stat: async (file: string) => ({ ...(await files.stat(file)), sizeBytes: 800_000 }) };
  const failing = packTree({ tree: { dir: tree, name: 'asset' } }, at('a.tar.zst'), {
    files: larger,
    signal: new AbortController().signal,
  });
  await expect(failing).rejects.toMatchObject({
    code: 'IO_ERROR',
    message: expect.stringContaining('it changes while it is read'),
  });
  expect(fs.existsSync(at('a.tar.zst'))).toBe(false);
});

it('stops in the middle of a file when the run is cancelled', async () => {
  const stop = new AbortController();
  const files = createFiles();
  const reading = {
    ...files,
    async *readChunks(file: string) {
      for await (const chunk of files.readChunks(file)) {
        yield chunk;
        stop.abort();
      }
    },
  };
  const failing = packTree({ tree: { dir: makeTree('tree'), name: 'asset' } }, at('a.tar.zst'), {
    files: reading,
    signal: stop.signal,
  });
  await expect(failing).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(fs.existsSync(at('a.tar.zst'))).toBe(false);
});

it('stops when the run is cancelled', async () => {
  const failing = packed(makeTree('tree'), 'a.tar.zst', AbortSignal.abort());
  await expect(failing).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(fs.existsSync(at('a.tar.zst'))).toBe(false);
});

it('leaves out and replaces what it is told to', async () => {
  const replace = { names: new Set(['bin/tool']), content: async (name: string) => Buffer.from(`instead of ${name}`) };
  const tree = { dir: makeTree('tree'), name: 'asset', leaveOut: new Set(['link', 'hollow']), replace };
  await packTree({ tree }, at('a.tar.zst'), { files: createFiles(), signal: new AbortController().signal });
  await unpackFile(at('a.tar.zst'), ground.dest, ground.options());
  expect(fs.readdirSync(path.join(ground.dest, 'asset'))).not.toContain('link');
  expect(fs.existsSync(path.join(ground.dest, 'asset/hollow'))).toBe(false);
  expect(fs.readFileSync(path.join(ground.dest, 'asset/bin/tool'), 'utf8')).toBe('instead of bin/tool');
  expect(fs.statSync(path.join(ground.dest, 'asset/bin/tool')).mode & 0o777).toBe(0o755);
});
