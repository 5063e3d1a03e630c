// What a sync saves when files change at moments that no process can be stopped at.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultSettings } from '../cli/read-settings.ts';
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

/** Whether a sync would be answered by what another one, with these files, has saved. */
async function isSavedBy(at: (name: string) => string, files: Files): Promise<boolean> {
  const invocation = { argv: ['sync'], cwd: at('.') };
  // More than a tick after the project was written.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const services = createServices({
    env: { HOME: at('home'), PATH: process.env.PATH },
    cwd: at('.'),
    stdin: async function* () {},
    invocation: { ...invocation, isBrief: true, startedAt: Date.now() },
    files,
    emit: () => {},
    isLagging: () => false,
    signal: new AbortController().signal,
  });
  try {
    const settings = { ...defaultSettings({ env: {} }), cacheRoot: at('../cache') };
    const session = await openSession(services, settings);
    const answer = await session.build({ queries: [], goal: 'sync', deploy: true, checkAssets: false });
    expect(answer.failures).toEqual([]);
  } finally {
    await services.close();
  }
  const env = { HOME: at('home') };
  return findCurrent(at(SAVED_FILE), { version: VERSION, invocation, env }) !== undefined;
}

/** Files of which one changes, to as many bytes, when the list of launchers is read for the nth time. */
function changeAtRead(nth: number, changed: string): Files {
  const files = createFiles();
  let reads = 0;
  return {
    ...files,
    findText: async (file) => {
      if (path.basename(file) === 'launchers.json' && ++reads === nth) writeFileSync(changed, 'stew');
      return await files.findText(file);
    },
  };
}

test('a sync of files that nobody changes is saved', async () => {
  expect(await isSavedBy(createKitchen(), createFiles())).toBe(true);
});

// Launchers are written before what was read is looked at, and listed after that.
test.each([1, 2])('a file that changes when the launchers are read for time %i is not what was saved', async (nth) => {
  const at = createKitchen();
  expect(await isSavedBy(at, changeAtRead(nth, at('text')))).toBe(false);
  expect(readFileSync(at('text'), 'utf8')).toBe('stew');
});
