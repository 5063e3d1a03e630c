import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { serve } from '../testing/web.ts';
import { createHttp, type HttpRequest } from './http.ts';

const SHORT = { connectMs: 300, stallMs: 100 };

async function get(request: Partial<HttpRequest> & { url: string }, env: Record<string, string> = {}) {
  await using http = createHttp({ env, timeouts: SHORT });
  const response = await http.request({ signal: new AbortController().signal, ...request });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { ...response, text: Buffer.concat(chunks).toString() };
}

test('request answers status, headers and body whatever the status', async () => {
  await using web = await serve((_, response) => void response.writeHead(404, { 'X-Some': ['a', 'b'] }).end('gone'));
  const { status, headers, text, url } = await get({ url: `${web.origin}/a b?c=d#e` });
  expect({ status, text, some: headers['x-some'] }).toEqual({ status: 404, text: 'gone', some: 'a, b' });
  expect(url).toBe(`${web.origin}/a%20b?c=d#e`);
  expect(web.requests[0]?.url).toBe('/a%20b?c=d');
  expect(web.requests[0]?.headers['accept-encoding']).toBe('identity');
});

test('request sends the credentials of the address as a header and hides them in its answer', async () => {
  await using web = await serve((_, response) => void response.end());
  const { url } = await get({ url: web.origin.replace('//', '//me:w%40rd@') });
  expect(url).toBe(`${web.origin}/`);
  expect(web.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:w@rd')}`);
});

test('request keeps headers when a redirect stays at its origin', async () => {
  await using web = await serve(({ url }, response) => {
    if (url === '/old') response.writeHead(302, { location: '/new' }).end('moved');
    else response.end('here');
  });
  const { text, url } = await get({ url: `${web.origin}/old`, headers: { authorization: 'secret' } });
  expect([text, url, web.requests[1]?.headers.authorization]).toEqual(['here', `${web.origin}/new`, 'secret']);
});

test('request drops every header that could be a secret when a redirect leads to another origin', async () => {
  await using other = await serve((_, response) => void response.end('here'));
  await using web = await serve((_, response) => void response.writeHead(307, { location: `${other.origin}/x` }).end());
  const headers = { Authorization: 'secret', 'X-Api-Key': 'secret', Cookie: 'secret', Range: 'bytes=0-' };
  await get({ url: web.origin.replace('//', '//me:word@'), headers });
  expect(web.requests[0]?.headers['x-api-key']).toBe('secret');
  expect(JSON.stringify(other.requests[0]?.headers)).not.toMatch(/secret|Basic/);
  expect(other.requests[0]?.headers.range).toBe('bytes=0-');
});

test('request gives up when redirects go round in a circle', async () => {
  await using web = await serve((_, response) => void response.writeHead(302, { location: '/' }).end());
  await expect(get({ url: web.origin })).rejects.toMatchObject({ code: 'FETCH_FAILED', transient: false });
  expect(web.requests).toHaveLength(21);
});

test('the body of a redirect, or of an answer that nobody reads, is not waited for', async () => {
  await using web = await serve(({ url }, response) => {
    if (url === '/there') return void response.end('there');
    response.writeHead(url === '/old' ? 302 : 404, { location: '/there', 'content-length': 1000 }).write('moved');
  });
  await using http = createHttp({ env: {}, timeouts: { connectMs: 300, stallMs: 60_000 } });
  const { signal } = new AbortController();
  expect((await http.request({ url: `${web.origin}/old`, signal })).url).toBe(`${web.origin}/there`);
  await (await http.request({ url: `${web.origin}/gone`, signal })).discard();
});

test('request refuses a redirect that leaves http', async () => {
  await using web = await serve(
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  );
  await expect(get({ url: web.origin })).rejects.toThrow('it redirects to an address that is not http or https');
});

test('request asks the proxy for everything but the hosts of no_proxy', async () => {
  await using web = await serve((_, response) => void response.end('direct'));
  await using proxy = await serve(({ url }, response) => void response.end(`proxied ${url}`));
  const env = { HTTP_PROXY: proxy.origin.replace('http://', '') };
  expect((await get({ url: 'http://nowhere.invalid/x' }, env)).text).toBe('proxied http://nowhere.invalid/x');
  expect((await get({ url: web.origin }, { ...env, no_proxy: '127.0.0.1' })).text).toBe('direct');
  expect(proxy.requests).toHaveLength(1);
});

test('request ignores the proxies of the process when its own environment has none', async () => {
  await using web = await serve((_, response) => void response.end('direct'));
  process.env.http_proxy = 'http://127.0.0.1:1';
  try {
    expect((await get({ url: web.origin })).text).toBe('direct');
  } finally {
    delete process.env.http_proxy;
  }
});

test('a stall is transient when the server stops before its answer or within it', async () => {
  await using web = await serve(({ url }, response) => {
    if (url === '/body') response.writeHead(200, { 'content-length': 10 }).write('half');
  });
  for (const path of ['/head', '/body']) {
    const stalled = {
      code: 'FETCH_FAILED',
      transient: true,
      message: `Cannot fetch "${web.origin}${path}": the server sent nothing for 0.1 s`,
    };
    await expect(get({ url: web.origin + path })).rejects.toMatchObject(stalled);
  }
});

test('a broken connection is transient when the server cuts the answer short', async () => {
  await using web = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
  });
  await expect(get({ url: web.origin })).rejects.toMatchObject({ code: 'FETCH_FAILED', transient: true });
});

test('a host that does not exist is not transient, and its credentials are not shown', async () => {
  const error = await get({ url: 'http://me:word@nowhere.invalid/?token=abc' }).catch((e: unknown) => e);
  expect(isFailure(error, 'FETCH_FAILED') && !error.transient).toBe(true);
  expect(JSON.stringify([error, String(error)])).not.toMatch(/word|abc/);
});

test('request rejects with the reason of the signal when it is cancelled in the middle of the body', async () => {
  await using web = await serve((_, response) => void response.writeHead(200).write('half'));
  const controller = new AbortController();
  const reason = new Error('stop');
  setTimeout(() => controller.abort(reason), 30);
  await expect(get({ url: web.origin, signal: controller.signal })).rejects.toBe(reason);
});

test('request refuses an address that is not http', async () => {
  await expect(get({ url: 'ftp://h.test/x' })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
});

/** Remembers what was sent, and moves what is asked for at `/<status>`. */
async function serveBodies(target: () => string) {
  const bodies: string[] = [];
  const web = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(`${request.method} ${request.headers['content-length'] ?? 'none'} ${Buffer.concat(chunks)}`);
    const status = Number(request.url?.slice(1));
    if (status > 0) response.writeHead(status, { location: target() });
    response.end('done');
  });
  return { ...web, bodies };
}

test('request sends bytes, and streams with their length', async () => {
  await using web = await serveBodies(() => '/');
  const chunks = async function* () {
    yield Buffer.from('two ');
    yield Buffer.from('parts');
  };
  await get({ url: web.origin, method: 'PUT', body: Buffer.from('bytes') });
  await get({ url: web.origin, method: 'PATCH', body: { sizeBytes: 9, chunks } });
  await get({ url: web.origin, method: 'POST', body: new Uint8Array() });
  await get({ url: web.origin, method: 'DELETE' });
  expect(web.bodies).toEqual(['PUT 5 bytes', 'PATCH 9 two parts', 'POST 0 ', 'DELETE none ']);
});

test('request does not send a stream that has another length than was told', async () => {
  await using web = await serveBodies(() => '/');
  const chunks = async function* () {
    yield Buffer.from('too much');
  };
  for (const sizeBytes of [3, 30]) {
    const sent = get({ url: web.origin, method: 'PUT', body: { sizeBytes, chunks } });
    await expect(sent).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringContaining('Cannot send to'),
    });
  }
  expect(web.bodies).toEqual([]);
});

test('a body goes where 307 and 308 send it, and stays behind where only the answer has moved', async () => {
  await using other = await serveBodies(() => '/');
  await using web = await serveBodies(() => other.origin);
  const send = async (status: number, method: 'PUT' | 'POST') => {
    const body = { sizeBytes: 4, chunks: () => Readable.from([Buffer.from('body')]) };
    await get({ url: `${web.origin}/${status}`, method, body, headers: { authorization: 's', 'content-type': 'a/b' } });
    return [other.bodies.at(-1), other.requests.at(-1)?.headers['content-type']];
  };
  expect(await send(307, 'PUT')).toEqual(['PUT 4 body', 'a/b']);
  expect(await send(308, 'POST')).toEqual(['POST 4 body', 'a/b']);
  expect(await send(302, 'PUT')).toEqual(['PUT 4 body', 'a/b']);
  expect(await send(302, 'POST')).toEqual(['GET none ', undefined]);
  expect(await send(303, 'PUT')).toEqual(['GET none ', undefined]);
  expect(other.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

test('a redirect is an answer for whoever wants it', async () => {
  await using web = await serveBodies(() => '/');
  const { status, headers } = await get({ url: `${web.origin}/307`, redirect: 'answer' });
  expect([status, headers.location, web.requests.length]).toEqual([307, '/', 1]);
});

test('a user whose name is no percent-encoding is sent as it is written', async () => {
  await using web = await serve(({ headers }, response) => void response.end(headers.authorization));
  const { text } = await get({ url: web.origin.replace('//', '//50%off:p%C3%A4@') });
  expect(text).toBe(`Basic ${Buffer.from('50%off:pä').toString('base64')}`);
});

test('a proxy that cannot be had is blamed, and not the server', async () => {
  await using http = createHttp({ env: { http_proxy: 'http://me:sesame@127.0.0.1:9' } });
  await expect(http.request({ url: 'http://h.test/', signal: new AbortController().signal })).rejects.toMatchObject({
    message: 'Cannot fetch "http://h.test/": the proxy 127.0.0.1:9 refused the connection',
    hint: expect.stringContaining('NO_PROXY'),
  });
});
