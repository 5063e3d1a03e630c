import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLayout, type EntryRef, parseEntryName, parseLockName } from './layout.ts';

const layout = createLayout('/c');
const REF: EntryRef = { identity: 'acme-x.tool-kit@r1-beta', platform: 'linux-x86_64', key: '0123abcd' };

describe('the names in a cache', () => {
  it('are those of the contract', () => {
    const { entryDir, assetDir, fetchDir, installDir, stageDir, tmpDir, markerFile, fingerprintFile } =
      layout.entry(REF);
    const inEntry = [assetDir, fetchDir, installDir, stageDir, tmpDir, markerFile, fingerprintFile];
    expect(inEntry.map((file) => path.relative(entryDir, file))).toEqual([
      'asset',
      'fetch',
      'install',
      'work/stage',
      'work/tmp',
      'galley-complete',
      'galley-fingerprint',
    ]);
    const { recipesDir, downloadsDir, depotsDir, logsDir, locksDir, projectLeasesDir, runLeasesDir, gateFile } = layout;
    const inCache = [recipesDir, downloadsDir, depotsDir, logsDir, locksDir, projectLeasesDir, runLeasesDir, gateFile];
    expect(inCache.map((file) => path.relative('/c', file))).toEqual([
      'recipes',
      'downloads',
      'depots',
      'logs',
      'locks',
      'leases/projects',
      'leases/runs',
      'locks/gc.lock',
    ]);
  });

  it('of an entry, tell what it is', () => {
    const { entryDir } = layout.entry(REF);
    expect(entryDir).toBe('/c/assets/acme-x.tool-kit@r1-beta/linux-x86_64-0123abcd');
    expect(layout.refOf(entryDir)).toEqual(REF);
    expect(layout.nameOf(REF)).toBe('assets/acme-x.tool-kit@r1-beta/linux-x86_64-0123abcd');
    expect(() => layout.refOf('/c/assets/acme.tool@r1')).toThrow(
      '"/c/assets/acme.tool@r1" is not the directory of an entry',
    );
  });

  it('of a lock, tell what was locked, for whoever clears away after its owner', () => {
    const nameOf = (file: string): string => path.relative('/c/locks', file);
    expect(parseLockName(nameOf(layout.lockFile(REF)))).toEqual({ entry: REF });
    expect(parseLockName(nameOf(layout.scratchLockFile('0123456789ab')))).toEqual({ scratch: '0123456789ab' });
    for (const name of ['gc', '0123-udev', '0123-scratch-ab', 'scratch-', 'scratch-xyz', 'scratch-cafe']) {
      expect(parseLockName(nameOf(layout.namedLockFile(name)))).toBeUndefined();
    }
    expect(parseLockName(`${nameOf(layout.lockFile(REF))}.lock`)).toBeUndefined();
    expect(parseLockName(nameOf(layout.scratchLockFile('0123456789ab.lock')))).toBeUndefined();
  });

  it.each([
    '',
    'linux',
    'linux-x86_64',
    'linux-x86_64-',
    'linux-x86_64-01.gone',
    '.linux-x86_64-01',
    'linux-x86_64-0_1',
  ])('that are no entry, as "%s", are none', (name) => expect(parseEntryName('acme.tool@r1', name)).toBeUndefined());

  it.each(['cakes', '..', ''])('that are of no recipe, as "%s", are none', (identity) =>
    expect(parseEntryName(identity, 'linux-x86_64-0123')).toBeUndefined(),
  );
});
