// Who we are to the servers that are asked: `.netrc`, bearer tokens, headers, addresses and the clients' own files. Each
// secret reaches the one server it is for, and is told nowhere.
import { chmod } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeCertificate } from './rig/certificate.ts';
import { assetOf, readTree } from './rig/disk.ts';
import { type Finished, galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { type Handler, type Server, startServer } from './rig/server.ts';

const TOOL = 'test.tool@r1';
const SECRET = 'se/same+ö"p@n';
const OWN_SETTINGS = '../home/.config/galley/config.json';

const takes = (url: string, more = ''): string => `
  export const fetch = { url: '${url}'${more} };
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

const projectOf = (url: string, more = ''): Promise<Project> =>
  createProject({ [`recipes/${TOOL}.js`]: takes(url, more) });

async function writeNetrc(project: Project, text: string): Promise<void> {
  await project.write({ '../home/.netrc': text });
  await chmod(`${project.homeDir}/.netrc`, 0o600);
}

/** Hands out only to who says the right word. */
const asks =
  (authorization: string, content = 'content'): Handler =>
  ({ headers }, response) =>
    headers.authorization === authorization
      ? response.end(content)
      : response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Every spelling in which a secret could be seen. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`me:${secret}`).toString('base64'),
];

/** Fails when a secret is anywhere: in what was told, or in any file that galley wrote. */
async function expectUntold(project: Project, run: Finished): Promise<void> {
  const { recipes: _, ...ours } = Object.groupBy(Object.entries(await readTree(project.dir)), ([file]) =>
    file.startsWith('recipes/') ? 'recipes' : 'ours',
  );
  const others = await Promise.all(
    [project.cacheDir, `${project.rootDir}/state`].map((dir) => readTree(dir).catch(() => ({}))),
  );
  const all = JSON.stringify([run.stdout, run.stderr, run.events.all, ours, others]);
  for (const spelling of spellings(SECRET)) expect(all).not.toContain(JSON.stringify(spelling).slice(1, -1));
}

/** Runs with everything told that can be: words, every step, events, a trace. */
async function tellAll(project: Project, env: Record<string, string> = {}): Promise<Finished> {
  const words = ['--verbose', '--trace', project.at('trace')];
  const run = await start(project, ['sync', ...words], { told: 'words', env }).finished;
  await expectUntold(project, run);
  return run;
}

test('netrc says who we are to its machine, also for an address with a user, and secrets are told nowhere', async () => {
  const server = await startServer({ '/file.txt': asks(basic('me', SECRET)) });
  const project = await projectOf(server.url('/file.txt'));
  await writeNetrc(project, `machine 127.0.0.1\n  login me\n  password "${SECRET.replace('"', '\\"')}"\n`);
  const run = await tellAll(project);
  expect([run.status, await assetOf(project, TOOL)]).toEqual([0, { 'file.txt': 'content' }]);
  const named = await projectOf(server.url('/file.txt').replace('//', '//me@'));
  await named.write({
    'netrc.txt': `machine 127.0.0.1 login you password x machine 127.0.0.1 login me password "${SECRET.replace('"', '\\"')}"`,
  });
  const warned = await succeed(named, 'sync', { env: { NETRC: named.at('netrc.txt') } });
  expect(warned.events.of('log.message').map(({ text }) => text)).toEqual([expect.stringContaining('chmod 600')]);
});

test('a wrong password is refused once, with a hint, and told nowhere', async () => {
  const server = await startServer({ '/file.txt': asks('Basic other') });
  const project = await projectOf(server.url('/file.txt').replace('//', `//me:${encodeURIComponent(SECRET)}@`));
  const run = await tellAll(project);
  expect(run.status).toBe(3);
  expect(run.stderr).toMatch(/401[\s\S]*credentials/);
  expect(server.asked('/file.txt')).toBe(1);
});

test('no credential follows a redirect to another server, nor comes back with one', async () => {
  const other = await startServer({ '/file.txt': 'content' });
  const server = await startServer({
    '/file.txt': (_, response) =>
      response.writeHead(302, { location: other.url('/file.txt?a=1').replace('?a=1', '') }).end(),
  });
  const project = await projectOf(server.url('/file.txt'), `, headers: { 'X-Api-Key': 'sesame', Cookie: 'sesame' }`);
  // The same name, on another port, is another server.
  await writeNetrc(
    project,
    `machine 127.0.0.1 login me password "${SECRET.replace('"', '\\"')}"\ndefault login me password x`,
  );
  await project.write({ [OWN_SETTINGS]: JSON.stringify({ tokens: { [server.url('/')]: 'TOKEN' } }) });
  await succeed(project, 'sync', { env: { TOKEN: SECRET.replace('ö', 'o') } });
  expect(server.headers('/file.txt')[0]?.authorization).toMatch(/^Bearer /);
  const { authorization, cookie, ...headers } = other.headers('/file.txt')[0] ?? {};
  expect([authorization, cookie, headers['x-api-key']]).toEqual([undefined, undefined, undefined]);
});

test('a bearer token goes to the longest prefix of the person, and the clients of registries keep their own', async () => {
  const npm =
    (server: () => Server): Handler =>
    (request, response) =>
      asks('Bearer npm', JSON.stringify({ versions: { '1.0.0': { dist: { tarball: server().url('/npm/a.tgz') } } } }))(
        request,
        response,
      );
  const server: Server = await startServer({
    '/a/file.txt': asks('Bearer one'),
    '/a/b/file.txt': asks('Bearer two'),
    '/npm/a': npm(() => server),
    '/npm/a.tgz': asks('Bearer npm', 'tarball'),
  });
  const tokens = {
    [server.url('/a/')]: 'ONE',
    [server.url('/a/b')]: 'TWO',
    [server.url('/npm')]: 'ONE',
    [server.url('/unset')]: 'NONE',
  };
  const project = await createProject({
    [OWN_SETTINGS]: JSON.stringify({ tokens }),
    '../home/.npmrc': `registry=${server.url('/npm')}\n${server.url('/npm/').replace('http:', '')}:_authToken=\${NPM_WORD}`,
  });
  const env = { ONE: 'one', TWO: 'two', NPM_WORD: 'npm' };
  for (const source of [server.url('/a/file.txt'), server.url('/a/b/file.txt'), 'npm:a@1.0.0'])
    await succeed(project, ['fetch', source, `out-${source.length}`], { env });
  const { stdout } = await galley(project, 'doctor --offline', { env });
  expect(stdout).toContain(`${server.url('/a/b/')} gets TWO`);
  expect(stdout).toContain('NONE, which is not set');
  expect(stdout).not.toMatch(/gets (?:one|two)/);
});

test('every client that has a password in its own files tells it nowhere', async () => {
  const server = await startServer(
    {},
    { otherwise: (_, response) => response.writeHead(500, { 'retry-after': '100' }).end() },
  );
  const user = `me:${encodeURIComponent(SECRET)}@`;
  const host = server.url('').replace('http://', '');
  const password = Buffer.from(SECRET).toString('base64');
  const project = await createProject({
    [`recipes/${TOOL}.js`]: `export const fetch = ['npm:a@1.0.0', 'pypi:a@1.0', 'crates:aaaa@1.0.0', '${server.url('/x')}'];`,
    '../home/.npmrc': `registry=http://${host}/\n//${host}/:username=me\n//${host}/:_password=${password}\nproxy=http://${user}${host}`,
    '../home/.config/pip/pip.conf': `[global]\nindex-url = http://${user}${host}/simple`,
    '../home/.cargo/config.toml': `[source.crates-io]\nreplace-with = "x"\n[registries.x]\nindex = "sparse+http://${host}/"\ntoken = '${SECRET}'`,
  });
  const run = await tellAll(project, { http_proxy: `http://${user}${host}` });
  expect(run.status).toBe(3);
});

test('a certificate of the company is believed where its file is named, and only there', async () => {
  const project = await createProject();
  const certificate = await makeCertificate(project);
  const server = await startServer(
    { '/file.txt': 'content', '/simple/a/': '<a href="/file.txt">', '/npm': '{}' },
    { certificate },
  );
  const fetch = (out: string, env: Record<string, string> = {}) =>
    galley(project, ['fetch', server.url('/file.txt'), out], { env });
  const stranger = await fetch('no');
  expect([stranger.status, stranger.events.codes()]).toEqual([3, ['FETCH_FAILED']]);
  expect(stranger.events.messages()).toMatch(/not trusted[\s\S]*NODE_EXTRA_CA_CERTS/);
  expect(stranger.events.of('fetch.retried')).toEqual([]);
  expect((await fetch('one', { SSL_CERT_FILE: certificate.file })).status).toBe(0);
  expect((await fetch('two', { NODE_EXTRA_CA_CERTS: certificate.file })).status).toBe(0);
  const missing = await fetch('three', { SSL_CERT_FILE: '/nowhere.pem' });
  expect([missing.status, missing.events.codes()]).toEqual([2, ['SETTING_INVALID']]);
  const pip = (env: Record<string, string>) =>
    galley(project, ['fetch', 'pypi:a@1.0'], {
      env: { PIP_CONFIG_FILE: '/dev/null', PIP_INDEX_URL: server.url('/simple'), ...env },
    });
  expect((await pip({})).events.messages()).toContain('not trusted');
  for (const env of [
    { PIP_CERT: certificate.file },
    { REQUESTS_CA_BUNDLE: certificate.file },
    { PIP_TRUSTED_HOST: '127.0.0.1' },
  ])
    expect((await pip(env)).events.messages(), JSON.stringify(env)).toContain('no such project');
});
