import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { type Fetching, never, startFetching } from '../testing/fetching.ts';
import type { Handler } from '../testing/web.ts';
import { parseNpmrc } from './npmrc.ts';

const TARBALL = 'a tarball';
const INTEGRITY = `sha512-${createHash('sha512').update(TARBALL).digest('base64')}`;

/** As much of the registry's protocol as a client sees: documents, tarballs, and nothing without the token. */
function npmRegistry({ integrity = INTEGRITY, token = '', tarballHost = '' } = {}): Handler {
  return ({ url = '', headers }, response) => {
    if (token !== '' && headers.authorization !== token) return void response.writeHead(401).end();
    const [, base = '', name] = /^(.*\/)((?:@[a-z]+%2f)?[a-z-]+)$/i.exec(url) ?? [];
    if (url.endsWith('.tgz')) return void response.end(TARBALL);
    if (name === 'missing') return void response.writeHead(404).end();
    const host = tarballHost || `http://${headers.host}`;
    const dist = { tarball: `${host}${base}${name?.replace('%2f', '/')}/-/file-1.0.0.tgz`, integrity };
    const document = { name, 'dist-tags': { latest: '2.0.0' }, versions: { '1.0.0': { dist } } };
    response.end(JSON.stringify(document));
  };
}

function configure(f: Fetching, where: 'project' | 'home', lines: string[]): void {
  const dir = where === 'project' ? path.join(f.dir, 'project') : f.dir;
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, '.npmrc'), lines.join('\n'));
}

/** As an `.npmrc` names it. */
const variable = (name: string) => `\${${name}}`;
const urls = (f: Fetching) => f.web.requests.map(({ url }) => url);

test('npm asks the configured registry, and verifies what it publishes', async () => {
  await using f = await startFetching(npmRegistry());
  configure(f, 'home', [`registry=${f.web.origin}/npm`]);
  const source = { url: 'npm:left-pad@1.0.0' };
  const download = await f.fetcher.download(source, { signal: never });
  expect(download).toMatchObject({
    source: source.url,
    url: `${f.web.origin}/npm/left-pad/-/file-1.0.0.tgz`,
    fileName: 'left-pad-1.0.0.tgz',
  });
  expect(await f.fetcher.resolve(source, never)).toEqual({
    url: download.url,
    fileName: download.fileName,
    integrity: INTEGRITY,
  });
  expect(urls(f)).toEqual(['/npm/left-pad', '/npm/left-pad/-/file-1.0.0.tgz']);
});

test('npm refuses a tarball that is not what the registry published', async () => {
  const published = `sha512-${'A'.repeat(86)}==`;
  await using f = await startFetching(npmRegistry({ integrity: published }));
  configure(f, 'home', [`registry=${f.web.origin}`]);
  const failure = { code: 'DIGEST_MISMATCH', facts: { expected: published, actual: INTEGRITY } };
  await expect(f.fetcher.download({ url: 'npm:left-pad@1.0.0' }, { signal: never })).rejects.toMatchObject(failure);
});

test('npm asks the registry of a scope, with the token for that place only', async () => {
  await using f = await startFetching(npmRegistry({ token: 'Bearer tok-en' }), { env: { TOKEN: 'tok-en' } });
  const host = f.web.origin.replace('http:', '');
  configure(f, 'project', [
    `@acme:registry=${f.web.origin}/private/`,
    `${host}/private/:_authToken=${variable('TOKEN')}`,
    'registry=http://nowhere.invalid/',
  ]);
  const download = await f.fetcher.download({ url: 'npm:@acme/tool@1.0.0' }, { signal: never });
  expect(download.fileName).toBe('tool-1.0.0.tgz');
  expect(urls(f)).toEqual(['/private/@acme%2ftool', '/private/@acme/tool/-/file-1.0.0.tgz']);
  expect(JSON.stringify(f.events)).not.toContain('tok-en');
});

test('npm ranks the environment over the project over the home', async () => {
  await using f = await startFetching(npmRegistry());
  configure(f, 'home', ['registry=http://nowhere.invalid/']);
  configure(f, 'project', [`registry=${f.web.origin}/project/`]);
  await f.fetcher.resolve({ url: 'npm:a@1.0.0' }, never);
  const env = { HOME: f.dir, NPM_CONFIG_REGISTRY: `${f.web.origin}/variable/` };
  await f.another({ env }).resolve({ url: 'npm:a@1.0.0' }, never);
  expect(urls(f)).toEqual(['/project/a', '/variable/a']);
});

test('npm takes tarballs of the public registry from the mirror', async () => {
  await using f = await startFetching(npmRegistry({ tarballHost: 'https://registry.npmjs.org' }));
  configure(f, 'home', [`registry=${f.web.origin}/`]);
  const { url } = await f.fetcher.download({ url: 'npm:left-pad@1.0.0' }, { signal: never });
  expect(url).toBe(`${f.web.origin}/left-pad/-/file-1.0.0.tgz`);
});

test('npm asks no registry when the lock file has the address, only the mirror for the tarball', async () => {
  await using f = await startFetching(npmRegistry());
  configure(f, 'home', [`registry=${f.web.origin}/`]);
  const pin = {
    url: 'https://registry.npmjs.org/left-pad/-/left-pad-1.0.0.tgz',
    sha256: createHash('sha256').update(TARBALL).digest('hex') as never,
    sizeBytes: 9,
  };
  await f.fetcher.download({ url: 'npm:left-pad@1.0.0' }, { signal: never, pin });
  expect(urls(f)).toEqual(['/left-pad/-/left-pad-1.0.0.tgz']);
});

test('npm says what is wrong when there is no such package or version, or the answer is a page', async () => {
  await using f = await startFetching((request, response) => {
    if (request.url === '/page') response.end('<html>log in</html>');
    else npmRegistry()(request, response);
  });
  configure(f, 'home', [`registry=${f.web.origin}/`]);
  const resolve = (url: string) => f.fetcher.resolve({ url }, never);
  await expect(resolve('npm:missing@1.0.0')).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: expect.stringMatching(/no such package at "http.*missing"/),
  });
  await expect(resolve('npm:a@9.9.9')).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    hint: 'The latest version is 2.0.0',
  });
  await expect(resolve('npm:page@1.0.0')).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    message: expect.stringContaining('not JSON'),
  });
  for (const bad of ['npm:a', 'npm:a@latest', 'npm:@scope@1.0.0', 'npm:../a@1.0.0', 'npm:a@1/../x']) {
    await expect(resolve(bad), bad).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  }
  await expect(f.another({ offline: true }).resolve({ url: 'npm:b@1.0.0' }, never)).rejects.toMatchObject({
    code: 'OFFLINE',
  });
});

test('npm refuses a registry that names a file of this machine', async () => {
  await using f = await startFetching(npmRegistry({ tarballHost: 'file://' }));
  configure(f, 'home', [`registry=${f.web.origin}/`]);
  await expect(f.fetcher.resolve({ url: 'npm:a@1.0.0' }, never)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});

test('npm verifies the older checksum where there is no other, and tells where there is none', async () => {
  const shasum = (text: string) => createHash('sha1').update(text).digest('hex');
  const dists: Record<string, object> = {
    '1.0.0': { shasum: shasum(TARBALL) },
    '2.0.0': { shasum: shasum('other') },
    '3.0.0': {},
  };
  await using f = await startFetching(({ url = '', headers }, response) => {
    if (url.endsWith('.tgz')) return void response.end(TARBALL);
    const tarball = `http://${headers.host}/a.tgz`;
    const versions = Object.entries(dists).map(([version, dist]) => [version, { dist: { tarball, ...dist } }]);
    response.end(JSON.stringify({ versions: Object.fromEntries(versions) }));
  });
  configure(f, 'home', [`registry=${f.web.origin}`]);
  const get = (version: string) => f.another().download({ url: `npm:a@${version}` }, { signal: never });
  const sha1 = `sha1-${createHash('sha1').update(TARBALL).digest('base64')}`;
  await expect(get('2.0.0')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', facts: { actual: sha1 } });
  await get('1.0.0');
  expect(f.events.filter(({ type }) => type === 'log.message')).toEqual([]);
  await get('3.0.0');
  expect(f.events).toContainEqual(
    expect.objectContaining({ type: 'log.message', level: 'warn', text: expect.stringContaining('no checksum') }),
  );
});

test('npm knows the tarballs beside a registry by the credentials of the registry, and nobody elsewhere', async () => {
  await using f = await startFetching(npmRegistry({ token: 'Bearer t' }));
  await using other = await startFetching(npmRegistry());
  const host = f.web.origin.replace('http:', '');
  configure(f, 'home', [`registry=${f.web.origin}/npm/private/`, `${host}/npm/private/:_authToken=t`]);
  await f.fetcher.download({ url: 'npm:a@1.0.0' }, { signal: never });
  const pinned = (url: string) => ({ signal: never, pin: { url, sha256: sha256OfBytes('x'), sizeBytes: 1 } });
  await f.fetcher.download({ url: 'npm:a@1.0.0' }, pinned(`${other.web.origin}/a.tgz`)).catch(() => {});
  await f.fetcher.download({ url: 'npm:a@1.0.0' }, pinned(`${f.web.origin}/files/a.tgz`)).catch(() => {});
  expect(f.web.requests.at(-1)?.headers.authorization).toBe('Bearer t');
  // A lock file sends nobody to another server.
  expect(other.web.requests).toEqual([]);
});

test('npm goes through the proxy of its own configuration, past it where that says so', async () => {
  await using proxy = await startFetching(npmRegistry());
  await using f = await startFetching(npmRegistry());
  configure(f, 'home', ['registry=http://npm.invalid/', `proxy=${proxy.web.origin}`]);
  await f.fetcher.resolve({ url: 'npm:a@1.0.0' }, never);
  expect(urls(proxy)).toEqual(['http://npm.invalid/a']);
  configure(f, 'home', [`registry=${f.web.origin}/`, `https-proxy=${proxy.web.origin}`, 'noproxy=127.0.0.1']);
  await f.another().resolve({ url: 'npm:a@1.0.0' }, never);
  expect([urls(proxy).length, urls(f)]).toEqual([1, ['/a']]);
});

test('npm reads the file of the machine where npm is installed, after all others', async () => {
  await using f = await startFetching(npmRegistry());
  const prefix = path.join(f.dir, 'usr');
  for (const [file, text] of [
    ['bin/npm', ''],
    ['etc/npmrc', `registry=${f.web.origin}/machine`],
  ] as const) {
    mkdirSync(path.dirname(path.join(prefix, file)), { recursive: true });
    writeFileSync(path.join(prefix, file), text, { mode: 0o755 });
  }
  const env = { HOME: f.dir, PATH: path.join(prefix, 'bin') };
  await f.another({ env }).resolve({ url: 'npm:a@1.0.0' }, never);
  configure(f, 'home', [`registry=${f.web.origin}/home`]);
  await f.another({ env }).resolve({ url: 'npm:a@1.0.0' }, never);
  await f
    .another({ env: { ...env, NPM_CONFIG_REGISTRY: `${f.web.origin}/env` } })
    .resolve({ url: 'npm:a@1.0.0' }, never);
  expect(urls(f)).toEqual(['/machine/a', '/home/a', '/env/a']);
});

test('parseNpmrc reads comments, quotes, lists of words and variables as npm does', () => {
  const value = `${variable('A')}${variable('B')}-${variable('C?')}`;
  const text = `; a comment\n# another\n\nregistry = "https://r.test/"\r\n//r.test/:_authToken=${value}\nflag\n[section]\nx=a=b`;
  expect(parseNpmrc(text, { A: '1' })).toEqual([
    ['registry', 'https://r.test/'],
    ['//r.test/:_authToken', `1${variable('B')}-`],
    ['x', 'a=b'],
  ]);
});

test('parseNpmrc reads JSON in quotes, comments after values, lists, and what variables stand for', () => {
  const lines = [
    'ca="one\\ntwo"',
    "single='a ; b'",
    'registry = https://r.test/ ; a comment',
    'escaped = a\\;b',
    'list[] = x',
    'list[] = y',
    `kept = \\${variable('A')}`,
    `words = ${variable('NONE-some words')}${variable('EMPTY-x')}${variable('EMPTY:-y')}${variable('NONE-')}`,
  ];
  expect(new Map(parseNpmrc(lines.join('\n'), { A: '1', EMPTY: '' }))).toEqual(
    new Map([
      ['ca', 'one\ntwo'],
      ['single', 'a ; b'],
      ['registry', 'https://r.test/'],
      ['escaped', 'a;b'],
      ['list', 'x\ny'],
      ['kept', `\\${variable('A')}`],
      ['words', 'some wordsy'],
    ]),
  );
});
