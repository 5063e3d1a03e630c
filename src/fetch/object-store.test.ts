// What depots rely on, of the stores that need nobody else's server.
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { never, startFetching } from '../testing/fetching.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const nobody = () => startFetching((_, response) => void response.end());

test('a directory gives back what was written, also in directories that it has not yet', async () => {
  await using f = await nobody();
  const store = f.fetcher.objectStore(path.join(f.dir, 'depot'));
  expect(await store.read('a/b', never)).toBeUndefined();
  const file = path.join(f.dir, 'file');
  writeFileSync(file, 'content');
  expect(await store.write('a/b', { file, sizeBytes: 7, sha256: sha256OfBytes('content') }, { signal: never })).toBe(
    true,
  );
  const found = await store.read('a/b', never);
  if (typeof found !== 'object') throw new Error('it is not there');
  expect(Buffer.from(found.bytes).toString()).toBe('content');
  expect(await store.read('a/b', never, found.version)).toBe('unchanged');
  const { file: downloaded } = await f.fetcher.download(store.sourceOf('a/b'), { signal: never });
  expect(f.text(downloaded)).toBe('content');
});

test('a directory loses what a writer that was killed has left, and nothing that somebody may still write', async () => {
  await using f = await nobody();
  const dir = path.join(f.dir, 'depot');
  const store = f.fetcher.objectStore(dir);
  await store.write('a', bytes('a'), { signal: never });
  const [old, fresh] = [path.join(dir, '.b.0123456789ab.tmp'), path.join(dir, '.b.0123456789ac.tmp')] as const;
  for (const file of [old, fresh]) writeFileSync(file, 'half');
  const longAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(old, longAgo, longAgo);
  await store.write('a', bytes('b'), { signal: never });
  expect([old, fresh].map((file) => existsSync(file))).toEqual([false, true]);
});

test('a directory takes a change only over the version that it was made from', async () => {
  await using f = await nobody();
  const store = f.fetcher.objectStore(path.join(f.dir, 'depot'));
  const writers = ['one', 'two', 'three'].map((text) =>
    store.write('x', bytes(text), { onlyIf: 'absent', signal: never }),
  );
  expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
  const found = await store.read('x', never);
  const { version } = found as { version: string };
  expect(await store.write('x', bytes('next'), { onlyIf: { version }, signal: never })).toBe(true);
  expect(await store.write('x', bytes('late'), { onlyIf: { version }, signal: never })).toBe(false);
  expect(await store.write('x', bytes('forced'), { signal: never })).toBe(true);
});

test('a web server is asked whether a document has changed, and for nothing when it has not', async () => {
  const asked: unknown[] = [];
  await using f = await startFetching((request, response) => {
    asked.push([request.method, request.url, request.headers['if-none-match']]);
    if (request.url !== '/d/x%40r1/y') return void response.writeHead(404).end();
    const isKnown = request.headers['if-none-match'] === '"v1"';
    response.writeHead(isKnown ? 304 : 200, { etag: '"v1"' }).end(isKnown ? undefined : 'text');
  });
  const store = f.fetcher.objectStore(`${f.web.origin}/d/`);
  expect(await store.read('x@r1/y', never)).toEqual({ bytes: Buffer.from('text'), version: '"v1"' });
  expect(await store.read('x@r1/y', never, '"v1"')).toBe('unchanged');
  expect(await store.read('z', never)).toBeUndefined();
  expect(asked).toEqual([
    ['GET', '/d/x%40r1/y', undefined],
    ['GET', '/d/x%40r1/y', '"v1"'],
    ['GET', '/d/z', undefined],
  ]);
  await expect(store.write('z', bytes(''), { signal: never })).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
});

test('a web server that fails is no empty store', async () => {
  await using f = await startFetching((_, response) => void response.writeHead(503).end());
  const store = f.fetcher.objectStore(f.web.origin);
  await expect(store.read('x', never)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  expect(f.slept).toEqual([]);
});
