// Provenance that travels: what one machine has signed comes along with its archives, and another machine takes only
// what somebody whom it trusts has stated of these very bytes.
import { createHash, sign } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { DepotEntry } from '../src/model/depot.ts';
import { removeAll } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const [FLOUR, BREAD] = ['test.flour@r1', 'test.bread@r1'] as const;

let project: Project;
let depot: string;
/** Public keys: of whoever builds, and of somebody else. */
let [key, stranger] = ['', ''];
beforeEach(async () => {
  project = await createProject({
    [`recipes/${FLOUR}.js`]: `export const install = 'echo white > grain; echo "$GALLEY_ASSET_DIR" > where';`,
    [`recipes/${BREAD}.js`]: `
      export const dependencies = [{ recipe: '${FLOUR}' }];
      export const install = 'cat "$GALLEY_ASSET_FLOUR/grain" > bread; ln -s "$GALLEY_ASSET_FLOUR/grain" grain';`,
  });
  [key, stranger] = await Promise.all([makeKey('key'), makeKey('stranger')]);
  depot = path.join(project.rootDir, 'depot');
  await succeed(project, ['push', depot], { env: SIGNED });
});

const makeKey = async (name: string): Promise<string> =>
  (await succeed(project, `depot key ../${name}.pem`)).stdout.trim();

const SIGNED = { GALLEY_SIGN_KEY: '../key.pem', GALLEY_BUILDER_ID: 'https://ci.example.com/main' };

/** The same project on another machine. */
function elsewhere(): Project {
  return { ...project, cacheDir: path.join(project.rootDir, 'machine/another-cache') };
}

const entriesOf = (dir: string): DepotEntry[] =>
  JSON.parse(readFileSync(path.join(dir, 'galley-depot.json'), 'utf8')).entries;
const entryOf = (entries: DepotEntry[], identity: string): DepotEntry =>
  entries.find((entry) => entry.identity === identity) as DepotEntry;
const statementIn = (dir: string, entry: DepotEntry): string =>
  readFileSync(path.join(dir, `${entry.provenance?.url}`), 'utf8').trimEnd();

test('what is pushed is stated, and whoever imports it can say who has built it, and push it on', async () => {
  const env = { GALLEY_TRUSTED_KEYS: key, GALLEY_DEPOTS: depot };
  const other = elsewhere();
  const { events } = await succeed(other, 'sync', { env });
  expect(events.outcomes()).toEqual({ [FLOUR]: 'imported', [BREAD]: 'imported' });
  // Under another cache root with other texts and links, and still what was signed; in the words of whoever built it.
  const { stdout } = await succeed(other, 'provenance flour bread --sign-key ../stranger.pem');
  const entries = [FLOUR, BREAD].map((identity) => entryOf(entriesOf(depot), identity));
  expect(stdout.trimEnd().split('\n')).toEqual(entries.map((entry) => statementIn(depot, entry)));
  await project.write({ 'all.jsonl': stdout });
  const verified = await succeed(other, 'provenance verify all.jsonl', { env });
  expect(verified.stdout.match(/built by https:\/\/ci\.example\.com\/main {2}signed by ed25519:/g)).toHaveLength(2);
  const archive = path.join(depot, `${entries[0]?.url}`);
  await project.write({ 'one.jsonl': `${stdout.split('\n')[0]}` });
  await succeed(other, ['provenance', 'verify', 'one.jsonl', archive], { env });
  await succeed(other, ['depot', 'verify', depot], { env });

  // On to others: as it came, whoever pushes; and by a merge.
  const [next, merged] = [`${project.rootDir}/next`, `${project.rootDir}/merged`];
  await succeed(other, ['push', next], { env: { GALLEY_SIGN_KEY: '../stranger.pem', GALLEY_TRUSTED_KEYS: key } });
  await succeed(other, ['depot', 'merge', merged, depot]);
  for (const dir of [next, merged]) {
    const found = [FLOUR, BREAD].map((identity) => statementIn(dir, entryOf(entriesOf(dir), identity)));
    expect(found).toEqual(entries.map((entry) => statementIn(depot, entry)));
  }
});

/** Signs what somebody else, or nobody, would. */
function seal(name: string, statement: string): string {
  const [payloadType, payload] = ['application/vnd.in-toto+json', Buffer.from(statement)];
  const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `);
  const sig = sign(null, Buffer.concat([head, payload]), readFileSync(`${project.rootDir}/${name}.pem`));
  const signatures = [{ keyid: key, sig: sig.toString('base64') }];
  return JSON.stringify({ payloadType, payload: payload.toString('base64'), signatures });
}

/** A depot whose index a trusted key has signed, and in which other words are stated of the flour. */
async function restate(text: string | undefined): Promise<string> {
  const dir = path.join(project.rootDir, 'poisoned');
  await removeAll(dir);
  cpSync(depot, dir, { recursive: true });
  const entries = entriesOf(dir);
  const bytes = Buffer.from(text ?? 'gone');
  const sha256 = createHash('sha256').update(bytes).digest('hex') as DepotEntry['sha256'];
  entryOf(entries, FLOUR).provenance = { sha256, size: bytes.length, url: 'other.jsonl' };
  if (text !== undefined) writeFileSync(path.join(dir, 'other.jsonl'), bytes);
  writeFileSync(path.join(dir, 'galley-depot.json'), JSON.stringify({ schema: 1, entries, signatures: [] }));
  await succeed(project, ['depot', 'sign', dir], { env: SIGNED });
  return dir;
}

test('what is stated by somebody else, of something else, or not at all is not imported but built', async () => {
  const entries = entriesOf(depot);
  const [flour, bread] = [FLOUR, BREAD].map((identity) => statementIn(depot, entryOf(entries, identity)));
  const words = Buffer.from(JSON.parse(`${flour}`).payload, 'base64').toString();
  const tree = /"digest":\{"sha256":"([0-9a-f]{64})"\},"name":"test\.flour@r1\/[^"]*[0-9a-f]"/.exec(words)?.[1] ?? '-';
  const cases: [string | undefined, string, RegExp][] = [
    [seal('stranger', words), 'PROVENANCE_INVALID', /none of its 1 signatures is of a trusted key/],
    [bread, 'PROVENANCE_INVALID', /it is about test\.bread@r1\//],
    [seal('key', words.replaceAll(tree, '0'.repeat(64))), 'PROVENANCE_INVALID', /it is about another tree/],
    [undefined, 'DEPOT_INVALID', /"other\.jsonl" is not there/],
  ];
  for (const [text, code, told] of cases) {
    const dir = await restate(text);
    const other = elsewhere();
    await removeAll(other.cacheDir);
    const { events } = await succeed(other, 'install flour', { env: { GALLEY_TRUSTED_KEYS: key, GALLEY_DEPOTS: dir } });
    expect(events.outcomes()).toEqual({ [FLOUR]: 'built' });
    const refused = events.of('depot.refused', FLOUR).map(({ error }) => [error.code, error.message]);
    expect(refused).toEqual([[code, expect.stringMatching(told)]]);
  }
  const dir = await restate(seal('stranger', words));
  await removeAll(elsewhere().cacheDir);
  for (const words of ['import', 'depot verify']) {
    const run = await galley(elsewhere(), [...words.split(' '), dir, '--trusted-keys', key]);
    expect([run.status, run.events.codes()]).toEqual([1, ['PROVENANCE_INVALID']]);
  }
  // Who trusts both takes it, and knows by whom it is stated.
  const both = { GALLEY_TRUSTED_KEYS: `${key},${stranger}`, GALLEY_DEPOTS: dir };
  expect((await succeed(elsewhere(), 'install flour', { env: both })).events.outcomes()).toEqual({
    [FLOUR]: 'imported',
  });
});

test('one archive has its statement beside it, and without is refused by who trusts only some', async () => {
  const file = path.join(project.rootDir, 'out/flour.tar.zst');
  await succeed(project, ['export', 'flour', '--to', file], { env: SIGNED });
  expect(await readdir(path.dirname(file))).toEqual(['flour.tar.zst', 'flour.tar.zst.intoto.jsonl']);
  await succeed(elsewhere(), ['import', file, '--trusted-keys', key]);
  const told = (await succeed(elsewhere(), 'provenance flour')).stdout;
  expect(told).toBe(readFileSync(`${file}.intoto.jsonl`, 'utf8'));
  const wrong = await galley(elsewhere(), ['import', file, '--trusted-keys', stranger]);
  expect([wrong.status, wrong.events.codes()]).toEqual([1, ['PROVENANCE_INVALID']]);

  // Without keys nothing is believed, and so nothing is known; who has not signed has nothing to state.
  await removeAll(elsewhere().cacheDir);
  await succeed(elsewhere(), ['import', file]);
  const unknown = await galley(elsewhere(), 'provenance flour');
  expect([unknown.status, unknown.events.codes()]).toEqual([1, ['PROVENANCE_UNKNOWN']]);
  await removeAll(path.dirname(file));
  await succeed(project, ['export', 'flour', '--to', file]);
  expect(await readdir(path.dirname(file))).toEqual(['flour.tar.zst']);
  const unsigned = await galley(elsewhere(), ['import', file, '--trusted-keys', key]);
  expect([unsigned.status, unsigned.events.codes()]).toEqual([1, ['DEPOT_UNTRUSTED']]);
});
