import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { type Fetching, never, startFetching } from '../testing/fetching.ts';
import type { Handler } from '../testing/web.ts';
import { parsePipConf } from './pip-config.ts';

const SHA = sha256OfBytes('a wheel');
const FILES = [
  'tool-1.0-py3-none-manylinux_2_17_x86_64.whl',
  'tool-1.0-py3-none-macosx_11_0_arm64.whl',
  'tool-1.0.tar.gz',
  'tool-1.1-cp311-cp311-manylinux_2_17_x86_64.whl',
  'tool-1.1-cp312-cp312-manylinux_2_17_x86_64.whl',
  'tool-1.2-py3-none-win_amd64.whl',
];

interface Index {
  names?: string[];
  form?: 'json' | 'page';
  sha256?: string;
  filesAt?: string;
  auth?: string;
}

/** As much of the protocol as a client sees: one project in the form that is asked for or known, and its files. */
function simpleIndex({
  names = FILES,
  form = 'json',
  sha256 = SHA,
  filesAt = '../../files',
  auth = '',
}: Index = {}): Handler {
  return ({ url = '', headers }, response) => {
    if (auth !== '' && headers.authorization !== auth) return void response.writeHead(401).end();
    if (url.includes('/files/')) return void response.end('a wheel');
    if (!url.endsWith('/tool/')) return void response.writeHead(404).end();
    const links = names.map((name) => ({ filename: name, url: `${filesAt}/${name}`, hashes: { sha256 } }));
    if (form === 'json')
      return void response.end(JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'tool', files: links }));
    const anchor = (link: (typeof links)[0]) =>
      `<a data-requires-python=">=3.8" data-href='no' href="${link.url}?a=1&amp;b=2#sha256=${sha256}">${link.filename}</a>`;
    response.end(`<!DOCTYPE html><html><body>${links.map(anchor).join('<br/>\n')}</body></html>`);
  };
}

function configure(dir: string, name: string, lines: string[]): void {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, lines.join('\n'));
}

/** A fetcher whose pip asks the server of the test. */
async function startPypi(handle: Handler): Promise<Fetching> {
  const f = await startFetching(handle);
  configure(f.dir, '.config/pip/pip.conf', ['[global]', `index-url = ${f.web.origin}/simple`]);
  return f;
}

const urls = (f: Fetching) => f.web.requests.map(({ url }) => url);

for (const form of ['json', 'page'] as const) {
  test(`pypi takes the wheel of this machine from an index that answers ${form}, and verifies it`, async () => {
    await using f = await startPypi(simpleIndex({ form }));
    const download = await f.fetcher.download({ url: 'pypi:Tool@1.0.0' }, { signal: never });
    expect(download).toMatchObject({ fileName: 'tool-1.0.0.whl', sha256: SHA, from: 'network' });
    expect(download.url).toContain(`${f.web.origin}/files/${FILES[0]}`);
    expect(f.web.requests[0]?.headers.accept).toContain('application/vnd.pypi.simple.v1+json');
    // The checksum of the index is enough to find the file again.
    const again = await f.another().download({ url: 'pypi:tool@1.0' }, { signal: never });
    expect([again.from, again.url]).toEqual(['store', download.url]);
  });
}

test('pypi takes the file that is named, by its name or by a glob that fits one', async () => {
  await using f = await startPypi(simpleIndex());
  const resolve = async (words: string) =>
    (await f.fetcher.resolve({ url: `pypi:tool@${words}` }, never)).url.split('/').at(-1);
  expect(await resolve('1.0#tool-1.0.tar.gz')).toBe(FILES[2]);
  expect(await resolve('1.0#*macosx*')).toBe(FILES[1]);
  expect(await resolve('1.0#*.whl')).toBe(FILES[0]);
  expect(await resolve('1.1#*cp312*')).toBe(FILES[4]);
  const nameOf = (words: string) => f.fetcher.fileName(`pypi:Some.Tool@${words}`);
  expect(nameOf('1.0#Some.Tool-1.0.tar.gz')).toBe('Some.Tool-1.0.tar.gz');
  expect(nameOf('1.0#*linux*')).toBe('some-tool-1.0.whl');
  expect(nameOf('1.0#*.tar.gz')).toBe('some-tool-1.0.tar.gz');
  expect(() => nameOf('1.0#{1..30000000}')).toThrow('expected a path pattern without "{1..30000000}" after "#"');
  // Whatever lies at the place of a fetched file gives way to it.
  for (const dir of ['.', '..']) expect(() => nameOf(`1.0#${dir}`)).toThrow('expected pypi:<project>@<version>');
});

test('pypi refuses bytes that are not what the index published', async () => {
  await using f = await startPypi(simpleIndex({ sha256: 'f'.repeat(64) }));
  const failure = { code: 'DIGEST_MISMATCH', facts: { expected: 'f'.repeat(64), actual: SHA } };
  await expect(f.fetcher.download({ url: 'pypi:tool@1.0' }, { signal: never })).rejects.toMatchObject(failure);
});

test('pypi says what there is when a project, version or file is unknown, or several files could be meant', async () => {
  await using f = await startPypi(simpleIndex());
  const failure = (words: string) => f.fetcher.resolve({ url: `pypi:${words}` }, never).catch((error: Error) => error);
  expect(await failure('other@1.0')).toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: expect.stringMatching(/no such project$/),
  });
  expect(await failure('tool@1.3')).toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    hint: 'Did you mean 1.0? The last are 1.2, 1.1, 1.0',
  });
  expect(await failure('tool@7.7777')).toMatchObject({ hint: 'The last are 1.2, 1.1, 1.0' });
  expect(await failure('tool@1.2')).toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: 'Cannot fetch "pypi:tool@1.2": the index has no file for linux-x86_64',
    hint: `It has ${FILES[5]}`,
  });
  expect(await failure('tool@1.0#*riscv*')).toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    hint: expect.stringContaining(`${FILES[0]}`),
  });
  expect(await failure('tool@1.1')).toMatchObject({
    code: 'SOURCE_AMBIGUOUS',
    hint: `Name one of them after #: ${FILES[3]}, ${FILES[4]}`,
  });
  for (const bad of ['tool', 'tool@latest', '../tool@1', 'tool@1/../x', 'tool@1#a/b', 'tool@1#']) {
    expect(await failure(bad), bad).toMatchObject({ code: 'INVALID_VALUE' });
  }
  expect(
    await f
      .another({ offline: true })
      .resolve({ url: 'pypi:tool@1.0' }, never)
      .catch((error) => error),
  ).toMatchObject({ code: 'OFFLINE' });
});

test('pypi refuses what is no index, and what leads to files of this machine', async () => {
  await using login = await startPypi((_, response) => void response.end('<html><title>Log in</title></html>'));
  await expect(login.fetcher.resolve({ url: 'pypi:tool@1.0' }, never)).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    message: expect.stringContaining('not what an index of Python packages holds'),
  });
  await using local = await startPypi(simpleIndex({ filesAt: 'file:///etc' }));
  await expect(local.fetcher.resolve({ url: 'pypi:tool@1.0' }, never)).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
  });
});

test('pypi reads relative addresses from where a redirect led', async () => {
  const answer = simpleIndex({ filesAt: '../files' });
  await using f = await startPypi((request, response) => {
    if (request.url === '/simple/tool/') response.writeHead(301, { location: '/deep/down/tool/' }).end();
    else return answer(request, response);
  });
  const { url } = await f.fetcher.download({ url: 'pypi:tool@1.0' }, { signal: never });
  expect(url).toBe(`${f.web.origin}/deep/down/files/${FILES[0]}`);
});

test('pypi sends the credentials of an index to it alone, and shows them nowhere', async () => {
  const auth = `Basic ${btoa('me:se:cret')}`;
  await using elsewhere = await startFetching(simpleIndex());
  await using f = await startFetching(simpleIndex({ auth, filesAt: `${elsewhere.web.origin}/files` }));
  const index = f.web.origin.replace('http://', 'http://me:se%3Acret@');
  const env = (password: string) => ({ HOME: f.dir, PIP_INDEX_URL: index.replace('se%3Acret', password) });
  const download = await f.another({ env: env('se%3Acret') }).download({ url: 'pypi:tool@1.0' }, { signal: never });
  expect(elsewhere.web.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  const refused = await f
    .another({ env: env('wrong') })
    .resolve({ url: 'pypi:tool@1.0' }, never)
    .catch((error) => error);
  expect(refused).toMatchObject({
    code: 'FETCH_FAILED',
    hint: expect.stringContaining('Check the credentials for this server'),
  });
  expect(JSON.stringify([download, f.events, refused.message, refused.facts])).not.toMatch(/cret|wrong/);
});

test('pypi ranks variables over the section of the command over the environment over the user over the machine', async () => {
  await using f = await startFetching(simpleIndex());
  const at = (place: string) => `index-url = ${f.web.origin}/${place}/`;
  const ask = async (env: Record<string, string>) => {
    await f
      .another({ env: { HOME: f.dir, XDG_CONFIG_DIRS: `${f.dir}/xdg`, ...env } })
      .resolve({ url: 'pypi:tool@1.0' }, never);
    return urls(f).at(-1)?.split('/')[1];
  };
  configure(f.dir, 'xdg/pip/pip.conf', ['[global]', at('machine')]);
  expect(await ask({})).toBe('machine');
  configure(f.dir, '.pip/pip.conf', ['[global]', at('legacy')]);
  expect(await ask({})).toBe('legacy');
  configure(f.dir, '.config/pip/pip.conf', ['[global]', at('user')]);
  expect(await ask({})).toBe('user');
  configure(f.dir, 'venv/pip.conf', ['[global]', at('venv')]);
  expect(await ask({ VIRTUAL_ENV: `${f.dir}/venv` })).toBe('venv');
  configure(f.dir, 'named.conf', ['[global]', at('named')]);
  expect(await ask({ VIRTUAL_ENV: `${f.dir}/venv`, PIP_CONFIG_FILE: `${f.dir}/named.conf` })).toBe('named');
  configure(f.dir, 'xdg/pip/pip.conf', ['[install]', at('install')]);
  expect(await ask({})).toBe('install');
  expect(await ask({ PIP_INDEX_URL: `${f.web.origin}/variable` })).toBe('variable');
  await expect(ask({ PIP_INDEX_URL: 'file:///srv/simple' })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
});

test('pypi asks the extra indexes for what the first does not have, and only then', async () => {
  const [first, second] = [simpleIndex({ names: [FILES[0] as string] }), simpleIndex()];
  const none: Handler = (_, response) => void response.writeHead(404).end();
  await using f = await startFetching((request, response) =>
    (request.url?.startsWith('/b/') ? second : request.url?.startsWith('/a/') ? first : none)(request, response),
  );
  configure(f.dir, '.config/pip/pip.conf', [
    '[global]',
    `index-url = ${f.web.origin}/a`,
    'extra-index-url =',
    `  ${f.web.origin}/none`,
    `  ${f.web.origin}/b`,
  ]);
  await f.fetcher.resolve({ url: 'pypi:tool@1.0' }, never);
  expect(urls(f)).toEqual(['/a/tool/']);
  await f.another().resolve({ url: 'pypi:tool@1.1#*cp312*' }, never);
  expect(urls(f).slice(1)).toEqual(['/a/tool/', '/none/tool/', '/b/tool/']);
});

test('pypi asks no index when the lock file has the address, only a mirror for the very file that is pinned', async () => {
  await using f = await startPypi(simpleIndex());
  const pin = (url: string) => ({ signal: never, pin: { url, sha256: SHA, sizeBytes: 7 } });
  const direct = await f.fetcher.download({ url: 'pypi:tool@1.0' }, pin(`${f.web.origin}/files/${FILES[1]}`));
  expect([direct.sha256, urls(f)]).toEqual([SHA, [`/files/${FILES[1]}`]]);
});

test('pypi gets a pinned file of the public index from the mirror of this machine', async () => {
  await using f = await startPypi(simpleIndex());
  const url = `https://files.pythonhosted.org/packages/aa/${FILES[1]}`;
  const download = await f.fetcher.download(
    { url: 'pypi:tool@1.0' },
    { signal: never, pin: { url, sha256: SHA, sizeBytes: 7 } },
  );
  expect(download.url).toBe(`${f.web.origin}/files/${FILES[1]}`);
});

test('parsePipConf reads comments, continued values and either separator as pip does', () => {
  const text =
    '# a\n; b\n[global]\r\nindex_url: https://i.test/ \n--no-cache = 1\n[install]\nextra-index-url =\n  https://a.test\n\n  # c\n\thttps://b.test\n';
  expect(parsePipConf(text)).toEqual([
    ['global.index-url', 'https://i.test/'],
    ['global.no-cache', '1'],
    ['install.extra-index-url', 'https://a.test\nhttps://b.test'],
  ]);
});

test('pypi verifies whatever checksum is published, and tells of files that are withdrawn or have none', async () => {
  const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
  const cases: [string, string, string?][] = [
    ['sha512', hex('sha512', 'a wheel')],
    ['sha384', hex('sha384', 'other'), 'DIGEST_MISMATCH'],
    ['md5', hex('md5', 'a wheel')],
    ['md5', hex('md5', 'other'), 'DIGEST_MISMATCH'],
  ];
  for (const [algorithm, digits, code] of cases) {
    const page = `<a href="/files/tool-1.0.tar.gz#${algorithm}=${digits}">`;
    const document = JSON.stringify({
      files: [{ filename: 'tool-1.0.tar.gz', url: '/files/tool-1.0.tar.gz', hashes: { [algorithm]: digits } }],
    });
    for (const answer of [page, document]) {
      await using f = await startPypi(
        ({ url = '' }, response) => void response.end(url.includes('/files/') ? 'a wheel' : answer),
      );
      const got = await f.fetcher.download({ url: 'pypi:tool@1.0' }, { signal: never }).catch((error) => error);
      expect(got.code, `${algorithm} ${code}`).toBe(code);
    }
  }
  for (const [link, words] of [
    ['<a data-yanked="broken" href="/files/tool-1.0.tar.gz">', ['withdrawn it: broken', 'no checksum']],
    ['<a href="/files/tool-1.0.tar.gz" data-yanked>', ['withdrawn it', 'no checksum']],
    [`<a href="/files/tool-1.0.tar.gz#sha256=${SHA}" data-yanked-not="x">`, []],
  ] as const) {
    await using f = await startPypi(
      ({ url = '' }, response) => void response.end(url.includes('/files/') ? 'a wheel' : link),
    );
    await f.fetcher.download({ url: 'pypi:tool@1.0' }, { signal: never });
    const told = f.events.flatMap((event) => (event.type === 'log.message' && 'text' in event ? `${event.text}` : []));
    expect(told.length, link).toBe(words.length);
    for (const [index, word] of words.entries()) expect(told[index]).toContain(word);
  }
});

test('pypi goes through the proxy of its own configuration', async () => {
  await using proxy = await startFetching(simpleIndex());
  await using f = await startFetching(simpleIndex());
  const lines = ['[global]', 'index-url = http://pypi.invalid/simple', `proxy = ${proxy.web.origin}`];
  configure(f.dir, '.config/pip/pip.conf', lines);
  await f.fetcher.download({ url: 'pypi:tool@1.0#*.tar.gz' }, { signal: never });
  expect(urls(proxy)).toEqual(['http://pypi.invalid/simple/tool/', 'http://pypi.invalid/files/tool-1.0.tar.gz']);
});
