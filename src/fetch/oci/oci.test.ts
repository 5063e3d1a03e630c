// What a registry, a token server or a configuration may do to us that those of the functional tests do not.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../../system/digest.ts';
import { type Fetching, never, startFetching } from '../../testing/fetching.ts';
import { serve } from '../../testing/web.ts';

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const CONTENT = 'content';
const layer = { digest: `sha256:${sha256OfBytes(CONTENT)}`, size: CONTENT.length };

interface Answers {
  manifest?: object;
  headers?: Record<string, string>;
  /** True when it has answered. */
  first?(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean>;
}

/** A registry with one artifact. */
async function startRegistry({ manifest, headers, first }: Answers): Promise<Fetching & { url: string }> {
  const f = await startFetching(async (request, response) => {
    if (await first?.(request, response)) return;
    if (request.url?.includes('/blobs/')) return void response.end(CONTENT);
    const body = JSON.stringify(manifest ?? { mediaType: IMAGE, layers: [layer] });
    response.writeHead(200, { 'content-type': IMAGE, ...headers }).end(body);
  });
  return { ...f, url: `${f.web.origin.replace('http', 'oci')}/acme/tool:v1` };
}

const get = (f: Fetching & { url: string }, fetcher = f.fetcher) => fetcher.download({ url: f.url }, { signal: never });

function logIn(f: Fetching, login: object): void {
  mkdirSync(path.join(f.dir, '.docker'), { recursive: true });
  const auths = { [f.web.origin.replace('http://', '')]: login };
  writeFileSync(path.join(f.dir, '.docker/config.json'), JSON.stringify({ auths }));
}

function challenge(response: ServerResponse, header: string): true {
  response.writeHead(401, { 'www-authenticate': header }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
  return true;
}

test('a blob that lies elsewhere is fetched there, without the password', async () => {
  await using elsewhere = await serve((_, response) => void response.end(CONTENT));
  await using f = await startRegistry({
    first({ url, headers }, response) {
      if (headers.authorization === undefined) return challenge(response, 'Basic realm="x"');
      if (!url?.includes('/blobs/')) return false;
      response.writeHead(307, { location: `${elsewhere.origin}/signed` }).end();
      return true;
    },
  });
  logIn(f, { auth: btoa('me:sesame') });
  expect(await get(f)).toMatchObject({ sha256: sha256OfBytes(CONTENT) });
  expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  expect(f.web.requests.at(-1)?.headers.authorization).toBe(`Basic ${btoa('me:sesame')}`);
});

test('a token is asked for again when the old one is not taken any more', async () => {
  let given = 0;
  await using f = await startRegistry({
    first({ url, headers }, response) {
      if (url?.startsWith('/token')) return Boolean(response.end(JSON.stringify({ access_token: `t${++given}` })));
      const isGood = headers.authorization === `Bearer t${url?.includes('/blobs/') ? 2 : 1}`;
      return !isGood && challenge(response, `Bearer realm="${f.web.origin}/token"`);
    },
  });
  await get(f);
  expect([given, f.web.requests.filter(({ url }) => url?.startsWith('/token'))[0]?.url]).toEqual([
    ...[2, '/token?scope=repository%3Aacme%2Ftool%3Apull'],
  ]);
});

test('an identity token is exchanged for an access token', async () => {
  let form = '';
  await using f = await startRegistry({
    async first(request, response) {
      if (request.url === '/token') {
        form = await text(request);
        return Boolean(response.end('{"access_token":"t"}'));
      }
      return (
        request.headers.authorization !== 'Bearer t' && challenge(response, `Bearer realm="${f.web.origin}/token"`)
      );
    },
  });
  logIn(f, { identitytoken: 'sesame' });
  await get(f);
  expect(Object.fromEntries(new URLSearchParams(form))).toMatchObject({
    ...{ grant_type: 'refresh_token', refresh_token: 'sesame', scope: 'repository:acme/tool:pull' },
  });
});

test('nobody is told a password without TLS because a registry names them', async () => {
  await using f = await startRegistry({
    first: (_, response) => challenge(response, 'Bearer realm="http://tokens.test/token"'),
  });
  logIn(f, { auth: btoa('me:sesame') });
  await expect(get(f)).rejects.toMatchObject({ message: expect.stringContaining('an address that is not https') });
});

test.each([
  ['has layers and manifests', { manifest: { layers: [layer], manifests: [layer] } }, 'not an OCI manifest'],
  ['says another type than its header', { headers: { 'content-type': 'application/x' } }, 'not an OCI manifest'],
  [
    'has another digest than the registry says',
    { headers: { 'docker-content-digest': layer.digest } },
    'has the digest',
  ],
  ['names no digest', { manifest: { layers: [{ digest: 'sha256:../x', size: 1 }] } }, 'not an OCI manifest'],
  ['is an index of itself', { manifest: { manifests: [{ digest: layer.digest }] } }, 'has the digest'],
  ['has nothing', { manifest: { layers: [] } }, 'it has no files'],
  ['is a list', { manifest: [] }, 'not an OCI manifest'],
])('a manifest that %s is not used', async (_, answers, words) => {
  await using f = await startRegistry(answers);
  await expect(get(f)).rejects.toMatchObject({ message: expect.stringContaining(words) });
});

test('a login for a part of a registry counts more than one for all of it, and the file that is named alone', async () => {
  await using f = await startRegistry({
    first: ({ headers }, response) => !headers.authorization && challenge(response, 'Basic realm="x"'),
  });
  const host = f.web.origin.replace('http://', '');
  logIn(f, { auth: btoa('docker:x') });
  const file = path.join(f.dir, 'auth.json');
  const auths = { [`${host}/acme`]: { auth: btoa('part:x') }, [host]: { auth: btoa('all:x') } };
  writeFileSync(file, JSON.stringify({ auths }));
  await get(f, f.another({ env: { HOME: f.dir, REGISTRY_AUTH_FILE: file } }));
  expect(f.web.requests.at(-1)?.headers.authorization).toBe(`Basic ${btoa('part:x')}`);
  writeFileSync(file, '{"auths": sesame}');
  const broken = get(f, f.another({ env: { HOME: f.dir, REGISTRY_AUTH_FILE: file } })).catch((error) => `${error}`);
  expect(await broken).toMatch(/it is not a JSON object$/);
});

test('an upload goes where the registry wants it, but the password only to the registry', async () => {
  await using elsewhere = await serve(async (request, response) => {
    await text(request);
    response.writeHead(201).end();
  });
  await using f = await startRegistry({
    async first(request, response) {
      const { method, headers } = request;
      await text(request);
      if (headers.authorization === undefined) return challenge(response, 'Basic realm="x"');
      const location = `${elsewhere.origin}/upload?state=1`;
      response.writeHead(method === 'HEAD' ? 404 : method === 'POST' ? 202 : 201, { location }).end();
      return true;
    },
  });
  logIn(f, { auth: btoa('me:sesame') });
  const store = f.fetcher.objectStore(f.url.replace(/:v1$/, ''));
  expect(await store.write('x', Buffer.from('object'), { signal: never })).toBe(true);
  const [object] = elsewhere.requests;
  expect(object?.url).toBe(`/upload?state=1&digest=sha256%3A${sha256OfBytes('object')}`);
  expect(elsewhere.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

test('what all objects share is brought once by who writes several, and a registry that trips over others is asked again', async () => {
  const uploaded: string[] = [];
  let refusals = 1;
  await using f = await startRegistry({
    async first(request, response) {
      const { method, url = '' } = request;
      await text(request);
      if (method === 'PUT' && url.includes('/blobs/'))
        uploaded.push(new URL(url, f.url).searchParams.get('digest') ?? '');
      const isRefused = method === 'PUT' && url.includes('/manifests/') && refusals-- > 0;
      if (isRefused) response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}');
      else
        response.writeHead(method === 'HEAD' ? 404 : method === 'POST' ? 202 : 201, { location: '/v2/blobs/up' }).end();
      return true;
    },
  });
  const store = f.fetcher.objectStore(f.url.replace(/:v1$/, ''));
  const write = (name: string) => store.write(name, Buffer.from(name), { signal: never });
  expect(await Promise.all(['a', 'b', 'c'].map(write))).toEqual([true, true, true]);
  expect(uploaded.filter((digest) => digest === `sha256:${sha256OfBytes('{}')}`)).toHaveLength(1);
});
