// Objects of an S3 server that verifies every signature: where credentials come from, what is verified, and what is said
// when something is wrong.
import { chmod, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256OfBytes } from '../src/system/digest.ts';
import { assetOf, readTree, removeAll } from './rig/disk.ts';
import { type Finished, galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { type S3Server, startS3Server } from './rig/s3-server.ts';
import { startServer } from './rig/server.ts';

const TOOL = 'test.tool@r1';
const KEY = 'tools/a+b (1)/tool@é.txt';
const NAME = 'tool@é.txt';

const takes = (source: string): string => `
  export const fetch = ${JSON.stringify(source)};
  export const stage = 'cp "$GALLEY_FETCH_DIR"/* .';`;

const projectOf = (source: string): Promise<Project> => createProject({ [`recipes/${TOOL}.js`]: takes(source) });

/** A server with one object, and a project that wants it. */
async function start(): Promise<{ server: S3Server; project: Project }> {
  const server = await startS3Server();
  await server.put(KEY, 'content');
  return { server, project: await projectOf(server.url(KEY)) };
}

/** The environment of somebody whose credentials are elsewhere. */
function without({ env }: S3Server): Record<string, string> {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = env;
  return { ...rest, AWS_EC2_METADATA_DISABLED: 'true' };
}

async function refuse(project: Project, env: Record<string, string>): Promise<Finished> {
  const run = await galley(project, 'sync', { env });
  expect(run.status).not.toBe(0);
  return run;
}

test('an object is pinned under its own address, and no lock file, event or cache tells a secret', async () => {
  const { server, project } = await start();
  const run = await succeed(project, 'sync', { env: server.env });
  expect(await assetOf(project, TOOL)).toEqual({ [NAME]: 'content' });
  const lock = await readFile(project.at('galley.lock'), 'utf8');
  expect(lock).toContain(server.url(KEY));
  expect(lock).toContain(sha256OfBytes('content'));
  const told = JSON.stringify([run.events.all, await readTree(project.dir), await readTree(project.cacheDir)]);
  expect(told).not.toContain(server.env.AWS_SECRET_ACCESS_KEY);
  await removeAll(project.cacheDir);
  await server.put(KEY, 'changed');
  const changed = await refuse(project, server.env);
  expect(changed.events.codes()).toEqual(['DIGEST_MISMATCH']);
});

test('an old version of an object is had by its id', async () => {
  const { server } = await start();
  const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await server.ask(`/${server.bucket}?versioning`, { method: 'PUT', body });
  const first = await server.ask(`/${server.bucket}/v`, { method: 'PUT', body: 'first' });
  await server.put('v', 'second');
  const project = await projectOf(`${server.url('v')}?versionId=${first.headers.get('x-amz-version-id')}`);
  await succeed(project, 'sync', { env: server.env });
  expect(await assetOf(project, TOOL)).toEqual({ v: 'first' });
});

test('credentials come from where the SDKs look for them', async () => {
  const { server, project } = await start();
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '', AWS_ENDPOINT_URL_S3: endpoint } = server.env;
  const temporary = { AccessKeyId: id, SecretAccessKey: secret, Expiration: '2100-01-01T00:00:00Z' };
  const agent = await startServer({
    '/container': ({ headers }, response) => void response.end(headers.authorization === 'hush' ? answer : '{}'),
    '/latest/api/token': ({ method }, response) => void response.writeHead(method === 'PUT' ? 200 : 405).end('token'),
    '/latest/meta-data/iam/security-credentials/': 'role',
    '/latest/meta-data/iam/security-credentials/role': ({ headers }, response) =>
      void response.end(headers['x-aws-ec2-metadata-token'] === 'token' ? answer : '{}'),
    '/': (request, response) => {
      request.setEncoding('utf8').on('data', (form: string) => {
        const isRight = form.includes('WebIdentityToken=identity') && form.includes('RoleArn=arn%3Arole');
        response.writeHead(isRight ? 200 : 403).end(`<R><AccessKeyId>${id}</AccessKeyId>
          <SecretAccessKey>${secret}</SecretAccessKey><Expiration>2100-01-01T00:00:00Z</Expiration></R>`);
      });
    },
  });
  const answer = JSON.stringify(temporary);
  await project.write({
    '../home/.aws/credentials': `[static]\naws_access_key_id = ${id}\naws_secret_access_key=${secret}\n`,
    '../home/.aws/config': [
      `[profile static]\nregion = eu-west-1\nservices = own\n[services own]\ns3 =\n  endpoint_url = ${endpoint}`,
      `[profile helper]\ncredential_process = "${project.homeDir}/the helper" --flag 'a b'`,
    ].join('\n'),
    '../home/the helper': `#!/bin/sh\n[ "$1$2" = "--flaga b" ] && echo '${answer}'\n`,
    '../home/identity': 'identity\n',
  });
  await chmod(`${project.homeDir}/the helper`, 0o755);
  const elsewhere = without(server);
  const ways: Record<string, Record<string, string>> = {
    profile: { AWS_PROFILE: 'static', AWS_EC2_METADATA_DISABLED: 'true' },
    process: { ...elsewhere, AWS_PROFILE: 'helper' },
    'web identity': {
      ...{ ...elsewhere, AWS_WEB_IDENTITY_TOKEN_FILE: `${project.homeDir}/identity`, AWS_ROLE_ARN: 'arn:role' },
      AWS_ENDPOINT_URL_STS: agent.url('/'),
    },
    container: {
      ...{ ...elsewhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url('/container') },
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'hush',
    },
    instance: {
      ...{ ...elsewhere, AWS_EC2_METADATA_DISABLED: 'false' },
      AWS_EC2_METADATA_SERVICE_ENDPOINT: agent.url('/'),
    },
  };
  for (const [way, env] of Object.entries(ways)) {
    await removeAll(project.cacheDir);
    const run = await galley(project, 'sync', { env });
    expect(run.status, `${way}: ${run.events.messages()}`).toBe(0);
  }
});

test('what the server refuses is told with what to do about it', async () => {
  const { server, project } = await start();
  const bad = { AWS_SECRET_ACCESS_KEY: 'wrong-and-secret' };
  const wrong = await refuse(project, { ...server.env, ...bad });
  expect(wrong.events.messages()).toMatch(/the signature is wrong[\s\S]*Check the secret key in the environment/);
  expect(JSON.stringify(wrong.events.all)).not.toContain(bad.AWS_SECRET_ACCESS_KEY);
  const unknown = await refuse(project, { ...server.env, AWS_ACCESS_KEY_ID: 'AKIANOBODY' });
  expect(unknown.events.messages()).toContain('the server does not know the access key');
  const anonymous = await refuse(project, without(server));
  expect(anonymous.events.messages()).toMatch(/access is denied[\s\S]*No credentials were found: set AWS_PROFILE/);
  const unset = await refuse(project, { ...without(server), AWS_PROFILE: 'nobody' });
  expect(unset.events.messages()).toContain('there is no profile "nobody"');
  await project.write({ '../home/.aws/config': '[profile sso]\nsso_session = acme\n' });
  const single = await refuse(project, { ...without(server), AWS_PROFILE: 'sso' });
  expect(single.events.messages()).toContain('aws configure export-credentials --profile sso');
  const missing = await refuse(await projectOf(server.url('missing')), server.env);
  expect(missing.events.codes()).toEqual(['SOURCE_NOT_FOUND']);
  expect(missing.events.messages()).toContain('"s3://galley-test/missing": the bucket has no such object');
  const elsewhere = await refuse(await projectOf('s3://no-such-bucket/x'), server.env);
  expect(elsewhere.events.messages()).toMatch(/there is no such bucket[\s\S]*AWS_ENDPOINT_URL_S3/);
  const offline = await galley(project, 'sync --offline', { env: server.env });
  expect(offline.events.codes()).toEqual(['OFFLINE']);
});

test('an asset too large for one request reaches a depot in a bucket in parts, and comes back whole', async () => {
  const server = await startS3Server();
  const depot = server.url('depot');
  const project = await createProject({
    'recipes/test.large@r1.js': `export const install = 'head -c 70000000 /dev/urandom > data';`,
  });
  const denied = await galley(project, ['push', depot], { env: without(server) });
  expect([denied.status, denied.events.codes()]).toEqual([3, ['FETCH_FAILED']]);
  await succeed(project, ['push', depot], { env: server.env });
  const index = JSON.parse(`${await server.get('depot/galley-depot.json')}`);
  const head = await server.ask(server.pathOf(`depot/${index.entries[0].url}`), { method: 'HEAD' });
  expect(head.headers.get('etag')).toMatch(/-3"$/);
  await removeAll(project.cacheDir);
  const text = await readFile(project.at('galley.js'), 'utf8');
  await project.write({ 'galley.js': `${text}export const depots = ['${depot}'];\n` });
  const run = await succeed(project, 'install', { env: server.env });
  expect(run.events.of('command.started')).toEqual([]);
});
