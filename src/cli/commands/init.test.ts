import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Services } from '../../build/services.ts';
import type { EventBody } from '../../model/event.ts';
import { createFiles } from '../../system/files.ts';
import { defaultSettings } from '../read-settings.ts';
import type { Origins } from '../settings.ts';
import { run } from './init.ts';

let dir: string;
let told: string[];
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'galley-init-'));
  told = [];
});
afterEach(() => rm(dir, { recursive: true }));

const read = (name: string) => readFile(path.join(dir, name), 'utf8');

function init(flags: Record<string, string>, dryRun = false) {
  const emit = (event: EventBody) => void (event.type === 'log.message' && told.push(event.text));
  const runtimeDir = path.join(import.meta.dirname, '../../../runtime');
  const services = { files: createFiles(), cwd: dir, runtimeDir, emit } as unknown as Services;
  const settings = { ...defaultSettings({ env: {} }), dryRun };
  const options = { settings, origins: {} as Origins, args: [], rest: [], lists: {}, flags };
  return run(services, options, new AbortController().signal);
}

test('init writes a manifest, an editor configuration and lines for git when the directory is empty', async () => {
  expect(await init({})).toEqual({ status: 0 });
  expect(await read('galley.js')).toContain('export const packages = [];');
  expect(await read('jsconfig.json')).not.toContain(dir);
  expect(await read('.galley/types/manifest.d.ts')).toContain('export type Packages');
  expect(await read('.gitignore')).toBe('.galley/\n');
  expect(await read('.gitattributes')).toBe('galley.lock merge=union\n');
  expect(told.at(-1)).toContain('Next: ');
});

test('init leaves every file as it is when it is run again', async () => {
  await writeFile(path.join(dir, 'galley.js'), 'mine');
  await writeFile(path.join(dir, '.gitignore'), 'a\n.galley/\nb');
  await init({});
  expect([await read('galley.js'), await read('.gitignore')]).toEqual(['mine', 'a\n.galley/\nb']);
});

test.each(['dist', 'dist\n', ''])('init adds its line to a .gitignore that holds %j', async (text) => {
  await writeFile(path.join(dir, '.gitignore'), text);
  await init({});
  expect(await read('.gitignore')).toBe(text === '' ? '.galley/\n' : 'dist\n.galley/\n');
});

test.each([
  ['*.bin binary', '*.bin binary\ngalley.lock merge=union\n'],
  ['galley.lock -text', 'galley.lock -text\ngalley.lock merge=union\n'],
  ['galley.lock text merge=ours', 'galley.lock text merge=ours'],
])('init leaves what .gitattributes says of merges: %s', async (text, expected) => {
  await writeFile(path.join(dir, '.gitattributes'), text);
  await init({});
  expect(await read('.gitattributes')).toBe(expected);
});

test('init writes nothing when it is a dry run', async () => {
  await init({}, true);
  await expect(read('galley.js')).rejects.toThrow('ENOENT');
  expect(told).toContain(`Would write ${path.join(dir, 'galley.js')}`);
});

test('init writes a recipe with its identity when one is asked for', async () => {
  await init({ recipe: 'acme.zlib@r1' });
  const text = await read('recipes/acme.zlib@r1.js');
  expect(text).toContain("export const identity = 'acme.zlib@r1';");
  expect(text).not.toContain('{{');
});

test('init refuses a recipe whose name is no identity', async () => {
  await expect(init({ recipe: 'zlib' })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'Cannot name a recipe "zlib"',
  });
});
