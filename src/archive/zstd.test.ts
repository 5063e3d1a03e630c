// Zstandard as others than one program make it: several frames, some of them without content.
import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodeZstd } from './zstd.ts';

/** RFC 8878, section 3.1.2: 16 kinds, each with a size and so many bytes for whoever knows them. */
const SKIPPABLE = Buffer.from('502a4d180400000061626364', 'hex');
const { signal } = new AbortController();
const NOTHING = zstdCompressSync('');
const NOISE = randomBytes(300_000).toString('hex');

async function decode(packed: Buffer, step: number): Promise<string> {
  async function* pieces() {
    for (let at = 0; at < packed.length; at += step) yield packed.subarray(at, at + step);
  }
  const decoded: Uint8Array[] = [];
  for await (const piece of decodeZstd(pieces(), { signal })) decoded.push(piece);
  return Buffer.concat(decoded).toString();
}

it.each<[string, Buffer[], string]>([
  ['two frames', [zstdCompressSync('one '), zstdCompressSync('two')], 'one two'],
  ['large frames', [zstdCompressSync(NOISE), zstdCompressSync(NOISE)], NOISE + NOISE],
  ['frames of nothing', [NOTHING, NOTHING, zstdCompressSync('x'), NOTHING], 'x'],
  ['frames that are to be skipped, as pzstd has them', [SKIPPABLE, zstdCompressSync('x'), SKIPPABLE], 'x'],
  ['nothing', [NOTHING], ''],
])('decodes %s, however they come', async (_, frames, content) => {
  const packed = Buffer.concat(frames);
  for (const step of [7, 70_001, packed.length]) expect(await decode(packed, step), `${step}`).toBe(content);
});

it.each([
  ['is cut off in its second frame', Buffer.concat([NOTHING, zstdCompressSync(NOISE).subarray(0, -9)])],
  ['is followed by something else', Buffer.concat([zstdCompressSync('x'), Buffer.from('something else')])],
  ['has a damaged second frame', Buffer.concat([zstdCompressSync('x'), zstdCompressSync(NOISE).fill(0xff, 4, 8)])],
])('refuses what %s', async (_, packed) => {
  for (const step of [7, packed.length]) await expect(decode(packed, step).then(Boolean), `${step}`).rejects.toThrow();
});

it('says what is wrong with its source', async () => {
  const wrong = new Error('no more bytes');
  async function* pieces() {
    yield zstdCompressSync(NOISE).subarray(0, 1_000);
    throw wrong;
  }
  await expect(decodeZstd(pieces(), { signal }).next()).rejects.toBe(wrong);
});

it('stops between frames when the run is cancelled', async () => {
  async function* pieces() {
    yield Buffer.concat(Array(10_000).fill(NOTHING));
  }
  const stop = new AbortController();
  const reason = new Error('enough');
  setImmediate(() => stop.abort(reason));
  await expect(decodeZstd(pieces(), stop).next()).rejects.toBe(reason);
});
