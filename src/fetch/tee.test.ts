import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import type { Sha256 } from '../model/digest.ts';
import { createFiles, type Files } from '../system/files.ts';
import { never, startFetching } from '../testing/fetching.ts';
import { createTee } from './tee.ts';

const BODY = Buffer.alloc(2_000_000, 'abcdefg');

test('a tee gets the bytes from the store, from a file and from a download that somebody else began', async () => {
  await using f = await startFetching((_, response) => void setTimeout(() => response.end(BODY), 20));
  const source = { url: f.web.origin };
  const file = path.join(f.dir, 'file');
  writeFileSync(file, BODY);
  const run = async (url: string) => {
    const tee = new PassThrough();
    const [{ from }, teed] = await Promise.all([f.fetcher.download({ url }, { signal: never, tee }), text(tee)]);
    expect(teed === BODY.toString()).toBe(true);
    return from;
  };
  expect(await Promise.all([run(source.url), run(source.url)])).toEqual(['network', 'network']);
  expect(f.web.requests).toHaveLength(1);
  expect(await run(file)).toBe('file');
  const { sha256 } = await f.fetcher.download({ url: file }, { signal: never });
  const tee = new PassThrough();
  const stored = f.fetcher.download({ ...source, sha256 }, { signal: never, tee });
  expect((await text(tee)) === BODY.toString()).toBe(true);
  expect((await stored).from).toBe('store');
});

test('a tee sees no end when the bytes are wrong', async () => {
  await using f = await startFetching((_, response) => void response.end('wrong'));
  const tee = new PassThrough();
  const download = f.fetcher.download({ url: f.web.origin, sha256: 'f'.repeat(64) }, { signal: never, tee });
  await Promise.all([
    expect(text(tee)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' }),
    expect(download).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' }),
  ]);
});

test('a download waits for a slow tee, so that little is in memory', async () => {
  let [waiting, most, got] = [0, 0, 0];
  const tee = new Writable({
    highWaterMark: 64 * 1024,
    write(chunk: Buffer, _, done) {
      got += chunk.length;
      waiting = tee.writableLength;
      most = Math.max(most, waiting);
      setTimeout(done, 1);
    },
  });
  await using f = await startFetching((_, response) => void response.end(BODY));
  await f.fetcher.download({ url: f.web.origin }, { signal: never, tee });
  await finished(tee);
  expect(got).toBe(BODY.length);
  expect(most).toBeLessThan(512 * 1024);
});

test('a download goes on when its tee breaks', async () => {
  const tee = new Writable({ write: (_chunk, _encoding, done) => done(new Error('broken')) });
  const broken = new Promise((resolve) => tee.once('error', resolve));
  await using f = await startFetching((_, response) => void response.end(BODY));
  const { sizeBytes } = await f.fetcher.download({ url: f.web.origin }, { signal: never, tee });
  expect(sizeBytes).toBe(BODY.length);
  expect(await broken).toMatchObject({ message: 'broken' });
});

test('a download can be cancelled while its tee does not read', async () => {
  const tee = new Writable({ highWaterMark: 1, write: () => {} }).on('error', () => {});
  await using f = await startFetching((_, response) => void response.end(BODY));
  const controller = new AbortController();
  const download = f.fetcher.download({ url: f.web.origin }, { signal: controller.signal, tee });
  setTimeout(() => controller.abort(new Error('stop')), 50);
  await expect(download).rejects.toThrow('stop');
  expect(tee.destroyed).toBe(true);
});

test('a tee that is cancelled reads no more of the file', async () => {
  await using f = await startFetching(() => {});
  const file = path.join(f.dir, 'file');
  writeFileSync(file, BODY);
  const controller = new AbortController();
  let got = 0;
  const target = new Writable({
    write(chunk: Buffer, _, done) {
      got += chunk.length;
      controller.abort(new Error('stop'));
      done();
    },
  });
  const files = createFiles();
  let reads = 0;
  const openRead: Files['openRead'] = async (name) => {
    const handle = await files.openRead(name);
    const read = handle.read.bind(handle);
    return Object.assign(handle, { read: (...how: Parameters<typeof read>) => read(...how).finally(() => reads++) });
  };
  const tee = createTee(target, { files: { ...files, openRead }, signal: controller.signal });
  await expect(tee.complete(file)).rejects.toThrow('stop');
  expect([reads, got, target.writableEnded]).toEqual([1, 256 * 1024, false]);
});

test('a tee that rests is completed only from a file with the same beginning', async () => {
  await using f = await startFetching(() => {});
  const file = path.join(f.dir, 'file');
  writeFileSync(file, 'abcd');
  const target = new PassThrough();
  const tee = createTee(target, { files: createFiles(), signal: never });
  await tee.send(Buffer.from('xy'));
  tee.rest('0'.repeat(64) as Sha256);
  await tee.send(Buffer.from('ignored'));
  await expect(tee.complete(file)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', transient: true });
});
