// Sizes that are known beforehand, from a registry or from galley.lock, against what a server sends.
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { Sha256 } from '../model/digest.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { type Fetching, never, startFetching } from '../testing/fetching.ts';

const BODY = 'ten bytes.'.repeat(100);
const KNOWN = { sizeBytes: BODY.length };

const download = (f: Fetching, pin: { sha256?: Sha256; sizeBytes?: number }) =>
  f.fetcher.download({ url: f.web.origin }, { signal: never, pin: { url: f.web.origin, ...pin } });

/** As HTTP/1.0 does it: nobody says how long it is, and its end is that of the connection. */
function sendUntold(response: ServerResponse, text: string): void {
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { connection: 'close' }).end(text);
}

test('an answer without a length that ends too early is asked for again', async () => {
  await using f = await startFetching((_, response) => {
    sendUntold(response, f.web.requests.length === 1 ? BODY.slice(0, 400) : BODY);
  });
  expect(f.text((await download(f, KNOWN)).file)).toBe(BODY);
  expect(f.events.flatMap((event) => ('reason' in event ? [event.reason] : []))).toEqual([
    `Cannot fetch "${f.web.origin}": the server sends another number of bytes than are known of: 400 instead of 1000`,
  ]);
});

test('an answer that is whole by its own account, and shorter than what is known, is another file', async () => {
  await using f = await startFetching((_, response) => void response.end(BODY.slice(0, 400)));
  await expect(download(f, KNOWN)).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
    message: `Cannot use "${f.web.origin}": expected 1000 bytes, found 400`,
    hint: expect.stringContaining('remove the entry from galley.lock'),
  });
  expect([f.web.requests.length, f.parts()]).toEqual([1, []]);
});

test('what is announced as larger than it may be is not downloaded', async () => {
  await using f = await startFetching((_, response) => {
    response.writeHead(200, { 'content-length': 2e9 }).write(BODY);
  });
  await expect(download(f, { ...KNOWN, sha256: sha256OfBytes(BODY) })).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
    message: `Cannot use "${f.web.origin}": expected 1000 bytes, found 2000000000`,
    transient: false,
    facts: { expected: 1000 },
  });
  expect([f.web.requests.length, f.parts(), f.events.filter(({ type }) => type === 'fetch.progress')]).toEqual([
    1,
    [],
    [],
  ]);
});

test('of what is a little larger than it may be the digest is told', async () => {
  await using f = await startFetching((_, response) => void response.write(`${BODY}.`, () => response.end()));
  const message = (found: string) => ({ message: `Cannot use "${f.web.origin}": expected ${found}` });
  await expect(download(f, KNOWN)).rejects.toMatchObject(message('1000 bytes, found 1001'));
  const [expected, actual] = [BODY, `${BODY}.`].map(sha256OfBytes) as [Sha256, Sha256];
  await expect(download(f, { ...KNOWN, sha256: expected })).rejects.toMatchObject(
    message(`${expected}, found ${actual} in 1001 bytes instead of 1000`),
  );
});

test('a body without end does not fill the disk', async () => {
  await using f = await startFetching((_, response) => {
    const pour = (): void => void (response.destroyed || response.write(BODY.repeat(50), pour));
    pour();
  });
  await expect(download(f, KNOWN)).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
    message: `Cannot use "${f.web.origin}": expected 1000 bytes, found more`,
  });
  expect([f.web.requests.length, f.parts()]).toEqual([1, []]);
});
