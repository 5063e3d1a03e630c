// galley provenance: statements of who made an asset from what, which openssl can verify, and which are not believed when
// anything about them is not as it should be.
import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { entryOf } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { createRepository } from './rig/repository.ts';
import { startServer } from './rig/server.ts';
import { tarOf } from './rig/tar.ts';
import { expectTold } from './rig/told.ts';

const APP = 'test.app@r1';

/** A package from a tarball and a repository, made with a variable, and with a package whose recipe is in a repository. */
async function createShop(): Promise<{ project: Project; commit: string }> {
  const { url } = await startServer({ '/a.tar?token=sesame': await tarOf({ a: 'a' }) });
  const project = await createProject();
  const repository = createRepository(path.join(project.rootDir, 'repo'));
  const cc = `export const identity = 'test.cc@r1'; export const install = 'cat "$HOME/salt" > cc 2> /dev/null || touch cc';`;
  const commit = await repository.commit({ b: 'b', 'test.cc@r1.js': cc });
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${APP}', 'test.system@r1'];`,
    [`recipes/${APP}.js`]: `
      import './part.js';
      export const options = { level: { type: 'int', default: 3 } };
      export const env = ['SECRET', 'UNSET'];
      export const fetch = ['${url('/a.tar')}?token=sesame', { url: '${repository.url}', ref: 'main', dest: 'b.tar' }];
      export const dependencies = [{ recipe: 'test.cc@r1', source: '${repository.url}', ref: 'main' }];
      export const install = 'cp ../work/stage/a . && echo "$GALLEY_ASSET_CC" > cc';`,
    'recipes/part.js': '',
    'recipes/test.system@r1.js': `export const check = 'true';`,
  });
  return { project, commit };
}

const ENV = { SECRET: 'sesame', GALLEY_BUILDER_ID: 'https://ci.example.com/main' };

/** Makes all of it, and a key. */
async function build(project: Project): Promise<{ key: string; signed: string[] }> {
  await succeed(project, 'sync', { env: ENV });
  const key = (await succeed(project, 'depot key ../key.pem')).stdout.trim();
  return { key, signed: ['--sign-key', '../key.pem'] };
}

const decode = (line: string) => JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString());

test('a statement tells what was built by whom from what, and no secret', async () => {
  const { project, commit } = await createShop();
  const before = Date.now();
  await build(project);
  const { stdout } = await succeed(project, 'provenance', { env: ENV });
  const statement = JSON.parse(stdout);
  const { key, cc } = await keysOf(project);
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name: `${APP}/${key}`, digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
  });
  const { buildDefinition, runDetails } = statement.predicate;
  expect(buildDefinition).toMatchObject({
    buildType: 'galley:build/v1',
    externalParameters: { recipe: APP, options: { level: 3 }, source: `recipes/${APP}.js` },
    internalParameters: { env: { SECRET: expect.stringMatching(/^[0-9a-f]{64}$/), UNSET: null } },
  });
  const digests = Object.fromEntries(
    buildDefinition.resolvedDependencies.map(({ name, digest }: { name: string; digest: object }) => [name, digest]),
  );
  const sha256 = { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
  expect(Object.values(digests)).toHaveLength(5);
  expect(digests).toMatchObject({ [`${APP}.js`]: sha256, 'part.js': sha256, [`test.cc@r1/${cc}`]: sha256 });
  expect(digests[`git+file://${project.rootDir}/repo#main`]).toEqual({ gitCommit: commit });
  expect(runDetails.builder.id).toBe(ENV.GALLEY_BUILDER_ID);
  const [started, finished] = ['startedOn', 'finishedOn'].map((name) => Date.parse(runDetails.metadata[name]));
  const times = [before, started, finished, Date.now()];
  expect(times.toSorted()).toEqual(times);
  expect(stdout).not.toContain('sesame');
});

/** Names of the entries of both assets. */
async function keysOf(project: Project): Promise<{ key: string; cc: string }> {
  const [key, cc] = await Promise.all([APP, 'test.cc@r1'].map((name) => entryOf(project, name)));
  return { key: path.basename(key as string), cc: path.basename(cc as string) };
}

test('what is signed is signed as DSSE says: openssl agrees, and so does galley', async () => {
  const { project, commit } = await createShop();
  const { key, signed } = await build(project);
  await succeed(project, ['provenance', 'app', 'cc', ...signed, '--output', 'all.jsonl'], { env: ENV });
  const lines = (await readFile(project.at('all.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => decode(line).subject[0].name.split('/')[0])).toEqual([APP, 'test.cc@r1']);
  for (const line of lines) await verifyByOpenssl(line, project);

  const { stdout } = await succeed(project, `provenance verify all.jsonl --key ${key} --json`);
  expect(JSON.parse(stdout)).toMatchObject(lines.map(() => ({ builder: ENV.GALLEY_BUILDER_ID, signed_by: key })));
  // What a dependent says of a dependency is what that says of itself.
  const [app, cc] = lines.map(decode);
  const used = app.predicate.buildDefinition.resolvedDependencies.at(-1);
  expect(used).toMatchObject(cc.subject[0]);
  const { externalParameters, resolvedDependencies } = cc.predicate.buildDefinition;
  expect(externalParameters.source).toBe(`git+file://${project.rootDir}/repo#${commit}`);
  expect(resolvedDependencies[0]).toMatchObject({ uri: externalParameters.source, digest: { gitCommit: commit } });
});

async function verifyByOpenssl(line: string, { rootDir }: Project): Promise<void> {
  const { payload, payloadType, signatures } = JSON.parse(line);
  const body = Buffer.from(payload, 'base64');
  const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `);
  const [message, signature] = [`${rootDir}/message`, `${rootDir}/signature`];
  await writeFile(message, Buffer.concat([head, body]));
  await writeFile(signature, Buffer.from(signatures[0].sig, 'base64'));
  const words = ['pkeyutl', '-verify', '-inkey', `${rootDir}/key.pem`, '-rawin', '-in', message, '-sigfile', signature];
  await promisify(execFile)('openssl', words);
}

test('a statement is not believed when its key, its words, or what it is about are not as they should be', async () => {
  const { project } = await createShop();
  const { key, signed } = await build(project);
  const line = (await succeed(project, ['provenance', 'cc', ...signed], { env: ENV })).stdout;
  const envelope = JSON.parse(line);
  const stranger = (await succeed(project, 'depot key ../other.pem')).stdout.trim();
  const unsigned = (await succeed(project, 'provenance cc')).stdout;
  const lie = unsigned.replace('ci.example.com', 'evil.example.com');
  const refused: [string, string, RegExp][] = [
    [line, stranger, /none of its 1 signatures is of a trusted key/],
    [JSON.stringify({ ...envelope, payload: btoa(lie) }), key, /none of its 1/],
    [`${line}${unsigned}`, key, /line 2 of .* it is not signed/],
  ];
  for (const [text, trusted, told] of refused) {
    await project.write({ 'p.jsonl': text });
    const run = await galley(project, `provenance verify p.jsonl --key ${trusted}`);
    expect([run.status, run.events.codes(), run.stdout]).toEqual([1, ['PROVENANCE_INVALID'], '']);
    expect(run.events.messages()).toMatch(told);
    if (trusted === stranger)
      expectTold('PROVENANCE_INVALID', run, project, 'provenance verify p.jsonl --key ed25519:…');
  }
  await project.write({ 'p.jsonl': line });
  expect((await galley(project, 'provenance verify p.jsonl')).events.codes()).toEqual(['USAGE']);
  const archive = await galley(project, `provenance verify p.jsonl galley.js --key ${key}`);
  expect(archive.events.messages()).toMatch(/it is not about ".*galley\.js"/);

  // The asset is no longer what was signed: damaged on the disk, gone, made anew with other content under the same key.
  const file = path.join(await entryOf(project, 'test.cc@r1'), 'asset/cc');
  await chmod(file, 0o644);
  await writeFile(file, 'changed');
  for (const words of [`provenance verify p.jsonl --key ${key}`, 'provenance cc'])
    expect((await galley(project, words)).events.codes()).toEqual(['ASSET_DAMAGED']);
  await succeed(project, 'cache remove --yes test.cc@r1');
  for (const words of [`provenance verify p.jsonl --key ${key}`, 'provenance cc'])
    expect((await galley(project, words)).events.codes()).toEqual(['PROVENANCE_UNKNOWN']);
  await project.write({ '../home/salt': 'other' });
  await succeed(project, 'install cc');
  const other = await galley(project, `provenance verify p.jsonl --key ${key}`);
  expect([other.status, other.events.messages()]).toEqual([1, expect.stringMatching(/in the cache is another tree/)]);
});
