// xz and bzip2 in both ways there are, by the program of the machine and in our own process: the same bytes, and the same
// refusals.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { type Duplex, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../model/failure.ts';
import type { Filter } from '../system/filter.ts';
import { createUnpacker } from './archive.ts';
import { createBzip2Decoder, decodeBzip2 } from './bzip2/bzip2.ts';
import { createGround, type Ground, listing, tarOf } from './testing/archives.ts';
import { createXzDecoder, decodeXz } from './xz.ts';

const PATH = process.env.PATH;
let ground: Ground;
beforeEach(() => {
  ground = createGround();
});
afterEach(() => {
  process.env.PATH = PATH;
  ground[Symbol.dispose]();
});

const pack = (program: string, bytes: Uint8Array, ...args: string[]): Buffer =>
  execFileSync(program, ['-c', ...args], { input: bytes, maxBuffer: 1e9 });

/** Through one decoder, in pieces of an odd size. */
async function decode(decoder: Filter, packed: Buffer): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(packed.length / 7_777) }, (_, i) =>
    packed.subarray(i * 7_777, (i + 1) * 7_777),
  );
  const steps = [
    Readable.from(pieces),
    decoder,
    async (decoded: AsyncIterable<Buffer>) => (whole = await buffer(decoded)),
  ];
  let whole = Buffer.alloc(0);
  await pipeline(steps as Duplex[]);
  return whole;
}

const text = fs.readFileSync('package-lock.json').subarray(0, 60_000);
const CONTENTS: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.of(7),
  text: Buffer.concat(Array(4).fill(text)),
  noise: randomBytes(120_000),
  zeros: Buffer.alloc(1_000_000),
  runs: Buffer.concat([...Array(600).keys()].map((count) => Buffer.alloc(count, count % 3))),
};

describe.each<[string, string, Filter, () => Filter]>([
  ['xz', 'by our own', decodeXz, () => decodeXz],
  ['bzip2', 'by our own', decodeBzip2, () => decodeBzip2],
  ['xz', 'by command', decodeXz, createXzDecoder],
  ['bzip2', 'by command', decodeBzip2, createBzip2Decoder],
])('%s %s', (program, way, own, decoder) => {
  it('is the way that is meant', () => {
    expect(decoder() === own).toBe(way === 'by our own');
  });

  it.each(Object.keys(CONTENTS))('gives back %s', async (name) => {
    const content = CONTENTS[name] as Buffer;
    expect((await decode(decoder(), pack(program, content, '-1'))).equals(content)).toBe(true);
  });

  it('goes on with a second stream', async () => {
    const packed = pack(program, text);
    expect((await decode(decoder(), Buffer.concat([packed, packed]))).length).toBe(2 * text.length);
  });

  it('refuses what was cut off, and what is damaged', async () => {
    const packed = pack(program, text);
    for (const share of [0.01, 0.5, 0.999])
      await expect(decode(decoder(), packed.subarray(0, packed.length * share)), `${share}`).rejects.toThrow();
    for (const share of [0.1, 0.9]) {
      const damaged = Buffer.from(packed);
      damaged[Math.floor(packed.length * share)] = ~(packed[Math.floor(packed.length * share)] as number);
      await expect(decode(decoder(), damaged), `${share}`).rejects.toThrow();
    }
    await expect(decode(decoder(), Buffer.from('neither of them, but long enough'))).rejects.toThrow();
  });
});

it('our own xz decoder says what only the command can decode', async () => {
  const packed = pack('xz', text, '--check=sha256');
  await expect(decode(decodeXz, packed)).rejects.toThrow('install xz');
  expect((await decode(createXzDecoder(), packed)).equals(text)).toBe(true);
});

describe.each([
  ['xz', 'x.tar.xz'],
  ['bzip2', 'x.tar.bz2'],
])('a tar packed with %s', (program, name) => {
  const items = [
    { name: 'd/a', content: 'x'.repeat(100_000) },
    { name: 'd/l', type: 'symlink', linkname: 'a' },
  ];
  const failing = (archive: Buffer, change = {}): Promise<Failure> =>
    ground.unpack(archive, { name, ...change }).then(
      () => expect.fail('was unpacked'),
      (error) => error,
    );
  /** Puts a program in the place of the real one. */
  const replaceProgram = (script: string): void => {
    fs.mkdirSync(path.join(ground.dir, 'bin'));
    fs.writeFileSync(path.join(ground.dir, 'bin', program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = path.join(ground.dir, 'bin');
  };

  it('unpacks alike with the command and without', async () => {
    const archive = pack(program, await tarOf(...items));
    await ground.unpack(archive, { name });
    const byCommand = listing(ground.dest);
    fs.rmSync(ground.dest, { recursive: true });
    fs.mkdirSync(ground.dest);
    process.env.PATH = '';
    await ground.unpack(archive, { name });
    expect(listing(ground.dest)).toEqual(byCommand);
    expect(byCommand).toHaveLength(3);
  });

  it.each([
    ['with the command', PATH],
    ['without', ''],
  ])('is refused for what it holds, not for the pipe that breaks: %s', async (_, searched) => {
    const hostile = await tarOf({ name: '../x' }, { name: 'a', content: randomBytes(3e5).toString('hex') });
    const archive = pack(program, hostile, '-1');
    process.env.PATH = searched;
    expect(await failing(archive)).toMatchObject({ code: 'ARCHIVE_UNSAFE' });
    const cut = archive.subarray(0, archive.length / 2);
    expect((await failing(cut)).message).toContain('entry "../x" leaves the directory');
  });

  it('unpacks where a directory on PATH has one by the name of the command', async () => {
    const archive = pack(program, await tarOf(...items));
    fs.mkdirSync(path.join(ground.dir, 'sources', program), { recursive: true });
    process.env.PATH = path.join(ground.dir, 'sources');
    await ground.unpack(archive, { name });
    expect(listing(ground.dest)).toHaveLength(3);
  });

  it('is refused when the command fails, in its words', async () => {
    const archive = pack(program, await tarOf(...items));
    replaceProgram(`echo '${program}: out of order' >&2; exit 3`);
    expect(await failing(archive)).toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: `Cannot unpack "${name}": it is truncated or corrupt (${program}: out of order)`,
    });
    fs.rmSync(path.join(ground.dir, 'bin'), { recursive: true });
    replaceProgram('kill -9 $$');
    expect((await failing(archive)).message).toContain(`${program} ended with SIGKILL`);
  });

  it('ends the command when the run is cancelled', async () => {
    const archive = pack(program, await tarOf(...items));
    replaceProgram(`echo $$ > ${ground.dir}/pid; exec /bin/sleep 1000`);
    const stop = new AbortController();
    const unpacker = createUnpacker(name, ground.dest, ground.options({ signal: stop.signal }));
    unpacker.on('error', () => {});
    unpacker.write(archive);
    const pid = await waitFor(() => Number(fs.readFileSync(`${ground.dir}/pid`, 'utf8').trim()));
    stop.abort('enough');
    await expect(unpacker.done).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await waitFor(() => !isAlive(pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What a look answers once it is true. */
async function waitFor<T>(look: () => T): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      const found = look();
      if (found) return found;
    } catch {
      // Not there yet.
    }
    await new Promise((passed) => setTimeout(passed, 10));
  }
  return expect.fail('waited in vain');
}
