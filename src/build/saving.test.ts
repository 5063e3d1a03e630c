// What a sync saves when files change at moments that no process can be stopped at.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultSettings } from '../cli/read-settings.ts';
import { Failure } from '../model/failure.ts';
import { createServices } from '../services.ts';
import { createFiles, type Files } from '../system/files.ts';
import { VERSION } from '../version.ts';
import { findCurrent, SAVED_FILE } from './saved.ts';
import { openSession } from './session.ts';

const RECIPE = `export const identity = 'test.pot@r1'; export const fetch = { path: '../text' };`;

/** A project that has been as it is for a while. */
function createKitchen(): (name: string) => string {
  const rootDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'galley-saving-'));
  onTestFinished(() => rmSync(rootDir, { recursive: true, force: true }));
  const at = (name: string): string => path.join(rootDir, 'project', name);
  mkdirSync(at('recipes'), { recursive: true });
  writeFileSync(at('galley.js'), `export const recipe_roots = ['recipes']; export const packages = ['test.pot@r1'];`);
  writeFileSync(at('recipes/test.pot@r1.js'), RECIPE);
  writeFileSync(at('text'), 'soup');
  return at;
}

/** Makes everything, with these files. */
async function build(at: (name: string) => string, goal: 'install' | 'sync', files: Files): Promise<void> {
  // More than a tick after the project was written.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const services = createServices({
    env: { HOME: at('home'), PATH: process.env.PATH },
    cwd: at('.'),
    stdin: async function* () {},
    invocation: { ...invocationAt(at), isBrief: goal === 'sync', startedAt: Date.now() },
    files,
    emit: () => {},
    isLagging: () => false,
    signal: new AbortController().signal,
  });
  try {
    const settings = { ...defaultSettings({ env: {} }), cacheRoot: at('../cache') };
    const session = await openSession(services, settings);
    const answer = await session.build({ queries: [], goal, deploy: goal === 'sync', checkAssets: false });
    expect(answer.failures).toEqual([]);
  } finally {
    await services.close();
  }
}

const invocationAt = (at: (name: string) => string) => ({ argv: ['sync'], cwd: at('.') });

/** What would answer another sync. */
function findSaved(at: (name: string) => string) {
  const env = { HOME: at('home') };
  return findCurrent(at(SAVED_FILE), { version: VERSION, invocation: invocationAt(at), env });
}

/** Files of which one changes when the list of launchers is read for the nth time. */
function changeAtRead(nth: number, change: () => void): Files {
  const files = createFiles();
  let reads = 0;
  return {
    ...files,
    findText: async (file) => {
      if (path.basename(file) === 'launchers.json' && ++reads === nth) change();
      return await files.findText(file);
    },
  };
}

test('a sync of files that nobody changes is saved', async () => {
  const at = createKitchen();
  await build(at, 'sync', createFiles());
  expect(findSaved(at)).toBeDefined();
});

// Launchers are written before what was read is looked at, and listed after that.
test.each([1, 2])('a file that changes when the launchers are read for time %i is not what was saved', async (nth) => {
  const at = createKitchen();
  await build(
    at,
    'sync',
    changeAtRead(nth, () => writeFileSync(at('text'), 'stew')),
  );
  expect(findSaved(at)).toBeUndefined();
  expect(readFileSync(at('text'), 'utf8')).toBe('stew');
});

test('settings that are removed while a sync is at work are not saved as absent', async () => {
  const at = createKitchen();
  writeFileSync(at('galley.json'), '{ "offline": true }');
  await build(
    at,
    'sync',
    changeAtRead(1, () => rmSync(at('galley.json'))),
  );
  expect(findSaved(at)).toBeUndefined();
});

test('where what was saved cannot be removed, it still counts, and all that it needs stays wanted', async () => {
  const at = createKitchen();
  await build(at, 'sync', createFiles());
  const saved = findSaved(at);
  const wanted = () => (JSON.parse(readFileSync(saved?.lease ?? '', 'utf8')) as { names: string[] }).names;
  const [before = ''] = wanted();
  writeFileSync(at('text'), 'stew');
  const files = createFiles();
  const refused = new Failure('IO_ERROR', 'Read-only file system');
  const unlink = async (file: string) => (file === at(SAVED_FILE) ? Promise.reject(refused) : files.unlink(file));
  await build(at, 'install', { ...files, unlink });
  expect(wanted()).toHaveLength(2);
  expect(wanted()).toContain(before);
  await build(at, 'install', files);
  expect(wanted()).not.toContain(before);
});
