// Files of GitHub releases, from a server of our own that speaks as much of its API as a client sees. It is a company's
// server with a certificate of its own, which is how `GH_HOST` lets it stand in.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { makeCertificate } from './rig/certificate.ts';
import { assetOf, removeAll } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { type Content, type Server, startServer } from './rig/server.ts';

const TOOL = 'test.tool@r1';
const NAME = 'tool-linux.tar';
const TOKEN = 'ghp_sesame';
const API = '/api/v3/repos/acme/tool/releases';
const PUBLIC = `/acme/tool/releases/download/v1.0/${NAME}`;

const takes = (source: string, more = ''): string => `
  export const fetch = { url: '${source}'${more} };
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

interface Hub extends Server {
  project: Project;
  env: Record<string, string>;
}

/** A repository with one release; who may see it is what a test changes. */
async function startHub(
  source: string,
  { more = '', digest = sha256OfBytes('content') as string | null, isPrivate = false } = {},
): Promise<Hub> {
  const project = await createProject({ [`recipes/${TOOL}.js`]: takes(source, more) });
  const certificate = await makeCertificate(project);
  // Where GitHub keeps the bytes; whoever brings a token there is refused, as its signed addresses do.
  const objects = await startServer(
    { '/bytes': (request, response) => response.writeHead(request.headers.authorization ? 400 : 200).end('content') },
    { certificate },
  );
  const mayRead = (authorization = '') => !isPrivate || authorization === `Bearer ${TOKEN}`;
  const guarded =
    (answer: (base: string) => object): Content =>
    (request, response) =>
      mayRead(request.headers.authorization)
        ? response.end(JSON.stringify(answer(`https://${request.headers.host}`)))
        : response.writeHead(404).end();
  const asset = (base: string) => ({
    ...{ name: NAME, size: 7, url: `${base}${API}/assets/1`, browser_download_url: base + PUBLIC },
    ...(digest !== null && { digest: `sha256:${digest}` }),
  });
  const server = await startServer(
    {
      [`${API}/tags/v1.0`]: guarded((base) => ({
        tag_name: 'v1.0',
        assets: [asset(base), { name: 'tool-darwin.tar' }],
      })),
      [`${API}?per_page=100`]: guarded(() => [{ tag_name: 'v1.0' }, { tag_name: 'v0.9' }]),
      [`${API}/assets/1`]: (request, response) => {
        const isWanted =
          request.headers.accept === 'application/octet-stream' && mayRead(request.headers.authorization);
        response.writeHead(isWanted ? 302 : 404, { location: objects.url('/bytes') }).end();
      },
      [PUBLIC]: (_, response) => response.writeHead(isPrivate ? 404 : 302, { location: objects.url('/bytes') }).end(),
    },
    { certificate },
  );
  return { ...server, project, env: { GH_HOST: server.host, NODE_EXTRA_CA_CERTS: certificate.file } };
}

test('a file of a release is verified by the published digest, and with the lock file no API is asked', async () => {
  const hub = await startHub(`github:acme/tool@v1.0#${NAME}`);
  await succeed(hub.project, 'sync', { env: hub.env });
  expect(await assetOf(hub.project, TOOL)).toEqual({ [NAME]: 'content' });
  expect(await readFile(hub.project.at('galley.lock'), 'utf8')).toContain(hub.url(PUBLIC));
  await removeAll(hub.project.cacheDir);
  await succeed(hub.project, 'sync --frozen', { env: hub.env });
  expect([hub.asked(`${API}/tags/v1.0`), hub.asked(PUBLIC)]).toEqual([1, 2]);
});

test('who has the digest asks no API at all', async () => {
  const hub = await startHub(`github:acme/tool@v1.0#${NAME}`, { more: `, sha256: '${sha256OfBytes('content')}'` });
  await succeed(hub.project, 'sync', { env: hub.env });
  expect([hub.asked(`${API}/tags/v1.0`), hub.asked(PUBLIC)]).toEqual([0, 1]);
});

test('a published digest that is not that of the bytes is an error, and one that is missing is told', async () => {
  const lying = await startHub(`github:acme/tool@v1.0#${NAME}`, { digest: sha256OfBytes('other') });
  expect((await galley(lying.project, 'sync', { env: lying.env })).events.codes()).toEqual(['DIGEST_MISMATCH']);
  const silent = await startHub(`github:acme/tool@v1.0#${NAME}`, { digest: null });
  const { events } = await succeed(silent.project, 'sync', { env: silent.env });
  expect(events.of('log.message').map(({ text }) => text)).toEqual([expect.stringContaining('no checksum')]);
});

test('a private file comes through the API with a token of gh, which goes nowhere else and is told nowhere', async () => {
  const hub = await startHub(`github:acme/tool@v1.0#${NAME}`, { isPrivate: true });
  const stranger = await galley(hub.project, 'sync', { env: hub.env });
  expect(stranger.events.codes()).toEqual(['SOURCE_NOT_FOUND']);
  expect(stranger.events.messages()).toMatch(/may see\n.*GH_ENTERPRISE_TOKEN.*gh auth login/);
  const hosts = `github.com:\n    oauth_token: other\n"${hub.host}":\n    users:\n        me:\n            oauth_token: ${TOKEN}\n`;
  await hub.project.write({ '../home/.config/gh/hosts.yml': hosts });
  const { events } = await succeed(hub.project, ['sync', '--trace', hub.project.at('trace')], { env: hub.env });
  expect(await assetOf(hub.project, TOOL)).toEqual({ [NAME]: 'content' });
  await removeAll(hub.project.cacheDir);
  await hub.project.write({ '../home/.config/gh/hosts.yml': '' });
  await succeed(hub.project, 'sync --frozen', { env: { ...hub.env, GH_ENTERPRISE_TOKEN: TOKEN } });
  expect(hub.headers(PUBLIC).map(({ authorization }) => authorization)).toEqual(
    hub.headers(PUBLIC).map(() => undefined),
  );
  const lock = await readFile(hub.project.at('galley.lock'), 'utf8');
  expect(lock + JSON.stringify(events.all) + (await readFile(hub.project.at('trace'), 'utf8'))).not.toContain(TOKEN);
});

test('what is not there is told with what is', async () => {
  const cases: [string, RegExp][] = [
    [
      'github:acme/tool@v1.0#tool-linx.tar',
      /no file "tool-linx.tar"\nDid you mean "tool-linux.tar"\? It has tool-linux.tar, tool-darwin.tar/,
    ],
    [`github:acme/tool@1.0#${NAME}`, /no release "1.0"\nDid you mean "v1.0"\? It has v1.0, v0.9/],
    [`github:acme/none@v1.0#${NAME}`, /no repository acme\/none/],
  ];
  const hub = await startHub('github:acme/tool@v1.0#none');
  for (const [source, words] of cases) {
    const refused = await galley(hub.project, ['fetch', source], { env: hub.env });
    expect([refused.status, refused.events.codes()]).toEqual([1, ['SOURCE_NOT_FOUND']]);
    expect(refused.events.messages()).toMatch(words);
  }
  expect((await galley(hub.project, 'fetch github:acme/tool@v1.0')).events.codes()).toEqual(['INVALID_VALUE']);
});

test('a rate limit is told with the time of its end, and not waited for', async () => {
  const hub = await startHub(`github:acme/tool@v1.0#${NAME}`);
  const limits = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4070908800' };
  hub.set(`${API}/tags/v1.0`, (_, response) => response.writeHead(403, limits).end('{}'));
  const { status, events } = await galley(hub.project, 'sync', { env: hub.env });
  expect([status, events.codes()]).toEqual([3, ['FETCH_FAILED']]);
  expect(events.messages()).toMatch(/until 2099-01-01 00:00 UTC[^\n]*\nSet GH_ENTERPRISE_TOKEN/);
  expect(hub.asked(`${API}/tags/v1.0`)).toBe(1);
});
