import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles, type Files } from '../system/files.ts';
import { type Fetching, never, startFetching } from '../testing/fetching.ts';
import type { Handler } from '../testing/web.ts';

const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, index) => `${index}`).join(' '));
const HALF = 1_000_000;
const SHA = sha256OfBytes(BODY);

/** Answers like a good static server; `cut` decides how much of an answer gets out before the connection breaks. */
function staticServer(
  options: { cut?: (count: number) => number | undefined; body?: Buffer; etag?: string } = {},
): Handler {
  const { cut = (count) => (count === 1 ? HALF : undefined), body = BODY, etag = '"v1"' } = options;
  let count = 0;
  return (request, response) => {
    count += 1;
    const start = rangeStart(request, etag);
    const rest = body.subarray(start);
    const headers = {
      etag,
      'content-length': rest.length,
      ...(start > 0 && { 'content-range': contentRange(start, body) }),
    };
    send(response.writeHead(start > 0 ? 206 : 200, headers), rest, cut(count));
  };
}

const contentRange = (start: number, body: Buffer) => `bytes ${start}-${body.length - 1}/${body.length}`;

function rangeStart({ headers }: IncomingMessage, etag: string): number {
  if (headers['if-range'] !== etag) return 0;
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
}

function send(response: ServerResponse, body: Buffer, bytes: number | undefined): void {
  if (bytes === undefined) response.end(body);
  else response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 150));
}

/** Downloads with a tee, and checks that store and tee got what they should. */
async function get(f: Fetching, body = BODY, fetcher = f.fetcher) {
  const tee = new PassThrough();
  const [download, teed] = await Promise.all([
    fetcher.download({ url: `${f.web.origin}/f`, sha256: sha256OfBytes(body) }, { signal: never, tee }),
    text(tee),
  ]);
  expect(f.text(download.file) === body.toString()).toBe(true);
  expect(teed === body.toString()).toBe(true);
  return download;
}

const ranges = (f: Fetching) => f.web.requests.map(({ headers }) => headers.range);

test('a broken connection is continued where it broke', async () => {
  await using f = await startFetching(staticServer({ cut: (count) => (count <= 2 ? HALF / 2 : undefined) }));
  await get(f);
  expect(ranges(f)).toEqual([undefined, 'bytes=500000-', 'bytes=1000000-']);
  expect(f.events.filter(({ type }) => type === 'fetch.retried')).toHaveLength(2);
});

test('a stall is continued', async () => {
  let count = 0;
  const good = staticServer({ cut: () => undefined });
  await using f = await startFetching((request, response) => {
    count += 1;
    if (count > 1) return good(request, response);
    response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }).write(BODY.subarray(0, HALF));
  });
  await get(f);
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`]);
});

test('the time of the last change stands in where there is no strong ETag', async () => {
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
  let count = 0;
  await using f = await startFetching((_, response) => {
    count += 1;
    if (count > 1)
      return void response.writeHead(206, { 'content-range': contentRange(HALF, BODY) }).end(BODY.subarray(HALF));
    const headers = { etag: 'W/"weak"', 'last-modified': date, 'content-length': BODY.length };
    send(response.writeHead(200, headers), BODY, HALF);
  });
  await get(f);
  expect(f.web.requests[1]?.headers['if-range']).toBe(date);
});

test('a server that ignores Range sends everything again', async () => {
  let count = 0;
  await using f = await startFetching((_, response) => {
    count += 1;
    send(response.writeHead(200, { etag: '"v1"' }), BODY, count === 1 ? HALF : undefined);
  });
  await get(f);
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`]);
});

test('a server without any name for the version is not asked for the rest', async () => {
  let count = 0;
  await using f = await startFetching((_, response) => {
    count += 1;
    send(response.writeHead(200, { 'content-length': BODY.length }), BODY, count === 1 ? HALF : undefined);
  });
  await get(f);
  expect(ranges(f)).toEqual([undefined, undefined]);
});

test.for([
  ['416', (response: ServerResponse) => response.writeHead(416).end()],
  [
    'the rest of another version',
    (response: ServerResponse) =>
      response.writeHead(206, { etag: '"v2"', 'content-range': contentRange(HALF, BODY) }).end('x'),
  ],
  [
    'the rest of another size',
    (response: ServerResponse) =>
      response.writeHead(206, { 'content-range': `bytes ${HALF}-${HALF}/${HALF + 1}` }).end('x'),
  ],
  [
    'another part',
    (response: ServerResponse) => response.writeHead(206, { 'content-range': contentRange(5, BODY) }).end('x'),
  ],
  ['a rest that does not say which', (response: ServerResponse) => response.writeHead(206).end('x')],
] as const)('the download begins anew when the answer to Range is %s', async ([, answer]) => {
  let count = 0;
  await using f = await startFetching((_, response) => {
    count += 1;
    if (count === 2) answer(response);
    else
      send(
        response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }),
        BODY,
        count === 1 ? HALF : undefined,
      );
  });
  await get(f);
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`, undefined]);
});

test('a 206 that nobody asked for is refused', async () => {
  await using f = await startFetching(
    (_, response) => void response.writeHead(206, { 'content-range': contentRange(0, BODY) }).end(BODY),
  );
  await expect(f.fetcher.download({ url: f.web.origin }, { signal: never })).rejects.toMatchObject({
    facts: { status: 206 },
  });
});

test('a file that is replaced in the middle is stored whole, and its tee is told that it got the beginning of another', async () => {
  const next = Buffer.from(BODY.toString().replaceAll('1', '7'));
  let count = 0;
  await using f = await startFetching((_, response) => {
    count += 1;
    send(response.writeHead(200, { etag: `"v${count}"` }), count === 1 ? BODY : next, count === 1 ? HALF : undefined);
  });
  const tee = new PassThrough();
  const download = f.fetcher.download({ url: f.web.origin }, { signal: never, tee });
  await Promise.all([
    expect(download).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', transient: true }),
    expect(text(tee)).rejects.toThrow('what came first was not its beginning'),
  ]);
  const stored = await f.fetcher.download({ url: f.web.origin, sha256: sha256OfBytes(next) }, { signal: never });
  expect(stored.from).toBe('store');
});

test('a cancelled download is continued by the next run, with and without a known digest', async () => {
  for (const sha256 of [{ sha256: SHA }, {}]) {
    const controller = new AbortController();
    const good = staticServer({ cut: () => undefined });
    await using f = await startFetching((request, response) => {
      if (request.headers.range !== undefined) return good(request, response);
      response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }).write(BODY.subarray(0, HALF));
    });
    const source = { url: `${f.web.origin}/f`, ...sha256 };
    const stopped = f.fetcher.download(source, { signal: controller.signal });
    stopped.catch(() => {});
    await expect
      .poll(() => f.parts().map((name) => statSync(path.join(f.dir, 'parts', name)).size), { interval: 5 })
      .toContain(HALF);
    controller.abort(new Error('stop'));
    await expect(stopped).rejects.toThrow('stop');
    expect(f.parts()).toHaveLength(2);
    const download = await f.another().download(source, { signal: never });
    expect(download.sha256).toBe(SHA);
    expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`]);
    expect(f.parts()).toEqual([]);
  }
});

test('what a living process writes is left alone', async () => {
  const waiting: ServerResponse[] = [];
  await using f = await startFetching((_, response) => {
    response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }).write(BODY.subarray(0, HALF));
    waiting.push(response);
  });
  const source = { url: `${f.web.origin}/f`, sha256: SHA };
  const first = f.fetcher.download(source, { signal: never });
  await expect.poll(() => f.parts().length).toBe(2);
  const second = f.another().download(source, { signal: never });
  await expect.poll(() => waiting.length).toBe(2);
  for (const response of waiting) response.end(BODY.subarray(HALF));
  expect((await Promise.all([first, second])).map(({ sha256 }) => sha256)).toEqual([SHA, SHA]);
  expect(ranges(f)).toEqual([undefined, undefined]);
});

/** Starts a download in a process of its own and kills that in the middle. */
async function leaveToDeadProcess(f: Fetching, sha256?: string): Promise<void> {
  const rig = new URL('../testing/fetching.ts', import.meta.url).href;
  const script = `const { downloadForever } = await import(${JSON.stringify(rig)});
    await downloadForever(${JSON.stringify([f.dir, { url: `${f.web.origin}/f`, sha256 }])});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const sizes = () => f.parts().map((name) => readFileSync(path.join(f.dir, 'parts', name)).length);
  await expect.poll(sizes, { timeout: 10_000 }).toContain(HALF);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
}

function halfThenAll(): Handler {
  let count = 0;
  const good = staticServer({ cut: () => undefined });
  return (request, response) => {
    count += 1;
    if (count > 1) return good(request, response);
    response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }).write(BODY.subarray(0, HALF));
  };
}

test('what a killed process has left is taken over', async () => {
  await using f = await startFetching(halfThenAll());
  await leaveToDeadProcess(f, SHA);
  await get(f);
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`]);
  expect(f.parts()).toEqual([]);
});

test('damage in what a killed process has left costs a new download, not the run', async () => {
  await using f = await startFetching(halfThenAll());
  await leaveToDeadProcess(f, SHA);
  const part = readdirSync(path.join(f.dir, 'parts')).find((name) => name.endsWith('.tmp')) ?? '';
  writeFileSync(path.join(f.dir, 'parts', part), Buffer.alloc(HALF));
  const download = await f.fetcher.download({ url: `${f.web.origin}/f`, sha256: SHA }, { signal: never });
  expect(download.sha256).toBe(SHA);
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`, undefined]);
});

test('bytes of two answers that make no file together cost a new download, not the run', async () => {
  const damaged = Buffer.from(BODY);
  damaged[5] = 0;
  const good = staticServer({ cut: () => undefined });
  await using f = await startFetching((request, response) => {
    if (f.web.requests.length > 1) return good(request, response);
    send(response.writeHead(200, { etag: '"v1"', 'content-length': BODY.length }), damaged, HALF);
  });
  const download = await f.fetcher.download({ url: `${f.web.origin}/f`, sha256: SHA }, { signal: never });
  expect(download.sha256).toBe(SHA);
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`, undefined]);
});

test('what a killed process has left is not trusted when no checksum was published', async () => {
  await using f = await startFetching(halfThenAll());
  await leaveToDeadProcess(f);
  await f.fetcher.download({ url: `${f.web.origin}/f` }, { signal: never });
  expect(ranges(f)).toEqual([undefined, undefined]);
});

test('a download begins anew when the disk refused some bytes for a moment', async () => {
  const files = createFiles();
  let writes = 0;
  const openWriter: Files['openWriter'] = async (file, options) => {
    const writer = await files.openWriter(file, options);
    const write = async (bytes: Uint8Array) => {
      writes += 1;
      await writer.write(writes === 5 ? bytes.subarray(0, 10) : bytes);
      if (writes === 5) throw new Failure('IO_ERROR', 'Cannot write', { transient: true });
    };
    return { ...writer, write };
  };
  await using f = await startFetching(staticServer({ cut: () => undefined }), { files: { ...files, openWriter } });
  await get(f);
  expect(ranges(f)).toEqual([undefined, undefined]);
});
