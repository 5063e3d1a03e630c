// Downloads from servers that cut, stall, lie, redirect and want to be left alone; runs that are killed in the middle of
// them; proxies in between, and no network at all.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { makeCertificate } from './rig/certificate.ts';
import { listNames, readTree } from './rig/disk.ts';
import { type Finished, galley, type RunOptions, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { startProxy } from './rig/proxy.ts';
import { type Handler, startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';

const BODY = 'bytes '.repeat(50_000);
const SHA = sha256OfBytes(BODY);
const HALF = BODY.length / 2;
const EMPTY = { 'galley.js': 'export const packages = [];' };

const get = (project: Project, url: string, options: RunOptions & { args?: string[] } = {}): Promise<Finished> =>
  galley(project, ['fetch', url, 'out', ...(options.args ?? [])], options);

const content = (project: Project): Promise<string> => readFile(project.at('out'), 'utf8');

/** The rest from where Range says, when If-Range names this version. */
function serveRange(etag: string, body: string): Handler {
  return ({ headers }, response) => {
    const start = headers['if-range'] === etag ? Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
    const range = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
    response.writeHead(start > 0 ? 206 : 200, { etag, 'content-length': body.length - start, ...(start > 0 && range) });
    response.end(body.slice(start));
  };
}

/** The first half, and then nothing: what becomes of the connection is up to `then`. */
const serveHalf =
  (etag: string, then: (response: Parameters<Handler>[1]) => void): Handler =>
  (_, response) =>
    void response
      .writeHead(200, { etag, 'content-length': BODY.length })
      .write(BODY.slice(0, HALF), () => then(response));

/** Runs until half of the file is here, and is then killed as nobody can guard against. */
async function killInTheMiddle(project: Project, etag: string) {
  const { promise: half, resolve } = Promise.withResolvers<void>();
  const server = await startServer({ '/file': serveHalf(etag, () => resolve()) });
  const running = start(project, ['fetch', server.url('/file'), 'out', '--sha256', SHA]);
  await half;
  await running.event('fetch.progress', ({ receivedBytes }) => receivedBytes > 1000);
  running.kill('SIGKILL');
  await running.finished;
  return server;
}

test('a killed download is continued by the next run, and begins anew where the server has changed or refuses', async () => {
  const others: [string, Handler, (string | undefined)[]][] = [
    ['continued', serveRange('"v1"', BODY), ['"v1"']],
    ['changed', serveRange('"v2"', BODY), ['"v1"']],
    [
      '416',
      (request, response) => (request.headers.range ? response.writeHead(416).end() : response.end(BODY)),
      ['"v1"', undefined],
    ],
  ];
  for (const [name, answer, conditions] of others) {
    const project = await createProject(EMPTY, { expectTidy: false });
    const server = await killInTheMiddle(project, '"v1"');
    server.set('/file', answer);
    const { status } = await get(project, server.url('/file'), { args: ['--sha256', SHA] });
    expect([name, status, (await content(project)) === BODY]).toEqual([name, 0, true]);
    expect(
      server
        .headers('/file')
        .slice(1)
        .map((headers) => headers['if-range']),
      name,
    ).toEqual(conditions);
    const left = await listNames(`${project.cacheDir}/downloads`);
    expect(
      left.filter((file) => file.includes('.tmp')),
      name,
    ).toEqual([]);
  }
});

test('a cut and a stall are continued in the same run', async () => {
  const project = await createProject(EMPTY);
  const faults: [string, (response: Parameters<Handler>[1]) => void][] = [
    ['cut', (response) => void response.socket?.end()],
    ['stall', () => {}],
  ];
  for (const [name, then] of faults) {
    let asked = 0;
    const whole = serveRange('"v1"', name + BODY.slice(name.length));
    const server = await startServer({
      '/file': (request, response) => (asked++ === 0 ? serveHalf('"v1"', then) : whole)(request, response),
    });
    const { status, events } = await get(project, server.url('/file'), { args: ['--fetch-timeout', '1', '--yes'] });
    expect([name, status, server.headers('/file')[1]?.range]).toEqual([name, 0, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(events.of('fetch.retried')[0]?.reason).toContain(name === 'cut' ? 'broke off' : 'sent nothing for 1 s');
  }
});

test('an archive that came wrong at first is unpacked from what came right in the end, and from nothing else', async () => {
  const archive = await tarOf({ 'a.txt': 'a', 'b.txt': BODY });
  // The first name is another one.
  const wrong = Buffer.from(archive);
  wrong.write('x.txt', 0);
  let asked = 0;
  const server = await startServer({
    '/a.tar': (_, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      if (asked++ > 0) response.end(archive);
      else response.write(wrong.subarray(0, archive.length / 2), () => response.socket?.end());
    },
  });
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.a@r1'];`,
    'recipes/test.a@r1.js': `export const identity = 'test.a@r1';
      export const fetch = { url: '${server.url('/a.tar')}', sha256: '${sha256OfBytes(archive)}' };`,
  });
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ 'test.a@r1': 'built' });
  const { stdout } = await succeed(project, 'asset a');
  expect(await readTree(stdout.trim())).toEqual({ 'a.txt': 'a', 'b.txt': BODY });
  expect(server.asked('/a.tar')).toBe(2);
});

test('what may pass is tried again when the server says, what will not is told at once', async () => {
  const project = await createProject(EMPTY);
  const answers = (...statuses: [number, object?][]): Handler => {
    let asked = 0;
    return (_, response) => {
      const [status, headers = {}] = statuses[Math.min(asked++, statuses.length - 1)] ?? [500];
      response.writeHead(status, headers as Record<string, string>).end('content');
    };
  };
  const server = await startServer({
    '/soon': answers([503, { 'retry-after': '1' }], [200]),
    '/late': answers([429, { 'retry-after': '3600' }]),
    '/401': answers([401]),
    '/403': answers([403]),
    '/404': answers([404]),
  });
  const soon = await get(project, server.url('/soon'));
  expect(soon.events.of('fetch.retried').map(({ delayMs }) => delayMs)).toEqual([1000]);
  for (const path of ['/late', '/401', '/403', '/404']) {
    const { status } = await get(project, server.url(path), { args: ['--yes'] });
    expect([path, status, server.asked(path)]).toEqual([path, path === '/404' ? 1 : 3, 1]);
  }
});

test('redirects are followed to their end, and refused where they lead in a ring, to a file, or out of https', async () => {
  const project = await createProject(EMPTY);
  const certificate = await makeCertificate(project);
  const to =
    (location: string): Handler =>
    (_, response) =>
      response.writeHead(302, { location }).end();
  const plain = await startServer({
    '/file': BODY,
    '/a': to('/b'),
    '/b': to('/file'),
    '/ring': to('/ring'),
    '/local': to('file:///etc/passwd'),
  });
  const secure = await startServer({ '/down': to(plain.url('/file')) }, { certificate });
  expect((await get(project, plain.url('/a'))).status).toBe(0);
  expect(await content(project)).toBe(BODY);
  for (const [url, words] of [
    [plain.url('/ring'), 'more than 20 times'],
    [plain.url('/local'), 'not http or https'],
    [secure.url('/down'), 'from https to http'],
  ] as const) {
    const { status, events } = await get(project, url, { env: { NODE_EXTRA_CA_CERTS: certificate.file } });
    expect([status, events.codes(), events.messages()]).toEqual([3, ['FETCH_FAILED'], expect.stringContaining(words)]);
  }
});

test('a lie about the length is found, and what a server compresses unasked stays as it keeps it', async () => {
  const archive = gzipSync('content');
  const zipped = { 'content-encoding': 'gzip' };
  let asked = 0;
  const page = `<a href="/file.tar.gz#sha256=${sha256OfBytes(archive)}">`;
  const server = await startServer({
    '/short': (_, response) => {
      if (asked++ > 0) response.end(BODY);
      else response.writeHead(200, { 'content-length': BODY.length }).write('less', () => response.socket?.end());
    },
    '/a-1.0.tar.gz': (_, response) => response.writeHead(200, zipped).end(archive),
    '/simple/a/': (_, response) => response.writeHead(200, zipped).end(gzipSync(page.replace('file', 'a-1.0'))),
    '/simple/b/': (_, response) => response.writeHead(200, zipped).end('no gzip'),
  });
  const project = await createProject(EMPTY);
  const short = await get(project, server.url('/short'));
  expect([short.status, short.events.of('fetch.retried').length]).toEqual([0, 1]);
  const env = { PIP_CONFIG_FILE: '/dev/null', PIP_INDEX_URL: server.url('/simple') };
  await succeed(project, ['fetch', 'pypi:a@1.0#a-1.0.tar.gz', 'file.gz'], { env });
  expect((await readFile(project.at('file.gz'))).equals(archive)).toBe(true);
  expect((await get(project, 'pypi:b@1.0', { env })).events.messages()).toContain('gzip is not');
});

test('a file that changed under its pin is told with both digests, both sizes, the address and what to do', async () => {
  const server = await startServer({ '/flour.txt': 'rye' });
  const project = await createProject({
    'recipes/test.bread@r1.js': `export const fetch = '${server.url('/flour.txt')}';`,
  });
  await succeed(project, 'sync');
  server.set('/flour.txt', 'wheat');
  const { status, events } = await galley(project, 'sync --frozen', {
    env: { GALLEY_CACHE_ROOT: project.at('../other') },
  });
  expect([status, events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
  const parts = [
    server.url('/flour.txt'),
    sha256OfBytes('rye'),
    sha256OfBytes('wheat'),
    '5 bytes instead of 3',
    'replaced upstream',
    'corrupted',
    'attacks',
    'galley.lock',
  ];
  for (const part of parts) expect(events.messages()).toContain(part);
});

test('processes that want one file at the same time all get it, and the same bytes elsewhere are not downloaded again', async () => {
  const server = await startServer({
    '/one': (_, response) => void setTimeout(() => response.end(BODY), 300),
    '/two': BODY,
  });
  const project = await createProject(EMPTY);
  const all = [1, 2, 3].map((name) => succeed(project, ['fetch', server.url('/one'), `out${name}`, '--sha256', SHA]));
  for (const { stdout } of await Promise.all(all)) expect((await readFile(stdout.trim(), 'utf8')) === BODY).toBe(true);
  await succeed(project, ['fetch', server.url('/two'), 'out', '--sha256', SHA]);
  expect(server.asked('/two')).toBe(0);
});

test('a proxy forwards http and tunnels https, knows us by the password in its address, and is told from the server', async () => {
  const project = await createProject(EMPTY);
  const certificate = await makeCertificate(project);
  const plain = await startServer({ '/file': 'plain' });
  const secure = await startServer({ '/file': 'secure' }, { certificate });
  const proxy = await startProxy({ login: 'me:se%same' });
  const through = (login: string, server: { url(path: string): string }) =>
    get(project, server.url('/file'), {
      env: { http_proxy: login + proxy.host, SSL_CERT_FILE: certificate.file },
      args: ['--yes'],
    });
  for (const [server, text] of [
    [plain, 'plain'],
    [secure, 'secure'],
  ] as const) {
    const { status, events } = await through('me:se%25same@', server);
    expect([status, await content(project)]).toEqual([0, text]);
    expect(JSON.stringify(events.all)).not.toMatch(/se%(?:25)?same/);
  }
  expect(proxy.asked).toEqual([`GET ${plain.url('/file')}`, `CONNECT ${secure.host}`]);
  for (const server of [plain, secure]) {
    const { status, events } = await through('', server);
    expect([status, events.codes(), events.messages()]).toEqual([
      3,
      ['FETCH_FAILED'],
      expect.stringContaining('the proxy wants'),
    ]);
  }
  expect(proxy.asked).toHaveLength(4);
});

test('offline, all that is missing is listed once', async () => {
  const fetches = [`['http://h.test/a', 'http://h.test/b']`, `['http://h.test/b', 'npm:left-pad@1.3.0']`];
  const names = fetches.map((_, index) => `test.n${index}@r1`);
  const project = await createProject({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(names)};`,
    ...Object.fromEntries(
      fetches.map((fetch, index) => [`recipes/${names[index]}.js`, `export const fetch = ${fetch};`]),
    ),
  });
  const { status, stderr } = await galley(project, 'sync --offline', { told: 'words' });
  expect(status).toBe(3);
  const [, chapter = ''] = stderr.split('2 packages failed');
  for (const source of ['http://h.test/a', 'http://h.test/b', 'npm:left-pad@1.3.0'])
    expect(chapter.split(source)).toHaveLength(2);
  expect(chapter.split('OFFLINE')).toHaveLength(2);
  expect(chapter).toContain('for test.n0@r1, test.n1@r1');
});
