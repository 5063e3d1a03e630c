// What an S3 server may do to us that the one of the functional tests does not.
import { truncateSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../system/clock.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import { type Fetching, never, startFetching } from '../../testing/fetching.ts';
import type { Handler } from '../../testing/web.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'sesame' };
const OBJECT = { url: 's3://acme/tool.tar' };

/** A server whose bucket is asked as path, with the environment of somebody who has keys for it. */
async function startS3(handle: Handler, env: Record<string, string> = KEYS): Promise<Fetching> {
  const f = await startFetching(handle);
  const own = { AWS_ENDPOINT_URL: f.web.origin, AWS_EC2_METADATA_DISABLED: 'true', ...env };
  return { ...f, fetcher: f.another({ env: own }) };
}

const refuse = (response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void =>
  void response.writeHead(status, headers).end(`<Error><Code>${code}</Code><Message>no &amp; no</Message></Error>`);

const scopes = (f: Fetching): (string | undefined)[] =>
  f.web.requests.map(({ headers }) => /Credential=[^/]+\/\d+\/([^/]+)\/s3/.exec(headers.authorization ?? '')?.[1]);

test('a download that broke off goes on, with a signature of its own time', async () => {
  let at = Date.UTC(2026, 0, 1);
  const sleep = async () => {
    at += 3_600_000;
  };
  const clock = { ...systemClock, now: () => at, sleep };
  const body = Buffer.from('0123456789');
  const f = await startFetching((request, response) => {
    const headers = { etag: '"v"', 'content-length': '10' };
    if (request.method === 'HEAD') return void response.writeHead(200, headers).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    // Ended, not reset, and not before the answer was seen: on a busy machine a reset may overtake the bytes.
    const cut = () => setTimeout(() => response.socket?.end(), 300);
    if (start === 0) return void response.writeHead(200, headers).write(body.subarray(0, 4), cut);
    const range = `bytes ${start}-9/10`;
    response.writeHead(206, { ...headers, 'content-range': range, 'content-length': `${10 - start}` });
    response.end(body.subarray(start));
  });
  await using _ = f;
  const fetcher = f.another({ clock, env: { ...KEYS, AWS_ENDPOINT_URL: f.web.origin } });
  expect(await fetcher.download(OBJECT, { signal: never })).toMatchObject({ sha256: sha256OfBytes(body) });
  const [, first, second] = f.web.requests.map(({ headers }) => headers);
  expect([second?.range, second?.['if-range']]).toEqual(['bytes=4-', '"v"']);
  expect([first?.['x-amz-date'], second?.['x-amz-date']]).toEqual(['20260101T000000Z', '20260101T010000Z']);
  expect(second?.authorization).not.toBe(first?.authorization);
});

test('the region that the server names is signed for, and remembered', async () => {
  await using f = await startS3((request, response) => {
    const isRight = request.headers.authorization?.includes('/eu-north-1/s3/');
    if (!isRight) refuse(response, 301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-north-1' });
    else response.writeHead(200, { 'content-length': '1' }).end(request.method === 'HEAD' ? undefined : 'x');
  });
  await f.fetcher.download(OBJECT, { signal: never });
  expect(scopes(f)).toEqual(['us-east-1', 'eu-north-1', 'eu-north-1']);
});

test('a server that names ever other regions is left alone', async () => {
  let count = 0;
  await using f = await startS3((_, response) => {
    refuse(response, 400, 'AuthorizationHeaderMalformed', { 'x-amz-bucket-region': `r${count++}` });
  });
  await expect(f.fetcher.download(OBJECT, { signal: never })).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    message: expect.stringContaining('AuthorizationHeaderMalformed: no & no'),
  });
  expect(f.web.requests.length).toBeLessThan(5);
});

test('the digest that is published for an object counts; one of an upload in parts is of something else', async () => {
  const published = Buffer.from(sha256OfBytes('other'), 'hex').toString('base64');
  let etag = '"v"';
  await using f = await startS3((request, response) => {
    const headers = { etag, 'content-length': '7', 'x-amz-checksum-sha256': published };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : 'content');
  });
  await expect(f.fetcher.download(OBJECT, { signal: never })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  etag = '"v-2"';
  expect(await f.fetcher.download(OBJECT, { signal: never })).toMatchObject({ sha256: sha256OfBytes('content') });
});

test.each([
  [503, 'SlowDown', 'the server cannot answer now', 5],
  [403, 'AccessDenied', 'access is denied', 1],
  [403, 'RequestTimeTooSkewed', 's ahead of that of the server', 1],
  [400, 'ExpiredToken', 'the credentials have expired', 1],
  [403, 'InvalidObjectState', 'the object is in an archive', 1],
] as const)('status %d with %s says "%s"', async (status, code, words, attempts) => {
  await using f = await startS3((_, response) => refuse(response, status, code, { date: new Date(0).toUTCString() }));
  const store = f.fetcher.objectStore('s3://acme');
  const writing = store.write('x', Buffer.from('x'), { signal: never });
  await expect(writing).rejects.toMatchObject({ message: expect.stringContaining(words) });
  expect(f.web.requests).toHaveLength(attempts);
});

test('a server that knows no conditions is written to after a look', async () => {
  const objects = new Map<string, string>();
  await using f = await startS3((request, response) => {
    const { method, url = '', headers } = request;
    if (method === 'HEAD') return void response.writeHead(objects.has(url) ? 200 : 404, { etag: '"v"' }).end();
    if (headers['if-none-match'] !== undefined) return refuse(response, 501, 'NotImplemented');
    objects.set(url, `${headers['x-amz-content-sha256']}`);
    response.end();
  });
  const store = f.fetcher.objectStore('s3://acme/depot');
  const write = (text: string) => store.write('x', Buffer.from(text), { onlyIf: 'absent', signal: never });
  expect([await write('one'), await write('two')]).toEqual([true, false]);
  expect([...objects]).toEqual([['/acme/depot/x', sha256OfBytes('one')]]);
});

test('what arrived though its answer did not is known again', async () => {
  let written = 0;
  await using f = await startS3(({ method, headers }, response) => {
    const checksum = Buffer.from(sha256OfBytes('one'), 'hex').toString('base64');
    if (method === 'HEAD' && written === 0) return void response.writeHead(404).end();
    if (method === 'HEAD') return void response.writeHead(200, { 'x-amz-checksum-sha256': checksum }).end();
    written += 1;
    expect(headers['x-amz-checksum-sha256']).toBe(checksum);
    return void response.destroy();
  });
  const store = f.fetcher.objectStore('s3://acme');
  expect(await store.write('x', Buffer.from('one'), { onlyIf: 'absent', signal: never })).toBe(true);
  expect(written).toBe(1);
});

test('parts that the server cannot put together are taken away again', async () => {
  await using f = await startS3((request, response) => {
    const { method, url = '' } = request;
    if (method === 'POST' && url.endsWith('?uploads=')) response.end('<R><UploadId>u&amp;1</UploadId></R>');
    else if (method === 'POST') response.end('<Error><Code>InvalidPart</Code><Message>which?</Message></Error>');
    else response.writeHead(method === 'DELETE' ? 204 : 200, { etag: '"p"' }).end();
    request.resume();
  });
  const file = path.join(f.dir, 'large');
  writeFileSync(file, '');
  truncateSync(file, 65 * 1024 * 1024);
  const content = { file, sizeBytes: 65 * 1024 * 1024, sha256: sha256OfBytes('') };
  const writing = f.fetcher.objectStore('s3://acme').write('x', content, { signal: never });
  await expect(writing).rejects.toMatchObject({ message: expect.stringContaining('put the parts together (which?)') });
  const asked = f.web.requests.map(({ method, url }) => `${method} ${url}`);
  expect(asked.filter((line) => line.startsWith('PUT'))).toHaveLength(3);
  expect(asked.at(-1)).toBe('DELETE /acme/x?uploadId=u%261');
});

test('credentials that end soon are asked for again', async () => {
  let given = 0;
  await using f = await startS3((request, response) => {
    if (request.url !== '/agent') return void response.end();
    const Expiration = new Date(Date.now() + 60_000).toISOString();
    response.end(JSON.stringify({ AccessKeyId: `KEY${given++}`, SecretAccessKey: 's', Token: 't', Expiration }));
  }, {});
  const env = { AWS_ENDPOINT_URL: f.web.origin, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${f.web.origin}/agent` };
  const store = f.another({ env }).objectStore('s3://acme');
  for (const name of ['a', 'b']) await store.read(name, never);
  const signed = f.web.requests.filter(({ url }) => url !== '/agent').map(({ headers }) => headers);
  expect(signed.map(({ authorization }) => /Credential=(\w+)/.exec(`${authorization}`)?.[1])).toEqual(['KEY0', 'KEY1']);
  expect(signed.every((headers) => headers['x-amz-security-token'] === 't')).toBe(true);
});

test('nobody but the agents of this machine is told the token of a container', async () => {
  await using f = await startS3((_, response) => void response.end());
  const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://agent.test/', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'hush' };
  const fetcher = f.another({ env });
  await expect(fetcher.download(OBJECT, { signal: never })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
});
