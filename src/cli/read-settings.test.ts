import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFiles } from '../system/files.ts';
import { readSettings } from './read-settings.ts';

const files = createFiles();
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'galley-settings-'));
  await mkdir(path.join(dir, 'project/deep'), { recursive: true });
  await mkdir(path.join(dir, 'config/galley'), { recursive: true });
  await writeFile(path.join(dir, 'project/galley.js'), '');
});
afterEach(() => rm(dir, { recursive: true }));

const settingsIn = async (place: string) => {
  const env = { XDG_CONFIG_HOME: path.join(dir, 'config') };
  return (await readSettings({}, { env, cwd: path.join(dir, place), files })).settings;
};

test('settings of the project win over those of the user when both name one', async () => {
  await writeFile(path.join(dir, 'project/galley.json'), '{ "jobs": 3, "strict": true }');
  await writeFile(path.join(dir, 'config/galley/config.json'), '{ "jobs": 7, "offline": true }');
  const settings = await settingsIn('project/deep');
  expect(settings).toMatchObject({
    jobs: 3,
    strict: true,
    offline: true,
    manifest: path.join(dir, 'project/galley.js'),
  });
});

test('settings are the defaults when there is no project and no configuration', async () => {
  expect(await settingsIn('config')).toMatchObject({ manifest: undefined, offline: false });
});

test.each(['{ "jobs": 3,, }', '[]'])('a settings file is refused by name when it holds %s', async (text) => {
  await writeFile(path.join(dir, 'project/galley.json'), text);
  await expect(settingsIn('project')).rejects.toMatchObject({
    code: 'SETTING_INVALID',
    message: expect.stringContaining('galley.json'),
  });
});
