// Files in a registry of containers, and a registry as a depot: Debian's own, which verifies passwords, tokens and
// digests.
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { assetOf, readTree, removeAll } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { LOGIN, type Manifest, type Registry, startRegistry } from './rig/registry.ts';
import { expectTold } from './rig/told.ts';

const TOOL = 'test.tool@r1';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const PASSWORD = LOGIN.split(':')[1] as string;
const DOCKER_CONFIG = '../home/.docker/config.json';

const takes = (source: string): string => `
  export const fetch = ${JSON.stringify(source)};
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

const projectOf = (source: string): Promise<Project> => createProject({ [`recipes/${TOOL}.js`]: takes(source) });

/** An artifact with files as `oras push` makes it; answers the digest of its manifest. */
async function push(
  registry: Registry,
  { repository = 'test', tag = 'v1', files }: { repository?: string; tag?: string; files: Record<string, string> },
): Promise<string> {
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 };
  const layers = await Promise.all(
    Object.entries(files).map(async ([title, content]) => ({
      mediaType: 'application/octet-stream',
      digest: await registry.putBlob(repository, content),
      size: content.length,
      annotations: { 'org.opencontainers.image.title': title },
    })),
  );
  const digest = await registry.putBlob(repository, '{}');
  const manifest: Manifest = { schemaVersion: 2, mediaType: IMAGE, config: { ...config, digest }, layers };
  return await registry.putManifest(repository, tag, manifest);
}

test('a tag that has moved is no news to who has a lock file, and a digest never moves', async () => {
  const registry = await startRegistry();
  const first = await push(registry, { files: { 'tool.txt': 'first' } });
  const project = await projectOf(registry.url('test:v1#tool.txt'));
  await succeed(project, 'sync');
  const lock = await readFile(project.at('galley.lock'), 'utf8');
  expect(lock).toContain(`http://${registry.host}/v2/test/blobs/sha256:${sha256OfBytes('first')}`);
  await push(registry, { files: { 'tool.txt': 'second' } });
  await removeAll(project.cacheDir);
  await succeed(project, 'sync --frozen');
  expect(await assetOf(project, TOOL)).toEqual({ 'tool.txt': 'first' });
  const exact = await projectOf(registry.url(`test:v1@${first}`));
  await succeed(exact, 'sync');
  expect(await assetOf(exact, TOOL)).toEqual({ test: 'first' });
});

test('one of several files is had by its name, and which ones there are is told', async () => {
  const registry = await startRegistry();
  await push(registry, { files: { 'a.txt': 'a', 'b.txt': 'b' } });
  const vagueProject = await projectOf(registry.url('test:v1'));
  const vague = await galley(vagueProject, 'sync');
  expect([vague.status, vague.events.codes()]).toEqual([2, ['SOURCE_AMBIGUOUS']]);
  expectTold('SOURCE_AMBIGUOUS', vague, vagueProject, 'sync');
  expect(vague.events.messages()).toContain('Name one of them after #: a.txt, b.txt');
  const named = await projectOf(registry.url('test:v1#b.txt'));
  await succeed(named, 'sync');
  expect(await assetOf(named, TOOL)).toEqual({ 'b.txt': 'b' });
  const wrong = await galley(await projectOf(registry.url('test:v1#c.txt')), 'sync');
  expect(wrong.events.messages()).toMatch(/it has no file "c.txt"[\s\S]*It has a.txt, b.txt/);
  const missing = await galley(await projectOf(registry.url('test:v2')), 'sync');
  expect(missing.events.codes()).toEqual(['SOURCE_NOT_FOUND']);
  const malformed = await galley(await projectOf(registry.url('Test')), 'sync');
  expect(malformed.events.codes()).toEqual(['INVALID_VALUE']);
});

test('of an index the files for this machine are taken', async () => {
  const registry = await startRegistry();
  const [own, other] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
  const put = async (tag: string, architectures: (string | undefined)[]): Promise<void> => {
    const manifests = await Promise.all(
      architectures.map(async (architecture, index) => {
        const text = `${architecture}`;
        const digest = await push(registry, { tag: `${tag}-${index}`, files: { tool: text } });
        const found = await registry.ask(`/v2/test/manifests/${digest}`, { headers: { accept: IMAGE } });
        const size = (await found.arrayBuffer()).byteLength;
        return { mediaType: IMAGE, digest, size, platform: { os: process.platform, architecture } };
      }),
    );
    await registry.putManifest('test', tag, { schemaVersion: 2, mediaType: INDEX, manifests });
  };
  await put('v1', [other, own]);
  const project = await projectOf(registry.url('test:v1#tool'));
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ tool: own });
  await put('v2', [other]);
  const foreign = await galley(await projectOf(registry.url('test:v2')), 'sync');
  expect(foreign.events.messages()).toContain(`It has ${process.platform}/${other}`);
});

test('bytes and manifests that have other digests than they are named by are not used', async () => {
  const registry = await startRegistry();
  const digest = await push(registry, { files: { tool: 'content' } });
  await writeFile(registry.blobFile(`sha256:${sha256OfBytes('content')}`), 'contenT');
  const blob = await galley(await projectOf(registry.url('test:v1')), 'sync');
  expect([blob.status, blob.events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
  const manifest = await readFile(registry.blobFile(digest), 'utf8');
  await writeFile(registry.blobFile(digest), `${manifest} `);
  const exact = await galley(await projectOf(registry.url(`test@${digest}`)), 'sync');
  expect([exact.status, exact.events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
});

test('whoever has logged in with docker is let in, and the password is told nowhere', async () => {
  const registry = await startRegistry({ auth: 'basic' });
  await push(registry, { files: { tool: 'content' } });
  const project = await projectOf(registry.url('test:v1'));
  const nobody = await galley(project, 'sync');
  expect(nobody.events.messages()).toMatch(/the registry denies access[\s\S]*Run docker login 127/);
  await project.write({ [DOCKER_CONFIG]: registry.dockerConfig.replace(btoa(LOGIN), btoa('galley:wrong')) });
  const wrong = await galley(project, 'sync');
  expect(wrong.events.messages()).toContain('the registry denies access');
  await project.write({ [DOCKER_CONFIG]: registry.dockerConfig });
  const right = await succeed(project, 'sync');
  const told = JSON.stringify([right.events.all, await readTree(project.dir), await readTree(project.cacheDir)]);
  expect(told).not.toContain(PASSWORD);
  expect(told).not.toContain(btoa(LOGIN));
});

test('a program that keeps the passwords is asked for the one of this registry', async () => {
  const registry = await startRegistry({ auth: 'basic' });
  await push(registry, { files: { tool: 'content' } });
  const project = await projectOf(registry.url('test:v1'));
  const answer = JSON.stringify({ ServerURL: registry.host, Username: 'galley', Secret: PASSWORD });
  const helper = `#!/bin/sh
    read server
    case "$1 $server" in
      "get ${registry.host}") echo '${answer}' ;;
      *) echo 'credentials not found in native keychain'; exit 1 ;;
    esac`;
  await project.write({
    [DOCKER_CONFIG]: JSON.stringify({ credsStore: 'test' }),
    '../home/bin/docker-credential-test': helper,
    '../home/bin/docker-credential-broken': '#!/bin/sh\necho it is locked >&2\nexit 1\n',
  });
  for (const name of ['test', 'broken']) await chmod(`${project.homeDir}/bin/docker-credential-${name}`, 0o755);
  const env = { PATH: `${project.homeDir}/bin:${process.env.PATH}` };
  await succeed(project, 'sync', { env });
  await removeAll(project.cacheDir);
  await project.write({ [DOCKER_CONFIG]: JSON.stringify({ credHelpers: { [registry.host]: 'broken' } }) });
  const locked = await galley(project, 'sync', { env });
  expect(locked.events.messages()).toContain('"docker-credential-broken" ended with status 1 (it is locked)');
});

test('a registry that wants a token gets one, of the server that it names, for what is needed', async () => {
  const registry = await startRegistry({ auth: 'token' });
  for (const repository of ['test', 'public/test']) await push(registry, { repository, files: { tool: 'content' } });
  await succeed(await projectOf(registry.url('public/test:v1')), 'sync');
  expect(registry.tokens?.asked).toEqual(['anonymous repository:public/test:pull']);
  const project = await projectOf(registry.url('test:v1'));
  const nobody = await galley(project, 'sync');
  expect(nobody.events.messages()).toContain('the registry denies access');
  await project.write({ [DOCKER_CONFIG]: registry.dockerConfig.replace(btoa(LOGIN), btoa('galley:wrong')) });
  const wrong = await galley(project, 'sync');
  expect(wrong.events.messages()).toContain('its token server does not accept the credentials');
  await project.write({ [DOCKER_CONFIG]: registry.dockerConfig });
  registry.tokens?.forge();
  const forged = await galley(project, 'sync');
  expect(forged.events.messages()).toContain('the registry denies access');
});

test('a repository is a depot: large assets arrive in chunks, and who may only read cannot push', async () => {
  const registry = await startRegistry({ auth: 'token' });
  const depot = registry.url('test');
  const project = await createProject({
    'recipes/test.large@r1.js': `export const install = 'head -c 140000000 /dev/urandom > data';`,
  });
  const denied = await galley(project, ['push', registry.url('public/test')]);
  expect([denied.status, denied.events.codes()]).toEqual([3, ['FETCH_FAILED']]);
  await project.write({ [DOCKER_CONFIG]: registry.dockerConfig });
  await succeed(project, ['push', depot]);
  await removeAll(project.cacheDir);
  const text = await readFile(project.at('galley.js'), 'utf8');
  await project.write({ 'galley.js': `${text}export const depots = ['${depot}'];\n` });
  const run = await succeed(project, 'install');
  expect(run.events.of('command.started')).toEqual([]);
});
