import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Http } from '../system/http.ts';
import { createDirectoryStore, type Fetching, never, startFetching } from '../testing/fetching.ts';
import type { Handler } from '../testing/web.ts';

const CRATE = 'a crate';
const SHA = sha256OfBytes(CRATE);

/** As much of the sparse protocol as a client sees. */
function sparseIndex({ dl = '/dl', token = '', sha256 = SHA as string, ...more } = {}): Handler {
  return ({ url = '', headers }, response) => {
    if (token !== '' && headers.authorization !== token) return void response.writeHead(401).end();
    const base = `http://${headers.host}`;
    if (url === '/index/config.json')
      return void response.end(JSON.stringify({ dl: dl.startsWith('/') ? base + dl : dl, ...more }));
    if (!url.startsWith('/index/')) return void response.end(CRATE);
    if (url.endsWith('/missing')) return void response.writeHead(404).end();
    const versions = [{ vers: '2.0.16+zstd.1.5.7' }, { vers: '2.1.0' }, { vers: '3.0.0', yanked: true }];
    response.end(
      versions.map((version) => `${JSON.stringify({ name: 'zstd-sys', cksum: sha256, ...version })}\n`).join(''),
    );
  };
}

function configure(f: Fetching, where: 'project' | 'home', lines: string[]): void {
  const dir = path.join(f.dir, where === 'project' ? 'project/.cargo' : '.cargo');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'config.toml'), lines.join('\n'));
}

const replaced = (f: Fetching) => [
  '[source.crates-io]',
  'replace-with = "mirror"',
  '[source.mirror]',
  `registry = "sparse+${f.web.origin}/index/"`,
];
const urls = (f: Fetching) => f.web.requests.map(({ url }) => url);

test('crates asks the index that replaces crates.io, and verifies what it publishes', async () => {
  await using f = await startFetching(sparseIndex());
  configure(f, 'home', replaced(f));
  const download = await f.fetcher.download({ url: 'crates:zstd-sys@2.0.16+zstd.1.5.7' }, { signal: never });
  expect(download).toMatchObject({
    fileName: 'zstd-sys-2.0.16+zstd.1.5.7.crate',
    url: `${f.web.origin}/dl/zstd-sys/2.0.16+zstd.1.5.7/download`,
    sha256: SHA,
  });
  expect(urls(f).sort()).toEqual([
    '/dl/zstd-sys/2.0.16+zstd.1.5.7/download',
    '/index/config.json',
    '/index/zs/td/zstd-sys',
  ]);
  // The checksum of the index is enough to find the file again.
  const again = await f.another().download({ url: 'crates:zstd-sys@2.0.16' }, { signal: never });
  expect([again.from, again.url]).toEqual(['store', download.url]);
});

test('crates refuses a file that is not what the index published', async () => {
  await using f = await startFetching(sparseIndex({ sha256: 'f'.repeat(64) }));
  configure(f, 'home', replaced(f));
  const failure = { code: 'DIGEST_MISMATCH', facts: { expected: 'f'.repeat(64), actual: SHA } };
  await expect(f.fetcher.download({ url: 'crates:zstd-sys@2.1.0' }, { signal: never })).rejects.toMatchObject(failure);
});

test('crates refuses an index that names a file of this machine', async () => {
  await using f = await startFetching(sparseIndex({ dl: 'file:///etc/{crate}' }));
  configure(f, 'home', replaced(f));
  await expect(f.fetcher.resolve({ url: 'crates:zstd-sys@2.1.0' }, never)).rejects.toMatchObject({
    code: 'FETCH_FAILED',
  });
});

test('crates fills the markers of a template', async () => {
  await using f = await startFetching(
    sparseIndex({ dl: '/{prefix}/{lowerprefix}/{crate}-{version}-{sha256-checksum}' }),
  );
  configure(f, 'home', replaced(f));
  const address = async (name: string) =>
    (await f.fetcher.resolve({ url: `crates:${name}@2.1.0` }, never)).url.replace(f.web.origin, '');
  expect(await address('Zstd-Sys')).toBe(`/Zs/td/zs/td/Zstd-Sys-2.1.0-${SHA}`);
  expect(await address('a')).toBe(`/1/1/a-2.1.0-${SHA}`);
  expect(await address('ab')).toBe(`/2/2/ab-2.1.0-${SHA}`);
  expect(await address('aBc')).toBe(`/3/a/3/a/aBc-2.1.0-${SHA}`);
  expect(urls(f).filter((url) => !url?.endsWith('.json'))).toEqual([
    '/index/zs/td/zstd-sys',
    '/index/1/a',
    '/index/2/ab',
    '/index/3/a/abc',
  ]);
});

test('crates reads named registries, chains, the project before the home, and variables', async () => {
  await using f = await startFetching(sparseIndex({ token: 'tok-en', 'auth-required': true } as object));
  configure(f, 'home', ['[source.crates-io]', 'replace-with = "nowhere"', '[source.b]', 'replace-with = "c-d"']);
  configure(f, 'project', [
    '[source.crates-io]',
    'replace-with = "b"',
    '[registries.c-d]',
    'index = "sparse+http://nowhere.invalid/"',
  ]);
  const env = {
    HOME: f.dir,
    CARGO_REGISTRIES_C_D_INDEX: `sparse+${f.web.origin}/index`,
    CARGO_REGISTRIES_C_D_TOKEN: 'tok-en',
  };
  const download = await f.another({ env }).download({ url: 'crates:zstd-sys@2.1.0' }, { signal: never });
  expect(download.sha256).toBe(SHA);
  expect(JSON.stringify(f.events)).not.toContain('tok-en');
});

test('crates asks no index when the lock file has the address, unless that is of crates.io and this machine has a mirror', async () => {
  await using f = await startFetching(sparseIndex());
  configure(f, 'home', replaced(f));
  const get = (url: string) =>
    f
      .another()
      .download(
        { url: 'crates:zstd-sys@2.1.0' },
        { signal: never, pin: { url, sha256: sha256OfBytes(`${url} `), sizeBytes: 7 } },
      );
  await expect(get(`${f.web.origin}/elsewhere/zstd-sys/2.1.0/download`)).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  });
  expect(urls(f)).toEqual(['/elsewhere/zstd-sys/2.1.0/download']);
  // Somebody else's crate of the same registry is none of ours.
  await expect(get(`${f.web.origin}/dl/evil/2.1.0/download`)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  expect(urls(f)).not.toContain('/dl/evil/2.1.0/download');
  await expect(get('https://static.crates.io/crates/zstd-sys/2.1.0/download')).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  });
  expect(urls(f)).toContain('/dl/zstd-sys/2.1.0/download');
});

test('crates asks crates.io for a pinned file when this machine has no mirror', async () => {
  // Nobody outside of this machine is asked.
  const request: Http['request'] = async ({ url }) => {
    throw new Failure('FETCH_FAILED', `asked ${url}`);
  };
  await using f = await startFetching(() => {}, { http: { request, async [Symbol.asyncDispose]() {} } });
  const pin = { url: 'https://static.crates.io/crates/zstd-sys/2.1.0/download', sha256: SHA, sizeBytes: 7 };
  const download = f.fetcher.download({ url: 'crates:zstd-sys@2.1.0' }, { signal: never, pin });
  await expect(download).rejects.toThrow(`asked ${pin.url}`);
});

test('crates says what is wrong when there is no such crate, version or index', async () => {
  await using f = await startFetching(sparseIndex());
  configure(f, 'home', replaced(f));
  const resolve = (url: string) => f.another().resolve({ url }, never);
  await expect(resolve('crates:missing@1.0.0')).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: expect.stringMatching(/"crates:missing@1.0.0": the index has no such crate at/),
  });
  await expect(resolve('crates:zstd-sys@9.0.0')).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    hint: 'The last version is 2.1.0',
  });
  await expect(resolve('crates:zstd-sys')).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  configure(f, 'home', ['[source.crates-io]', 'replace-with = "v"', '[source.v]', 'directory = "vendor"']);
  await expect(resolve('crates:zstd-sys@2.1.0')).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  configure(f, 'home', ['[source.crates-io]', 'replace-with = "crates-io"']);
  await expect(resolve('crates:zstd-sys@2.1.0')).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    message: expect.stringContaining('ring'),
  });
  configure(f, 'home', ['not toml']);
  await expect(resolve('crates:zstd-sys@2.1.0')).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    message: expect.stringContaining('config.toml'),
  });
});

test('crates come out of a local registry, and the lock file has the address that others know', async () => {
  await using f = await startFetching(() => {});
  configure(f, 'project', [
    '[source.crates-io]',
    'replace-with = "disk"',
    '[source.disk]',
    'local-registry = "crates"',
  ]);
  const write = (name: string, text: string) => {
    const file = path.join(f.dir, 'project/crates', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write('index/zs/td/zstd-sys', `${JSON.stringify({ name: 'zstd-sys', vers: '2.0.1', cksum: SHA, yanked: true })}\n`);
  write('zstd-sys-2.0.1.crate', CRATE);
  const download = await f.fetcher.download({ url: 'crates:zstd-sys@2.0.1' }, { signal: never });
  expect(download).toMatchObject({ sha256: SHA, url: 'https://static.crates.io/crates/zstd-sys/2.0.1/download' });
  expect(f.events).toContainEqual(
    expect.objectContaining({ type: 'log.message', text: expect.stringContaining('withdrawn') }),
  );
  write('zstd-sys-2.0.1.crate', 'other');
  const again = f.another({ store: createDirectoryStore(path.join(f.dir, 'project')) });
  mkdirSync(path.join(f.dir, 'project/parts'));
  await expect(again.download({ url: 'crates:zstd-sys@2.0.1' }, { signal: never })).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  });
  await expect(f.fetcher.resolve({ url: 'crates:none@1.0.0' }, never)).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
  });
});

test('crates of another registry are named with it, and files above the project count', async () => {
  await using f = await startFetching(sparseIndex({ token: 'secret' }));
  configure(f, 'home', ['[registries.acme]', `index = "sparse+${f.web.origin}/index/"`]);
  writeFileSync(path.join(f.dir, '.cargo/credentials.toml'), '[registries.acme]\ntoken = "secret"');
  const download = await f.fetcher.download({ url: 'crates:acme/zstd-sys@2.1.0' }, { signal: never });
  expect([download.fileName, download.sha256]).toEqual(['zstd-sys-2.1.0.crate', SHA]);
  await expect(f.fetcher.resolve({ url: 'crates:other/zstd-sys@2.1.0' }, never)).rejects.toMatchObject({
    code: 'SOURCE_UNSUPPORTED',
  });
});

test('a token of the home does not go where a project points its name, nor past another provider', async () => {
  await using f = await startFetching(sparseIndex());
  const registry = (origin: string) => ['[registries.acme]', `index = "sparse+${origin}/index/"`];
  configure(f, 'home', registry('http://acme.invalid'));
  writeFileSync(path.join(f.dir, '.cargo/credentials.toml'), '[registries.acme]\ntoken = "secret"');
  configure(f, 'project', registry(f.web.origin));
  await f.fetcher.resolve({ url: 'crates:acme/zstd-sys@2.1.0' }, never);
  configure(f, 'home', [...registry(f.web.origin), 'credential-provider = ["cargo:libsecret"]']);
  await f.another().resolve({ url: 'crates:acme/zstd-sys@2.1.0' }, never);
  expect(f.web.requests.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill(undefined));
});
