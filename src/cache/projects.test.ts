import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../model/failure.ts';
import { hostName } from '../system/host.ts';
import type { EntryRef } from './layout.ts';
import { listProjects, projectLeaseFile } from './projects.ts';
import { makeTemporaryCache, REF, type TemporaryCache } from './testing/temporary-cache.ts';

const DAY_MS = 86_400_000;
const LEASE = `${'0'.repeat(32)}.json`;
const OTHER: EntryRef = { ...REF, key: '00ff' };
const nameOf = ({ identity, platform, key }: EntryRef): string => `assets/${identity}/${platform}-${key}`;

let here: TemporaryCache;
let manifest: string;
beforeEach(async () => {
  here = await makeTemporaryCache();
  manifest = path.join(here.top, 'galley.js');
  fs.writeFileSync(manifest, '');
});
afterEach(() => here[Symbol.asyncDispose]());

const keep = (entries: readonly EntryRef[], isWhole = true) => here.cache.keepFor({ manifest, entries, isWhole });
const kept = async (): Promise<string[]> => [...(await here.cache.keptFor(manifest))];
const list = (now = Date.now()) => listProjects({ files: here.files, layout: here.cache.layout }, now);

function write(name: string, content: unknown): void {
  const dir = here.cache.layout.projectLeasesDir;
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('what a project wants kept', () => {
  it('is what its last whole run has used, and the recipes that were looked at for it', async () => {
    await here.cache.ensureRecipe('acme.far@r1', '0abc', (dir) => here.files.writeAtomic(`${dir}/recipe.js`, ''));
    await here.cache.newLog('acme.tool@r1', 'build.log');
    const file = await keep([REF, OTHER]);
    expect(await kept()).toEqual([nameOf(OTHER), nameOf(REF), 'recipes/acme.far@r1/0abc']);
    expect(fs.readdirSync(here.cache.layout.projectLeasesDir)).toEqual([path.basename(file)]);
    here.cache.close();
    await keep([OTHER]);
    expect(await kept()).toEqual([nameOf(OTHER)]);
  });

  it('grows by what a run of a part has used', async () => {
    await keep([REF]);
    await keep([OTHER], false);
    expect(await kept()).toEqual([nameOf(OTHER), nameOf(REF)]);
  });

  it('is nothing before its first run, and other projects have their own', async () => {
    expect(await kept()).toEqual([]);
    await keep([REF]);
    expect([...(await here.cache.keptFor(path.join(here.top, 'other/galley.js')))]).toEqual([]);
  });

  it('was used until it was left, which its fingerprint remembers', async () => {
    await here.publish({ tool: 'tool' });
    await here.publish({ tool: 'other' }, OTHER);
    const usedAt = (ref: EntryRef) => fs.statSync(here.cache.layout.entry(ref).fingerprintFile).mtimeMs;
    for (const ref of [REF, OTHER]) fs.utimesSync(here.cache.layout.entry(ref).fingerprintFile, 0, 0);
    await keep([REF, OTHER]);
    await keep([OTHER]);
    expect(Date.now() - usedAt(REF)).toBeLessThan(60_000);
    expect(usedAt(OTHER)).toBe(0);
  });

  it('may be what a part has used, when that was its first run', async () => {
    await keep([OTHER], false);
    expect(await kept()).toEqual([nameOf(OTHER)]);
  });

  it.each(['ENOENT', 'ENOTDIR', 'EPERM', 'EACCES', 'EROFS'])(
    'may be left where that cannot be noted: %s',
    async (errno) => {
      await keep([REF]);
      const refuse = (code: string) => () =>
        Promise.reject(new Failure('IO_ERROR', `Cannot set the time: ${code}`, { facts: { errno: code } }));
      here.files.setModified = refuse(errno);
      await keep([]);
      expect(await kept()).toEqual([]);
      here.files.setModified = async () => {};
      await keep([REF]);
      here.files.setModified = refuse('EIO');
      await expect(keep([])).rejects.toThrow('EIO');
    },
  );

  it('may be gone when it is left', async () => {
    await here.cache.ensureRecipe('acme.far@r1', '0abc', (dir) => here.files.writeAtomic(`${dir}/recipe.js`, ''));
    await keep([REF]);
    here.cache.close();
    await keep([]);
    expect(await kept()).toEqual([]);
  });

  it('was used by its last run, also when that has changed nothing', async () => {
    const file = await keep([REF]);
    fs.utimesSync(file, 0, 0);
    await keep([REF]);
    expect(Date.now() - ((await list())[0]?.usedAt ?? 0)).toBeLessThan(60_000);
  });
});

describe('a project', () => {
  it('is present as long as its manifest exists, however long it was not used', async () => {
    const file = await keep([REF]);
    const expected = { manifest, host: hostName(), names: [nameOf(REF)], file };
    expect(await list(Date.now() + 9999 * DAY_MS)).toMatchObject([{ ...expected, state: 'present' }]);
    fs.unlinkSync(manifest);
    expect(await list()).toMatchObject([{ ...expected, state: 'gone' }]);
  });

  it('of another host counts for thirty days', async () => {
    write(LEASE, { schema: 1, manifest, host: `not-${hostName()}`, names: [nameOf(REF)] });
    const { mtimeMs } = fs.statSync(path.join(here.cache.layout.projectLeasesDir, LEASE));
    const stateAfter = async (ms: number) => (await list(mtimeMs + ms))[0]?.state;
    expect(await stateAfter(30 * DAY_MS - 1)).toBe('elsewhere');
    expect(await stateAfter(30 * DAY_MS)).toBe('gone');
  });

  it.each(['EACCES', 'EPERM', 'ELOOP', 'EIO', 'ESTALE'])(
    'that we may not look for counts for thirty days: %s',
    async (errno) => {
      const file = await keep([REF]);
      const { findStat, exists } = here.files;
      const refusal = new Failure('IO_ERROR', 'Cannot look at it', { facts: { errno } });
      here.files.exists = (name) => (name === manifest ? Promise.reject(refusal) : exists(name));
      const { mtimeMs } = (await findStat(file)) as { mtimeMs: number };
      const stateAfter = async (ms: number) => (await list(mtimeMs + ms))[0]?.state;
      expect(await stateAfter(30 * DAY_MS - 1)).toBe('elsewhere');
      expect(await stateAfter(30 * DAY_MS)).toBe('gone');
      here.files.exists = () => Promise.reject(new Error('a bug'));
      await expect(list()).rejects.toThrow('a bug');
    },
  );

  it.each([
    ['no manifest', {}],
    ['a manifest that is no path', { manifest: 5 }],
    ['a manifest of nowhere', { manifest: 'galley.js' }],
    ['a manifest that no system knows', { manifest: '/a\0b' }],
    ['no host', { manifest: '/', host: null }],
  ])('that has written %s counts for thirty days, with all of its names that are some', async (_, content) => {
    write(LEASE, { schema: 1, host: hostName(), names: [1, nameOf(REF), null], ...content });
    const { mtimeMs } = fs.statSync(path.join(here.cache.layout.projectLeasesDir, LEASE));
    expect(await list(mtimeMs)).toMatchObject([{ names: [nameOf(REF)], state: 'elsewhere' }]);
    expect(await list(mtimeMs + 30 * DAY_MS)).toMatchObject([{ names: [nameOf(REF)], state: 'gone' }]);
    fs.renameSync(path.join(here.cache.layout.projectLeasesDir, LEASE), projectLeaseFile(here.cache.layout, manifest));
    await keep([OTHER], false);
    expect(await kept()).toEqual([nameOf(OTHER), nameOf(REF)]);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '"text"'],
    ['another schema', { schema: 2, manifest: '/', host: 'here', names: ['x'] }],
    ['no names', { schema: 1, manifest: '/', host: 'here', names: 'x' }],
  ])('that has written %s wants nothing, and is forgotten with the next collection', async (_, content) => {
    write(LEASE, content);
    for (const name of ['README', 'package.json']) write(name, 'no lease');
    expect(await list()).toMatchObject([{ names: [], state: 'gone' }]);
    fs.copyFileSync(
      path.join(here.cache.layout.projectLeasesDir, LEASE),
      projectLeaseFile(here.cache.layout, manifest),
    );
    expect(await kept()).toEqual([]);
    await (await here.cache.care()).collect({}, { dryRun: false });
    expect(fs.readdirSync(here.cache.layout.projectLeasesDir)).toEqual(['README', 'package.json']);
  });
});
