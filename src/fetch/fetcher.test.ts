import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Sha256 } from '../model/digest.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles, type Files } from '../system/files.ts';
import { never, startFetching } from '../testing/fetching.ts';

const TEXT = 'some bytes';
const SHA = sha256OfBytes(TEXT);
const WRONG = 'f'.repeat(64) as Sha256;

test('download stores what the server sends, and tells it', async () => {
  await using f = await startFetching((_, response) => void response.end(TEXT));
  const url = `${f.web.origin}/dir/file%2B1.tar.gz?x=1`;
  const download = await f.fetcher.download({ url }, { signal: never, package: 'a.b@r1' });
  expect(download).toMatchObject({
    source: url,
    url,
    fileName: 'file+1.tar.gz',
    sha256: SHA,
    sizeBytes: 10,
    from: 'network',
  });
  expect(f.text(download.file)).toBe(TEXT);
  expect(f.parts()).toEqual([]);
  expect(f.events.filter(({ type }) => type !== 'fetch.progress')).toEqual([
    { type: 'fetch.started', package: 'a.b@r1', url },
    { type: 'fetch.finished', package: 'a.b@r1', url, sha256: SHA, sizeBytes: 10, from: 'network' },
  ]);
});

test('download asks nobody when the store has what the recipe or the lock file wants', async () => {
  await using f = await startFetching((_, response) => void response.end(TEXT));
  const url = `${f.web.origin}/f`;
  await f.fetcher.download({ url }, { signal: never });
  const offline = f.another({ offline: true });
  expect((await offline.download({ url, sha256: SHA.toUpperCase() }, { signal: never })).from).toBe('store');
  const pin = { url: 'http://elsewhere.invalid/f', sha256: SHA, sizeBytes: 10 };
  const download = await offline.download({ url: 'npm:f@1.0.0' }, { signal: never, pin });
  expect(download).toMatchObject({ from: 'store', url: pin.url, fileName: 'f-1.0.0.tgz' });
  expect(f.web.requests).toHaveLength(1);
});

test('download goes by the recipe when the lock file has another digest', async () => {
  await using f = await startFetching((_, response) => void response.end(TEXT));
  const url = `${f.web.origin}/f`;
  const pin = { url, sha256: WRONG, sizeBytes: 1 };
  expect((await f.fetcher.download({ url, sha256: SHA }, { signal: never, pin })).sha256).toBe(SHA);
  await expect(f.fetcher.download({ url }, { signal: never, pin })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
});

test('a wrong digest names both, the address and the size, is not tried again, and leaves nothing', async () => {
  await using f = await startFetching((_, response) => void response.end(TEXT));
  const url = `${f.web.origin}/f`;
  await expect(f.fetcher.download({ url, sha256: WRONG }, { signal: never })).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
    transient: false,
    message: `Cannot use "${url}": expected ${WRONG}, found ${SHA} in 10 bytes`,
    hint: expect.stringContaining('replaced upstream, was corrupted on its way, or somebody attacks you'),
    facts: { expected: WRONG, actual: SHA, url, size: 10 },
  });
  expect(f.web.requests).toHaveLength(1);
  expect(f.parts()).toEqual([]);
  await expect(f.another({ offline: true }).download({ url, sha256: SHA }, { signal: never })).rejects.toMatchObject({
    code: 'OFFLINE',
    message: expect.stringContaining(url),
  });
});

test.for([404, 410])('a file that is not there is not asked for again (%i)', async (status) => {
  await using f = await startFetching((_, response) => void response.writeHead(status).end());
  const failure = { code: 'SOURCE_NOT_FOUND', facts: { status, url: `${f.web.origin}/f` } };
  await expect(f.fetcher.download({ url: `${f.web.origin}/f` }, { signal: never })).rejects.toMatchObject(failure);
  expect(f.web.requests).toHaveLength(1);
});

test('a refusal is not tried again, and says its status', async () => {
  await using f = await startFetching((_, response) => void response.writeHead(403).end());
  const failure = {
    code: 'FETCH_FAILED',
    facts: { status: 403 },
    hint: expect.stringContaining('Check the credentials for this server'),
  };
  await expect(f.fetcher.download({ url: f.web.origin }, { signal: never })).rejects.toMatchObject(failure);
  expect(f.web.requests).toHaveLength(1);
});

test('trouble that passes is waited for, as long as the server asks', async () => {
  const answers: [number, Record<string, string>][] = [
    [500, {}],
    [429, { 'retry-after': '7' }],
    [503, { 'retry-after': new Date(Date.now() + 9500).toUTCString() }],
    [200, {}],
  ];
  await using f = await startFetching(
    (_, response) => void response.writeHead(...(answers.shift() ?? [418, {}])).end(TEXT),
  );
  await f.fetcher.download({ url: f.web.origin }, { signal: never, package: 'a.b@r1' });
  const [first, second, third = 0] = f.slept;
  expect([first, second]).toEqual([350, 7000]);
  expect(third).toBeGreaterThan(8000);
  expect(f.events.find(({ type }) => type === 'fetch.retried')).toMatchObject({
    package: 'a.b@r1',
    attempt: 1,
    delayMs: 350,
    reason: expect.stringContaining('status 500'),
  });
});

test('trouble that does not pass ends the download', async () => {
  await using f = await startFetching((_, response) => void response.writeHead(502).end());
  await expect(f.fetcher.download({ url: f.web.origin }, { signal: never })).rejects.toMatchObject({
    code: 'FETCH_FAILED',
  });
  expect(f.web.requests).toHaveLength(5);
});

test('the same download at the same time is one request, and both are told', async () => {
  await using f = await startFetching((_, response) => void setTimeout(() => response.end(TEXT), 20));
  const source = { url: f.web.origin };
  const both = ['a.a@r1', 'b.b@r1'].map((name) => f.fetcher.download(source, { signal: never, package: name }));
  expect((await Promise.all(both)).map(({ sha256 }) => sha256)).toEqual([SHA, SHA]);
  expect(f.web.requests).toHaveLength(1);
  expect(f.events.filter(({ type }) => type === 'fetch.finished')).toHaveLength(2);
});

test('a shared download goes on when one leaves, and stops when all have left', async () => {
  const ends: (() => void)[] = [];
  await using f = await startFetching((_, response) => {
    response.write('some ');
    ends.push(() => response.end('bytes'));
  });
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const start = ({ signal }: AbortController) => f.fetcher.download({ url: f.web.origin }, { signal });
  const [a, b] = [start(first), start(second)];
  await expect.poll(() => ends.length).toBe(1);
  first.abort(new Error('stop'));
  await expect(a).rejects.toThrow('stop');
  ends[0]?.();
  expect((await b).sha256).toBe(SHA);

  const c = start(third);
  await expect.poll(() => ends.length).toBe(2);
  third.abort(new Error('stop'));
  await expect(c).rejects.toThrow('stop');
  expect(f.parts()).toEqual([]);
});

test('secrets are shown nowhere', async () => {
  await using f = await startFetching(
    ({ url }, response) => void response.writeHead(url === '/ok' ? 200 : 503).end(TEXT),
  );
  const origin = f.web.origin.replace('//', '//me:pass-word@');
  const headers = { 'Private-Token': 'tok-en' };
  const download = await f.fetcher.download({ url: `${origin}/ok`, headers }, { signal: never });
  expect(f.web.requests[0]?.headers).toMatchObject({
    'private-token': 'tok-en',
    authorization: expect.stringContaining('Basic'),
  });
  const error = await f.fetcher.download({ url: `${origin}/bad`, headers }, { signal: never }).catch((e: Error) => e);
  expect(download.url).toBe(`${f.web.origin}/ok`);
  expect(JSON.stringify([f.events, error, (error as Error).message])).not.toMatch(/pass-word|tok-en/);
});

test('a file of this machine is copied into the store', async () => {
  await using f = await startFetching(() => {});
  const file = path.join(f.dir, 'a b.txt');
  writeFileSync(file, TEXT);
  for (const url of [file, `file://${file.replace(' ', '%20')}`]) {
    const download = await f.another({ offline: true }).download({ url }, { signal: never });
    expect(download).toMatchObject({ from: 'file', fileName: 'a b.txt', sha256: SHA, sizeBytes: 10 });
    expect(f.text(download.file)).toBe(TEXT);
  }
  const fetch = (url: string) => f.fetcher.download({ url }, { signal: never });
  await expect(fetch(`${file}.not`)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  await expect(fetch(f.dir)).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    message: expect.stringContaining('not a file'),
  });
  await expect(fetch('a b.txt')).rejects.toMatchObject({ code: 'INVALID_VALUE' });
});

test('who stops does not wait for the rest of a large file of this machine', async () => {
  const files = createFiles();
  const controller = new AbortController();
  let writes = 0;
  const openWriter: Files['openWriter'] = async (name, options) => {
    const writer = await files.openWriter(name, options);
    const write = (bytes: Uint8Array) => {
      writes += 1;
      controller.abort(new Error('stop'));
      return writer.write(bytes);
    };
    return { ...writer, write };
  };
  await using f = await startFetching(() => {}, { files: { ...files, openWriter } });
  const url = path.join(f.dir, 'large');
  writeFileSync(url, '');
  truncateSync(url, 2 ** 26);
  await expect(f.fetcher.download({ url }, { signal: controller.signal })).rejects.toThrow('stop');
  expect([writes, f.parts()]).toEqual([1, []]);
});

test('a transport that does not exist is refused with those that do', async () => {
  await using f = await startFetching(() => {});
  await expect(f.fetcher.download({ url: 'htp://h.test/x' }, { signal: never })).rejects.toMatchObject({
    code: 'SOURCE_UNSUPPORTED',
    message: 'Cannot fetch "htp://h.test/x": there is no transport "htp"',
    hint: expect.stringMatching(/^Did you mean "http:"\? Galley has http, https, file, .* and absolute paths$/),
  });
});

test('resolve answers without network when the address is the source', async () => {
  await using f = await startFetching(() => {}, { offline: true });
  expect(await f.fetcher.resolve({ url: 'https://me:word@h.test/x.zip' }, never)).toEqual({
    url: 'https://h.test/x.zip',
    fileName: 'x.zip',
  });
});

test('the same bytes at two addresses are downloaded once, and from the second when the first has them not', async () => {
  const sha256 = sha256OfBytes('content');
  await using f = await startFetching(({ url }, response) => {
    setTimeout(() => (url === '/gone' ? response.writeHead(404).end() : response.end('content')), 50);
  });
  const get = (path: string) => f.fetcher.download({ url: f.web.origin + path, sha256 }, { signal: never });
  await expect(Promise.all([get('/a'), get('/b')])).resolves.toMatchObject([{ sha256 }, { sha256 }]);
  expect(f.web.requests).toHaveLength(1);
  await using g = await startFetching(({ url }, response) => {
    setTimeout(() => (url === '/gone' ? response.writeHead(404).end() : response.end('content')), 50);
  });
  const other = (path: string) => g.fetcher.download({ url: g.web.origin + path, sha256 }, { signal: never });
  const first = other('/gone');
  await expect.poll(() => g.web.requests.length, { interval: 1 }).toBe(1);
  const [gone, there] = await Promise.allSettled([first, other('/b')]);
  expect([gone.status, there.status]).toEqual(['rejected', 'fulfilled']);
});
