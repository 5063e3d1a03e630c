// The JSON schemas that galley prints, put to its own files by a validator that others have written, and to files that are
// wrong.
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { defaultSettings } from '../src/cli/read-settings.ts';
import { resolveSettings } from '../src/cli/settings.ts';
import { parseLockFile } from '../src/recipe/lockfile.ts';
import { galley, succeed } from './rig/galley.ts';
import { PLATFORM } from './rig/lock.ts';
import { createProject, type Project } from './rig/project.ts';
import { faultsOf } from './rig/schema.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const hasValidator = (process.env.PATH ?? '').split(':').some((dir) => existsSync(path.join(dir, 'jsonschema')));

let project: Project;
beforeEach(async () => {
  project = await createProject({ 'galley.js': 'export const packages = [];' });
});

/** What the validator says of files, and where each of them is named that is not as it should be. */
async function judge(schema: string, files: readonly string[]): Promise<string> {
  await succeed(project, `schema ${schema} --output ${schema}.json`);
  const instances = files.flatMap((file) => ['--instance', file]);
  return await faultsOf('jsonschema', ['--output', 'pretty', ...instances, project.at(`${schema}.json`)]);
}

/** The same of values, by the names that they have here: those that are refused. */
async function refused(schema: string, values: Readonly<Record<string, unknown>>): Promise<string[]> {
  const files = Object.entries(values).map(([name, value]) => [`${name}.instance`, JSON.stringify(value)]);
  await project.write(Object.fromEntries(files));
  const said = await judge(
    schema,
    Object.keys(values).map((name) => project.at(`${name}.instance`)),
  );
  return Object.keys(values).filter((name) => said.includes(`ValidationError]===(${project.at(name)}.instance)`));
}

test.skipIf(!hasValidator)('real lock files are what the schema of lock files says', async () => {
  const found = globSync('{recipes,test_data/projects}/**/galley.lock', { cwd: ROOT });
  expect(found.length).toBeGreaterThan(3);
  const texts = await Promise.all(found.map((file) => readFile(path.join(ROOT, file), 'utf8')));
  for (const kind of ['file', 'function', 'weak']) expect(texts.join()).toContain(`"kind": "${kind}"`);
  const files = found.map((file) => path.join(ROOT, file));
  expect(await judge('lock', files)).not.toContain('ValidationError');
});

test.skipIf(!hasValidator)('the schema of lock files refuses those that galley refuses', async () => {
  const good = { package: 'a.b@r1', kind: 'file', source: 'x', platform: PLATFORM, sha256: '0'.repeat(64), size: 1 };
  const locks = {
    fine: { schema: 1, records: [good, 'end'] },
    unknown: { schema: 1, records: [{ ...good, sha265: 'x' }] },
    digest: { schema: 1, records: [{ ...good, sha256: 'x' }] },
    platform: { schema: 1, records: [{ ...good, platform: 'linux' }] },
    missing: { schema: 1, records: [{ ...good, source: undefined }] },
    kind: { schema: 1, records: [{ ...good, kind: 'files' }] },
    newer: { schema: 99, records: [] },
  };
  const invalid = Object.entries(locks).filter(
    ([, lock]) => parseLockFile(JSON.stringify(lock), 'f').problems.length > 0,
  );
  expect(await refused('lock', locks)).toEqual(invalid.map(([name]) => name));
  expect(invalid.map(([name]) => name)).toEqual(Object.keys(locks).slice(1));
});

test.skipIf(!hasValidator)('settings that work are what their schema says, and others are not', async () => {
  const addresses = { 'https://a.test/': ['https://b.test/', 'off'], 'https://c.test/': 'https://d.test/' };
  const fine = {
    ...{ $schema: './settings.json', cache_root: 'c', jobs: 2, color: 'never', offline: true, copy_retries: 0 },
    ...{
      copy_timeout: 0.5,
      output_strategy: ['memory', 'cache'],
      verify_copy: false,
      depots: ['d', 'https://d.test/'],
    },
    ...{ builder_id: 'urn:x', mirrors: addresses },
  };
  await project.write({ 'galley.json': JSON.stringify(fine) });
  await succeed(project, 'list');
  const wrong = {
    ...{ name: { job: 1 }, count: { jobs: 0 }, choice: { color: 'blue' }, toggle: { offline: 'maybe' } },
    ...{ order: { output_strategy: [] }, twice: { output_strategy: ['cache', 'cache'] }, table: { mirrors: [] } },
  };
  expect(await refused('settings', { fine, ...wrong })).toEqual(Object.keys(wrong));
  for (const values of Object.values(wrong)) {
    const sources = { flags: {}, env: {}, defaults: defaultSettings({ env: {} }), cwd: '/' };
    expect(() => resolveSettings({ ...sources, project: { file: '/galley.json', values } })).toThrow(/setting/i);
  }
});

test('a schema that nobody has is refused with those that there are', async () => {
  const { status, events } = await galley(project, 'schema locks');
  expect([status, events.messages()]).toEqual([2, expect.stringContaining('did you mean "lock"?')]);
});
