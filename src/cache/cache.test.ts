import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import type { HeldLock } from '../system/lock.ts';
import type { Command } from '../system/orphans.ts';
import { temporaryName } from '../system/temporary.ts';
import { openCache } from './cache.ts';
import { makeScratch } from './scratch.ts';
import { makeTemporaryCache, REF, surroundings, type TemporaryCache } from './testing/temporary-cache.ts';

const never = new AbortController().signal;
let here: TemporaryCache;
beforeEach(async () => {
  here = await makeTemporaryCache();
});
afterEach(() => here[Symbol.asyncDispose]());

const at = (name: string) => path.join(here.top, name);
const open = (rootDir: string) => openCache({ rootDir, files: here.files, ...surroundings() });

describe('the root of a cache', () => {
  it('is real, also when it was named through a link', async () => {
    fs.symlinkSync('cache', at('link'));
    expect((await open(at('link'))).layout.rootDir).toBe(at('cache'));
  });

  it('is refused when it holds something else', async () => {
    fs.mkdirSync(at('home'));
    fs.writeFileSync(at('home/thesis'), '');
    await expect(open(at('home'))).rejects.toMatchObject({ code: 'CACHE_SCHEMA' });
    expect(fs.readdirSync(at('home'))).toEqual(['thesis']);
  });

  it('is refused when it holds a name that begins with a dot', async () => {
    fs.mkdirSync(at('home/.ssh'), { recursive: true });
    await expect(open(at('home'))).rejects.toThrow('it holds ".ssh" and is no cache of galley');
  });

  it('is never the root of all files, nor a home, also when that is empty or was taken for a cache before', async () => {
    await expect(open('/')).rejects.toThrow('Cannot use "/" as a cache: it is the root of all files');
    fs.symlinkSync('cache', at('link'));
    const openAs = (homeDir: string) =>
      openCache({ rootDir: at('cache'), homeDir, files: here.files, ...surroundings() });
    await expect(openAs(at('link'))).rejects.toMatchObject({
      message: `Cannot use "${at('cache')}" as a cache: it is your home directory`,
      hint: `Choose an empty or new directory with --cache-root, such as "${at('cache/galley-cache')}"`,
    });
    for (const other of [at('nowhere'), here.top]) expect((await openAs(other)).layout.rootDir).toBe(at('cache'));
  });

  it.each(['', 'x', '1x', '-1'])('is refused when its schema is "%s"', async (schema) => {
    fs.writeFileSync(at('cache/schema'), schema);
    await expect(open(at('cache'))).rejects.toThrow('is no cache of galley');
  });

  it('may be a fresh file system, and a directory that something has looked at', async () => {
    for (const name of ['home', 'home/lost+found', 'home/.DS_Store']) fs.mkdirSync(at(name));
    fs.writeFileSync(at(`home/${temporaryName('schema')}`), '');
    expect((await open(at('home'))).layout.rootDir).toBe(at('home'));
    expect(fs.readFileSync(at('home/schema'), 'utf8')).toBe('1\n');
  });

  it('is a directory of its own beside that of another schema', async () => {
    fs.writeFileSync(at('cache/schema'), '99\n');
    expect((await open(at('cache'))).layout.rootDir).toBe(at('cache/schema-1'));
    expect((await open(at('cache'))).layout.rootDir).toBe(at('cache/schema-1'));
    expect(fs.readFileSync(at('cache/schema'), 'utf8')).toBe('99\n');
  });
});

describe('the download store', () => {
  const bytes = 'downloaded';
  const sha256 = sha256OfBytes(bytes);

  async function store() {
    const { downloads } = here.cache;
    const part = downloads.partFile('part');
    fs.writeFileSync(part, bytes);
    return await downloads.adopt(part, sha256);
  }

  it('takes a finished part in and gives copies out', async () => {
    expect(await here.cache.downloads.find(sha256)).toBeUndefined();
    const stored = await store();
    expect(stored).toEqual({ file: at(`cache/downloads/sha256/${sha256.slice(0, 2)}/${sha256}`), sizeBytes: 10 });
    expect(await here.cache.downloads.find(sha256)).toEqual(stored);
    await here.cache.downloads.checkout(sha256, at('copy'), never);
    fs.writeFileSync(at('copy'), 'changed');
    expect(fs.readFileSync(stored.file, 'utf8')).toBe(bytes);
    expect(fs.readdirSync(at('cache/downloads/parts'))).toEqual([]);
  });

  it('neither hashes nor copies for who is gone, and keeps what it has', async () => {
    const stored = await store();
    const gone = AbortSignal.abort(new Error('stop'));
    await expect(here.cache.downloads.checkout(sha256, at('copy'), gone)).rejects.toThrow('stop');
    await expect(here.cache.downloads.findIntact(sha256, gone)).rejects.toThrow('stop');
    expect(await here.cache.downloads.find(sha256)).toEqual(stored);
    expect(fs.existsSync(at('copy'))).toBe(false);
  });

  it('makes a download safe before it has its name, and the name before it counts on it', async () => {
    const operations: string[] = [];
    const files = createFiles({ record: ({ op, path: file }) => operations.push(`${op} ${path.basename(file)}`) });
    const { downloads } = await openCache({ rootDir: at('cache'), files, ...surroundings() });
    fs.writeFileSync(downloads.partFile('part'), bytes);
    operations.length = 0;
    await downloads.adopt(downloads.partFile('part'), sha256);
    const shelf = sha256.slice(0, 2);
    expect(
      operations.filter((each) => / (part|[0-9a-f]{2}|[0-9a-f]{64})$/.test(each) && !each.startsWith('mkdir')),
    ).toEqual(['fsync part', `rename ${sha256}`, `fsync-dir ${shelf}`]);
  });

  it('has no directory for a file', async () => {
    fs.mkdirSync(at(`cache/downloads/sha256/${sha256.slice(0, 2)}/${sha256}`), { recursive: true });
    expect(await here.cache.downloads.find(sha256)).toBeUndefined();
  });

  it('notices a file that has changed, and forgets it', async () => {
    const { file } = await store();
    fs.writeFileSync(file, 'downloadeD');
    await expect(here.cache.downloads.checkout(sha256, at('copy'), never)).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      message: `Cannot use "${file}" from the download store: its content has changed`,
      facts: { path: file, expected: sha256, actual: sha256OfBytes('downloadeD') },
      transient: true,
    });
    expect(await here.cache.downloads.find(sha256)).toBeUndefined();
    expect(fs.existsSync(at('copy'))).toBe(false);
  });

  it('does not find a file that has changed, where its content counts, and forgets it', async () => {
    expect(await here.cache.downloads.findIntact(sha256, never)).toBeUndefined();
    const stored = await store();
    expect(await here.cache.downloads.findIntact(sha256, never)).toEqual(stored);
    fs.writeFileSync(stored.file, 'downloadeD');
    expect(await here.cache.downloads.findIntact(sha256, never)).toBeUndefined();
    expect(fs.existsSync(stored.file)).toBe(false);
  });
});

describe('a recipe in the cache', () => {
  it('is made once, read-only, and not at all when making it fails', async () => {
    const make = (content: string) => (dir: string) => here.files.writeAtomic(path.join(dir, 'recipe.js'), content);
    const failing = here.cache.ensureRecipe('acme.a@r1', 'd1', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    const dirs = await Promise.all(['1', '2'].map((text) => here.cache.ensureRecipe('acme.a@r1', 'd1', make(text))));
    expect(dirs[0]).toBe(dirs[1]);
    expect(fs.readdirSync(path.dirname(dirs[0] as string))).toEqual(['d1', 'd1.fingerprint']);
    expect(fs.statSync(`${dirs[0]}/recipe.js`).mode & 0o222).toBe(0);
    await here.cache.ensureRecipe('acme.a@r1', 'd1', () => Promise.reject(new Error('made twice')));
  });
});

describe('the inventory', () => {
  it('tells complete entries from others and adds up their bytes', async () => {
    await here.publish({ a: '12345' });
    const unfinished = await here.begin({ ...REF, key: '00ff' });
    await unfinished.release();
    const states = await Array.fromAsync(here.cache.entries());
    expect(states.map(({ ref, record }) => [ref.key, record?.sizeBytes])).toEqual([
      ['00ff', undefined],
      [REF.key, 5],
    ]);
  });
});

describe('a scratch directory', () => {
  it('is there until it is disposed', async () => {
    let dir: string;
    {
      await using scratch = await here.cache.scratch(new AbortController().signal);
      dir = scratch.dir;
      expect(fs.statSync(dir).isDirectory()).toBe(true);
    }
    expect(fs.existsSync(dir)).toBe(false);
    expect(fs.readdirSync(at('cache/locks'))).toEqual([]);
  });

  it('holds its commands by its lock', async () => {
    const held: number[] = [];
    const holdCommand = ({ target }: Command) => ({ [Symbol.dispose]: () => void held.push(target) });
    const lock = { anchor: () => {}, holdCommand, release: async () => {} } as unknown as HeldLock;
    await using scratch = await makeScratch(here.files, here.cache.layout, async () => lock);
    scratch.holdCommand({ target: 7, mark: 'A=b' })[Symbol.dispose]();
    expect(held).toEqual([7]);
  });

  it.each(['ensureDir', 'removeTree'] as const)('leaves no lock when %s is refused', async (name) => {
    const work = async () => {
      await using _ = await here.cache.scratch(new AbortController().signal);
    };
    const allowed = here.files[name];
    here.files[name] = () => Promise.reject(new Error('refused'));
    await expect(work()).rejects.toThrow('refused');
    here.files[name] = allowed;
    expect(fs.readdirSync(at('cache/locks'))).toEqual([]);
  });
});
