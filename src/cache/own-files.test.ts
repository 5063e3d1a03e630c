import * as fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { DRAFT, makeTemporaryCache } from './testing/temporary-cache.ts';

it('an asset has files of its own, also where its install has linked to others', async () => {
  await using here = await makeTemporaryCache();
  const own = path.join(here.top, 'own.txt');
  fs.writeFileSync(own, 'own', { mode: 0o644 });
  fs.utimesSync(own, 1000, 1000);
  const entry = await here.begin();
  const { installDir } = entry.dirs;
  fs.mkdirSync(path.join(installDir, 'sub'));
  for (const name of ['linked', 'sub/again']) fs.linkSync(own, path.join(installDir, name));
  fs.writeFileSync(path.join(installDir, 'one'), 'one');
  fs.linkSync(path.join(installDir, 'one'), path.join(installDir, 'two'));
  const { ino } = fs.statSync(path.join(installDir, 'one'));
  fs.chmodSync(path.join(installDir, 'sub'), 0o555);
  const asset = await entry.publish(DRAFT);
  await entry.release();
  fs.appendFileSync(own, ' and changed');
  const stat = (name: string) => fs.statSync(path.join(asset.assetDir, name));
  expect(fs.statSync(own)).toMatchObject({ mode: 0o100644, nlink: 1 });
  expect(await here.cache.verify(asset)).toEqual([]);
  expect(stat('linked')).toMatchObject({ size: 3, nlink: 2, mtimeMs: 1_000_000, mode: 0o100444 });
  expect([stat('sub/again').ino, stat('one').ino, stat('two').ino]).toEqual([stat('linked').ino, ino, ino]);
  expect(stat('sub').mode & 0o777).toBe(0o555);
  expect(asset.record.files).toBe(4);
});
