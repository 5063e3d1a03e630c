// Whoever can write to a depot tries everything: nothing of it becomes an asset. Each case is a depot of its own, all are
// asked for the same package in one run, and at last the package is built as if there were none.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Code } from '../src/model/codes.ts';
import { Chance } from './rig/chance.ts';
import { type Counter, createCounter } from './rig/counter.ts';
import {
  anotherMachine,
  copyDepot,
  entryIn,
  type Ingredients,
  type Item,
  itemsOf,
  readIndex,
  replaceArchive,
  replaceBytes,
  takeApart,
  writeIndex,
} from './rig/depot.ts';
import { assetOf } from './rig/disk.ts';
import { galley, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';
import { rounds } from './rig/rounds.ts';

const [FLOUR, BREAD] = ['test.flour@r1', 'test.bread@r1'];

let project: Project;
let counter: Counter;
let depot: string;
beforeEach(async () => {
  project = await createProject();
  counter = createCounter(project);
  depot = path.join(project.rootDir, 'depot');
  await project.write({
    [`recipes/${FLOUR}.js`]: `export const install = ${JSON.stringify(`${counter.note('flour')}; mkdir -p lib;
      echo "prefix=$GALLEY_INSTALL_DIR" > lib/flour.pc; seq 2000 > grain`)};`,
    [`recipes/${BREAD}.js`]: `export const install = ${JSON.stringify(`${counter.note('bread')}; echo bread > bread`)};`,
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${FLOUR}'];`,
  });
});

/** What every machine must have in the end, wherever it comes from. */
async function expectHonest(machine: Project): Promise<void> {
  const assets = [await assetOf(machine, FLOUR), await assetOf(project, FLOUR)];
  const [found, wanted] = assets.map(({ grain, 'lib/flour.pc': text = '', ...rest }, index) => {
    return { grain, text: text.replaceAll([machine, project][index]?.cacheDir ?? '', '<cache>'), ...rest };
  });
  expect(found).toEqual(wanted);
}

/** Asks all these depots for the flour, and shows that it was built. */
async function expectRefused(depots: readonly string[], env: Record<string, string> = {}) {
  const machine = anotherMachine(project);
  const { events } = await succeed(machine, 'install', { env: { ...env, GALLEY_DEPOTS: depots.join(',') } });
  expect(events.of('entry.imported')).toEqual([]);
  expect(events.outcomes()).toEqual({ [FLOUR]: 'built' });
  await expectHonest(machine);
  return events.of('depot.refused');
}

const file = (name: string, text = 'poison'): Item => ({ name, mode: 0o644, text });
const link = (name: string, linkname: string): Item => ({ name, type: 'symlink', linkname });
const described = (change: Partial<Ingredients['entry']>) => (good: Ingredients) =>
  itemsOf({ ...good, entry: { ...good.entry, ...change } });

const ELSEWHERE =
  '/galley-cache-of-whoever-imports/assets/test.other@r1/linux-x86_64-00112233445566778899aabbccddeeff/asset';

/** How an archive lies whose digest is right. */
const LIES: Record<string, { make: (good: Ingredients) => Item[]; code: Code; says: RegExp }> = {
  'a file beside the tree': { make: (good) => [...itemsOf(good), file('extra')], code: 'DEPOT_INVALID', says: /extra/ },
  'a file more in the tree': {
    make: (good) => [...itemsOf(good), file('asset/extra')],
    code: 'DEPOT_INVALID',
    says: /tree/,
  },
  'a file less': {
    make: (good) => itemsOf({ ...good, items: good.items.slice(1) }),
    code: 'DEPOT_INVALID',
    says: /tree/,
  },
  'another content': {
    make: (good) =>
      itemsOf({ ...good, items: good.items.map((item) => (item.text ? { ...item, text: 'poison' } : item)) }),
    code: 'DEPOT_INVALID',
    says: /tree/,
  },
  'a program that was none': {
    make: (good) =>
      itemsOf({ ...good, items: good.items.map((item) => (item.text ? { ...item, mode: 0o755 } : item)) }),
    code: 'DEPOT_INVALID',
    says: /tree/,
  },
  'a path that climbs': {
    make: (good) => [...itemsOf(good), file('asset/../../../marker')],
    code: 'ARCHIVE_UNSAFE',
    says: /leaves/,
  },
  'an absolute path': {
    make: (good) => [...itemsOf(good), file('/tmp/marker')],
    code: 'ARCHIVE_UNSAFE',
    says: /absolute/,
  },
  'a link that leads out': {
    make: (good) => [...itemsOf(good), link('asset/out', '../../../../marker')],
    code: 'ARCHIVE_UNSAFE',
    says: /leaves/,
  },
  'a link to the host': {
    make: (good) => [...itemsOf(good), link('asset/out', '/etc')],
    code: 'ARCHIVE_UNSAFE',
    says: /absolute/,
  },
  'a file through a link': {
    make: (good) => [...itemsOf(good), link('asset/in', 'lib'), file('asset/in/x')],
    code: 'ARCHIVE_UNSAFE',
    says: /link/,
  },
  'a link in the place of the tree': {
    make: ({ entry }) => [...itemsOf({ entry, items: [] }).slice(0, 1), link('asset', '.')],
    code: 'DEPOT_INVALID',
    says: /asset/,
  },
  'no description': { make: (good) => itemsOf(good).slice(1), code: 'DEPOT_INVALID', says: /holds "asset"/ },
  'a description that is none': {
    make: (good) => [file('galley-entry.json', '{'), ...itemsOf(good).slice(1)],
    code: 'DEPOT_INVALID',
    says: /malformed/,
  },
  'a description of the future': { make: described({ schema: 2 }), code: 'DEPOT_INVALID', says: /malformed/ },
  'another identity': { make: described({ identity: 'test.other@r1' }), code: 'DEPOT_INVALID', says: /malformed/ },
  'another key': { make: described({ key: '0'.repeat(32) }), code: 'DEPOT_INVALID', says: /malformed/ },
  'other parts of the key': {
    make: (good) => described({ keyParts: { ...good.entry.keyParts, env: { HOME: null } } })(good),
    code: 'DEPOT_INVALID',
    says: /malformed/,
  },
  'parts of the key without a bottom': {
    make: (good) =>
      itemsOf(good).map((item, index) =>
        index > 0
          ? item
          : { ...item, text: (item.text ?? '').replace('"env":{}', `"env":${'['.repeat(1e5)}${']'.repeat(1e5)}`) },
      ),
    code: 'DEPOT_INVALID',
    says: /malformed/,
  },
  'another cache root': { make: described({ root: '/elsewhere' }), code: 'DEPOT_INVALID', says: /elsewhere/ },
  'a text that is not there': { make: described({ texts: ['../../marker'] }), code: 'DEPOT_INVALID', says: /no file/ },
  'a text twice': {
    make: described({ texts: ['lib/flour.pc', 'lib/flour.pc'] }),
    code: 'DEPOT_INVALID',
    says: /malformed/,
  },
  'a link beside the tree that leads to the host': {
    make: described({ links: { out: '/etc/passwd' } }),
    code: 'DEPOT_INVALID',
    says: /passwd/,
  },
  'a link beside the tree that climbs': {
    make: described({ links: { '../../out': ELSEWHERE } }),
    code: 'DEPOT_INVALID',
    says: /no place/,
  },
  'a link beside the tree with an impossible name': {
    make: described({ links: { 'a\0b': ELSEWHERE } }),
    code: 'DEPOT_INVALID',
    says: /no place/,
  },
  'a link beside the tree over a file': {
    make: described({ links: { grain: ELSEWHERE } }),
    code: 'DEPOT_INVALID',
    says: /no place/,
  },
  'a link into an asset that it does not need': {
    make: described({ links: { out: ELSEWHERE } }),
    code: 'DEPOT_INVALID',
    says: /leads to/,
  },
  'a link into an asset and out again': {
    make: (good) =>
      described({
        links: { out: `/galley-cache-of-whoever-imports/assets/${FLOUR}/linux-x86_64-${good.entry.key}/asset/../../x` },
      })(good),
    code: 'DEPOT_INVALID',
    says: /leads to/,
  },
};

test('an archive with a right digest that lies is refused, whatever it lies about', async () => {
  await succeed(project, ['push', depot]);
  const good = takeApart(depot, FLOUR);
  const names = Object.keys(LIES);
  const depots = names.map((_, index) => copyDepot(depot, `${depot}-${index}`));
  for (const [index, { make }] of Object.values(LIES).entries())
    await replaceArchive(depots[index] as string, FLOUR, ...make(good));
  const refused = await expectRefused(depots);
  for (const [index, name] of names.entries()) {
    const { code, says } = LIES[name] as (typeof LIES)[string];
    const { error } = refused.find((event) => event.depot === depots[index]) ?? {};
    expect([error?.code, error?.message], name).toEqual([code, expect.stringMatching(says)]);
  }
  // What nobody changed is taken: the test could not fail otherwise.
  await replaceArchive(depot, FLOUR, ...itemsOf(good));
  const { events } = await succeed(anotherMachine(project, 'third'), 'install', { env: { GALLEY_DEPOTS: depot } });
  expect(events.outcomes()).toEqual({ [FLOUR]: 'imported' });
});

test('an archive that is not what the index says is refused: cut off, other bytes, gone, or of another package', async () => {
  await succeed(project, ['push', depot, FLOUR]);
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${FLOUR}', '${BREAD}'];`,
  });
  await succeed(project, ['push', depot]);
  const bytes = readFileSync(path.join(depot, entryIn(depot, FLOUR).url));
  const other = entryIn(depot, BREAD);
  const [cut, changed, gone, foreign, cutAndTold] = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    copyDepot(depot, `${depot}-${name}`),
  ) as [string, string, string, string, string];
  const archiveIn = (dir: string) => path.join(dir, entryIn(dir, FLOUR).url);
  writeFileSync(archiveIn(cut), bytes.subarray(0, bytes.length - 10));
  writeFileSync(archiveIn(changed), Buffer.concat([bytes, Buffer.from('x')]));
  const { entries, ...rest } = readIndex(gone);
  writeIndex(gone, { ...rest, entries: entries.map((entry) => ({ ...entry, url: `${entry.url}.gone` })) });
  replaceBytes(foreign, FLOUR, readFileSync(path.join(depot, other.url)));
  replaceBytes(cutAndTold, FLOUR, bytes.subarray(0, bytes.length - 10));
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${FLOUR}'];`,
  });
  const refused = await expectRefused([cut, changed, gone, foreign, cutAndTold]);
  expect(refused.map(({ error }) => error.code)).toEqual([
    ...['DIGEST_MISMATCH', 'DIGEST_MISMATCH', 'SOURCE_NOT_FOUND', 'DEPOT_INVALID', 'ARCHIVE_INVALID'],
  ]);
});

test('an archive that has rotted in the download store is fetched again, and shared with nobody', async () => {
  await succeed(project, ['push', depot]);
  const machine = anotherMachine(project);
  const env = { GALLEY_DEPOTS: depot };
  await succeed(machine, 'install', { env });
  const { sha256 } = entryIn(depot, FLOUR);
  const stored = path.join(machine.cacheDir, 'downloads/sha256', sha256.slice(0, 2), sha256);
  const rot = (): void => {
    const bytes = readFileSync(stored);
    bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] as number);
    rmSync(stored);
    writeFileSync(stored, bytes);
  };
  rot();
  await succeed(machine, ['depot', 'merge', `${depot}-2`, depot]);
  await succeed(project, ['depot', 'verify', `${depot}-2`]);
  rot();
  await succeed(machine, 'cache remove flour --yes');
  const { events } = await succeed(machine, 'install', { env });
  expect(events.outcomes()).toEqual({ [FLOUR]: 'imported' });
  await expectHonest(machine);
});

/** A key of its own, and what a project trusts. */
async function makeKey(name: string): Promise<{ file: string; publicKey: string }> {
  const file = path.join(project.rootDir, `${name}.pem`);
  const { stdout } = await succeed(project, ['depot', 'key', file]);
  return { file, publicKey: stdout.trim() };
}

test('one flipped bit anywhere in a signed depot is noticed', async () => {
  const { file, publicKey } = await makeKey('key');
  await succeed(project, ['push', depot, '--sign-key', file]);
  const chance = new Chance();
  const names = ['galley-depot.json', entryIn(depot, FLOUR).url];
  const depots = Array.from({ length: rounds(40, 600) }, (_, round) => {
    const copy = copyDepot(depot, `${depot}-${round}`);
    const name = path.join(copy, names[round % 2] as string);
    const bytes = readFileSync(name);
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << chance.below(8));
    writeFileSync(name, bytes);
    return copy;
  });
  const refused = await expectRefused(depots, { GALLEY_TRUSTED_KEYS: publicKey });
  expect(refused.map((event) => event.depot).sort(), `seed ${chance.seed}`).toEqual(depots.sort());
});

test('one flipped bit anywhere in a depot that nobody signs never reaches an asset', async () => {
  await succeed(project, ['push', depot]);
  const chance = new Chance();
  const depots = Array.from({ length: rounds(20, 400) }, (_, round) => {
    const copy = copyDepot(depot, `${depot}-${round}`);
    const name = path.join(copy, 'galley-depot.json');
    const bytes = readFileSync(name);
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << chance.below(8));
    writeFileSync(name, bytes);
    return copy;
  });
  const machine = anotherMachine(project);
  // A size that is wrong where the digest is right does no harm.
  await succeed(machine, 'install', { env: { GALLEY_DEPOTS: depots.join(',') } });
  await expectHonest(machine);
});

test('with trusted_keys an index counts that one of them has signed, and no other', async () => {
  const [ours, theirs] = [await makeKey('ours'), await makeKey('theirs')];
  await succeed(project, ['push', `${depot}-ours`, '--sign-key', ours.file]);
  await succeed(project, ['push', `${depot}-theirs`, '--sign-key', theirs.file]);
  await succeed(project, ['push', `${depot}-unsigned`]);
  // Their signature under our name.
  const index = readIndex(copyDepot(`${depot}-theirs`, `${depot}-forged`));
  const forged = index.signatures.map((signature) => ({ ...signature, key: ours.publicKey as never }));
  writeIndex(`${depot}-forged`, { ...index, signatures: forged });
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${FLOUR}'];
      export const trusted_keys = ['${ours.publicKey}'];`,
  });
  const bad = ['theirs', 'unsigned', 'forged'].map((name) => `${depot}-${name}`);
  const refused = await expectRefused(bad);
  const reasons = bad.map((name) => refused.find((event) => event.depot === name)?.error);
  expect(reasons.map((error) => error?.code)).toEqual(bad.map(() => 'DEPOT_UNTRUSTED'));
  for (const [index, reason] of [
    `signed by ${theirs.publicKey}`,
    'not signed',
    `by ${ours.publicKey} is wrong`,
  ].entries())
    expect(reasons[index]?.message).toContain(reason);
  const { events } = await succeed(anotherMachine(project, 'third'), 'install', {
    env: { GALLEY_DEPOTS: `${depot}-ours` },
  });
  expect(events.outcomes()).toEqual({ [FLOUR]: 'imported' });
  const imported = await galley(project, ['import', `${depot}-unsigned`, '--trusted-keys', ours.publicKey]);
  expect([imported.status, imported.events.codes()]).toEqual([1, ['DEPOT_UNTRUSTED']]);
});

test('who signs vouches for what is there: nothing unsigned is signed by the way, and nothing signed loses its signature', async () => {
  const [old, next] = [await makeKey('old'), await makeKey('next')];
  await succeed(project, ['push', depot]);
  const unsigned = await galley(project, ['push', depot, '--sign-key', old.file]);
  expect([unsigned.status, unsigned.events.codes()]).toEqual([1, ['DEPOT_UNTRUSTED']]);

  const signersOf = () => readIndex(depot).signatures.map(({ key }) => key);
  const indexFile = path.join(depot, 'galley-depot.json');
  await succeed(project, ['depot', 'sign', depot, '--sign-key', old.file, '--dry-run']);
  expect(signersOf()).toEqual([]);
  await succeed(project, ['depot', 'sign', depot, '--sign-key', old.file]);
  expect(signersOf()).toEqual([old.publicKey]);
  const before = await readFile(indexFile, 'utf8');
  const naked = await galley(project, ['push', depot]);
  expect([naked.status, naked.events.codes()]).toEqual([1, ['DEPOT_UNTRUSTED']]);
  expect(await readFile(indexFile, 'utf8')).toBe(before);

  // A new key takes over: first beside the old one, then alone.
  const trust = ['--trusted-keys', old.publicKey];
  await succeed(project, ['depot', 'sign', depot, '--sign-key', next.file, ...trust]);
  expect(signersOf()).toEqual([old.publicKey, next.publicKey].sort());
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['${BREAD}'];`,
  });
  await succeed(project, ['push', depot, '--sign-key', next.file]);
  const { stdout } = await succeed(project, ['depot', 'list', depot, '--json']);
  expect(JSON.parse(stdout).signers).toEqual([next.publicKey]);
});

test('depot verify reads everything again, and says what is wrong with what', async () => {
  await succeed(project, ['push', depot, FLOUR]);
  const archive = path.join(depot, entryIn(depot, FLOUR).url);
  const bytes = readFileSync(archive);
  const verify = async () => await galley(project, ['depot', 'verify', depot, '--json']);
  expect(await verify()).toMatchObject({ status: 0 });
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  writeFileSync(archive, bytes);
  const { status, stdout, events } = await verify();
  expect([status, events.codes()]).toEqual([1, ['DIGEST_MISMATCH']]);
  expect(JSON.parse(stdout)).toMatchObject({
    entries: 1,
    problems: [{ identity: FLOUR, error: { code: 'DIGEST_MISMATCH' } }],
  });
  const trial = await galley(project, ['depot', 'verify', depot, '--repair', '--dry-run']);
  expect([trial.status, entryIn(depot, FLOUR).identity]).toEqual([1, FLOUR]);
  // The next push puts the right bytes over the damaged ones.
  await succeed(project, ['depot', 'verify', depot, '--repair']);
  await succeed(project, ['push', depot, FLOUR]);
  expect(await verify()).toMatchObject({ status: 0 });
});

test('import says what is wrong with an archive that a person hands in', async () => {
  await succeed(project, ['push', depot]);
  const archive = path.join(depot, entryIn(depot, FLOUR).url);
  writeFileSync(archive, readFileSync(archive).subarray(0, 300));
  const machine = anotherMachine(project);
  const broken = await galley(machine, ['import', archive]);
  expect([broken.status, broken.events.codes()]).toEqual([1, ['ARCHIVE_INVALID']]);
});
