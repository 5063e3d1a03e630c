// Answers with a part of a file: how much of it counts as the file.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { type Fetching, never, startFetching } from '../testing/fetching.ts';
import type { Handler } from '../testing/web.ts';

const BODY = 'all of it. '.repeat(1000);
const HALF = 5000;

type Rest = (start: number, response: ServerResponse) => void;

/** Breaks off in the middle of the first answer, and then answers with `rest`. */
const breaking =
  (rest: Rest, first: Record<string, string | number> = { 'content-length': BODY.length }): Handler =>
  ({ headers }: IncomingMessage, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    if (start > 0) return rest(start, response);
    response.writeHead(200, { etag: '"v1"', ...first });
    response.write(BODY.slice(0, HALF), () => setTimeout(() => response.destroy(), 150));
  };

const part = (start: number, end: number, body = BODY.slice(start, end)): Rest => {
  return (_, response) => {
    const headers = { etag: '"v1"', 'content-range': `bytes ${start}-${end - 1}/${BODY.length}` };
    response.writeHead(206, headers).end(body);
  };
};

const miser: Rest = (start, response) => part(start, Math.min(start + 2500, BODY.length))(start, response);
const generous: Rest = (start, response) => part(start, BODY.length, `${BODY.slice(start)}more`)(start, response);

const download = (f: Fetching) => f.fetcher.download({ url: `${f.web.origin}/f` }, { signal: never });

test.for([
  ['said at once how large the file is', undefined],
  ['says so only with a part of it', {}],
] as const)('a server with less than the rest that was asked for is asked again: it %s', async ([, first]) => {
  await using f = await startFetching(breaking(miser, first));
  const { file } = await download(f);
  expect(f.text(file)).toBe(BODY);
  const ranges = f.web.requests.flatMap(({ headers }) => headers.range ?? []);
  expect(ranges).toEqual(['bytes=5000-', 'bytes=7500-', 'bytes=10000-']);
});

test('a part of a file without an end that anybody has named is no rest of it', async () => {
  const nameless: Rest = (start, response) => {
    const headers = { etag: '"v1"', 'content-range': `bytes ${start}-${start + 2499}/*` };
    response.writeHead(206, headers).end(BODY.slice(start, start + 2500));
  };
  const cut = breaking(nameless, {});
  await using f = await startFetching((request, response) => {
    if (f.web.requests.length < 3) return cut(request, response);
    response.end(BODY);
  });
  expect(f.text((await download(f)).file)).toBe(BODY);
  expect(f.web.requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=5000-', undefined]);
});

test('more than the rest that was asked for is no file, whether anybody has pinned it or not', async () => {
  await using f = await startFetching(breaking(generous));
  await expect(download(f)).rejects.toThrow(Failure);
  const reasons = f.events.flatMap((event) => ('reason' in event ? [event.reason] : []));
  expect(reasons).toContainEqual(expect.stringContaining('sends another number of bytes than it has promised'));
});
