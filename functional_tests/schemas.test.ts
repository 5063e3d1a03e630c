// The JSON schemas that galley prints, put to its own files by a validator that others have written, and to files that are
// wrong.
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
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

/** What the validator says of files of one schema, by the words that it accepts. */
async function judge(schema: string, files: readonly string[]): Promise<string> {
  if (!existsSync(project.at(`${schema}.json`))) await succeed(project, `schema ${schema} --output ${schema}.json`);
  const instances = files.flatMap((file) => ['--instance', file]);
  return await faultsOf('jsonschema', [...instances, project.at(`${schema}.json`)]);
}

test.skipIf(!hasValidator)('real lock files are what the schema of lock files says', async () => {
  const found = globSync('{recipes,test_data/projects}/**/galley.lock', { cwd: ROOT });
  expect(found.length).toBeGreaterThan(3);
  const texts = await Promise.all(found.map((file) => readFile(path.join(ROOT, file), 'utf8')));
  for (const kind of ['file', 'function', 'weak']) expect(texts.join()).toContain(`"kind": "${kind}"`);
  expect(
    await judge(
      'lock',
      found.map((file) => path.join(ROOT, file)),
    ),
  ).toBe('');
});

test.skipIf(!hasValidator)('a lock file that galley refuses is refused by the schema', async () => {
  const good = { package: 'a.b@r1', kind: 'file', source: 'x', platform: PLATFORM, sha256: '0'.repeat(64), size: 1 };
  const wrong = {
    unknown: { schema: 1, records: [{ ...good, sha265: 'x' }] },
    digest: { schema: 1, records: [{ ...good, sha256: 'x' }] },
    platform: { schema: 1, records: [{ ...good, platform: 'linux' }] },
    missing: { schema: 1, records: [{ ...good, source: undefined }] },
    kind: { schema: 1, records: [{ ...good, kind: 'files' }] },
    newer: { schema: 99, records: [] },
  };
  for (const [name, lock] of Object.entries({ fine: { schema: 1, records: [good, 'end'] }, ...wrong })) {
    await project.write({ 'galley.lock': JSON.stringify(lock) });
    const { events } = await galley(project, 'lock --check');
    const isRefused = (await judge('lock', [project.at('galley.lock')])) !== '';
    const isInvalid = events.codes().includes('LOCK_FILE_INVALID');
    expect([isRefused, isInvalid], name).toEqual([name !== 'fine', name !== 'fine']);
  }
});

test.skipIf(!hasValidator)('settings that work are what their schema says, and others are not', async () => {
  const settings = {
    ...{ $schema: './settings.json', cache_root: 'c', jobs: 2, color: 'never', offline: true, copy_retries: 0 },
    ...{
      copy_timeout: 0.5,
      output_strategy: ['memory', 'cache'],
      verify_copy: false,
      depots: ['d', 'https://d.test/'],
    },
    ...{
      builder_id: 'urn:x',
      mirrors: { 'https://a.test/': ['https://b.test/', 'off'], 'https://c.test/': 'https://d.test/' },
    },
  };
  await project.write({ 'galley.json': JSON.stringify(settings) });
  await succeed(project, 'list');
  expect(await judge('settings', [project.at('galley.json')])).toBe('');
  for (const wrong of [{ job: 1 }, { jobs: 0 }, { color: 'blue' }, { offline: 'maybe' }, { output_strategy: [] }]) {
    await project.write({ 'galley.json': JSON.stringify(wrong) });
    expect(await judge('settings', [project.at('galley.json')]).catch(String)).not.toBe('');
    expect((await galley(project, 'list')).status, JSON.stringify(wrong)).toBe(2);
  }
});

test('a schema that nobody has is refused with those that there are', async () => {
  const { status, events } = await galley(project, 'schema locks');
  expect([status, events.messages()]).toEqual([2, expect.stringContaining('did you mean "lock"?')]);
});
