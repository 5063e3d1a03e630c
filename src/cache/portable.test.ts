// An asset leaves one cache and arrives in another: what it is called on the way is the same wherever it comes from.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ARCHIVED_ASSETS, type ArchivedEntry } from '../model/archived-entry.ts';
import type { Sha256 } from '../model/digest.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import { adoptTree } from './adopt.ts';
import { asArchived, MOST_TEXT_BYTES, moveAssets, portableTree } from './portable.ts';
import { scanFile } from './scan.ts';
import { ScannedFiles } from './scanned.ts';

const files = createFiles();
const OWN = 'acme.a@r1/linux-x86_64-00aa';
const OTHER = 'acme.b@r2/linux-x86_64-00bb/asset';
const LONG = 'x'.repeat(300_000);

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-portable-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

/** A tree as it would be in a cache whose assets are in `assets`. */
function makeTree(name: string, assets: string): string {
  const tree = path.join(dir, name);
  fs.mkdirSync(`${tree}/bin`, { recursive: true, mode: 0o700 });
  fs.writeFileSync(`${tree}/bin/run`, `#!${assets}/${OTHER}/bin/sh\n${LONG}${assets}/${OWN}/asset/x`, { mode: 0o700 });
  fs.writeFileSync(`${tree}/plain`, 'nothing of the kind: /c/assets/ is no entry', { mode: 0o600 });
  fs.writeFileSync(`${tree}/latin`, Buffer.from([0xe9, ...Buffer.from(`${assets}/${OTHER}`), 0xff]));
  fs.symlinkSync(`${assets}/${OTHER}/lib`, `${tree}/lib`);
  fs.symlinkSync('bin/run', `${tree}/run`);
  return tree;
}

const portable = (tree: string, assetsDir: string) =>
  portableTree(tree, { files, target: { assetsDir, entryPath: OWN }, assets: ARCHIVED_ASSETS });

it.each([
  [{ path: 'd', kind: 'dir', mode: '0700' } as const, { mode: '0755' }],
  [{ path: 'a', kind: 'file', mode: '0500', sha256: sha256OfBytes('a') } as const, { mode: '0755' }],
  [{ path: 'b', kind: 'file', mode: '0466', sha256: sha256OfBytes('b') } as const, { mode: '0644' }],
  [{ path: 't', kind: 'file', mode: '0644', sha256: sha256OfBytes('t') } as const, { sha256: sha256OfBytes('moved') }],
  [{ path: 'l', kind: 'link', target: 'a' } as const, {}],
])('an archive knows of %j who may execute it', (line, change) => {
  expect(asArchived(line, new Map([['t', sha256OfBytes('moved')]]))).toEqual({ ...line, ...change });
});

describe('a portable tree', () => {
  it('is the same from every cache', async () => {
    const one = await portable(makeTree('one', '/c/assets'), '/c/assets');
    const other = await portable(makeTree('other', '/home/é/cache/assets'), '/home/é/cache/assets');
    expect({ ...one, found: '' }).toEqual({ ...other, found: '' });
    expect(one).toMatchObject({
      texts: ['bin/run', 'latin'],
      links: { lib: `${ARCHIVED_ASSETS}/${OTHER}/lib` },
      ownLinks: { run: 'bin/run' },
      isBound: false,
    });
  });

  it.each([
    ['a program that names an asset', `\0/c/assets/${OTHER}`, true],
    ['a program that names its own asset', `\0/c/assets/${OWN}/asset/share`, true],
    ['a program that mentions where it was built', `\0/c/assets/${OWN}/work/stage/main.c`, false],
    ['a program that names another cache', `\0/d/assets/${OTHER}`, false],
    ['a text that has the words of archives already', `/c/assets/${OTHER} ${ARCHIVED_ASSETS}/${OTHER}`, true],
  ])('with %s: bound to its cache root is %s', async (_, content, isBound) => {
    const tree = path.join(dir, 'tree');
    fs.mkdirSync(tree);
    fs.writeFileSync(`${tree}/file`, content);
    expect((await portable(tree, '/c/assets')).isBound).toBe(isBound);
  });
});

describe('a tree that arrives', () => {
  const refuse = (problem: string) => new Error(problem);

  /** What an archive of the tree would unpack to, and what it would say of it. */
  async function archived(): Promise<{ tree: string; entry: ArchivedEntry }> {
    const from = makeTree('from', '/c/assets');
    const { fingerprint, texts, links } = await portable(from, '/c/assets');
    const tree = path.join(dir, 'unpacked');
    fs.cpSync(from, tree, { recursive: true, verbatimSymlinks: true });
    for (const name of Object.keys(links)) fs.rmSync(`${tree}/${name}`);
    for (const name of texts)
      fs.writeFileSync(`${tree}/${name}`, moveAssets(fs.readFileSync(`${tree}/${name}`), '/c/assets', ARCHIVED_ASSETS));
    const names = { identity: 'acme.a@r1', platform: 'linux-x86_64', key: '00aa' };
    return { tree, entry: { ...names, keyParts: {}, sources: [], runtime: ['00bb'], fingerprint, texts, links } };
  }

  it('is what it would be if it had been made there', async () => {
    const { tree, entry } = await archived();
    await adoptTree(tree, entry, { files, assetsDir: '/other/cache/assets', refuse });
    const made = makeTree('made', '/other/cache/assets');
    for (const name of ['bin/run', 'plain', 'latin'])
      expect(fs.readFileSync(`${tree}/${name}`).equals(fs.readFileSync(`${made}/${name}`)), name).toBe(true);
    for (const name of ['lib', 'run'])
      expect(fs.readlinkSync(`${tree}/${name}`)).toBe(fs.readlinkSync(`${made}/${name}`));
  });

  it('keeps what a text is besides its words: who may run it, and its time', async () => {
    const { tree, entry } = await archived();
    fs.chmodSync(`${tree}/bin/run`, 0o750);
    fs.utimesSync(`${tree}/bin/run`, 1000, 1000);
    await adoptTree(tree, entry, { files, assetsDir: '/d/assets', refuse });
    expect(fs.statSync(`${tree}/bin/run`)).toMatchObject({ mode: 0o100750, mtimeMs: 1_000_000 });
  });

  it('is believed what was learned while it was unpacked, but for what is rewritten', async () => {
    const { tree, entry } = await archived();
    const target = { assetsDir: '/d/assets', entryPath: OWN };
    const scanned = new ScannedFiles(target);
    for (const name of ['plain', 'latin']) scanned.learn(name, await scanFile(files, `${tree}/${name}`, target));
    await adoptTree(tree, entry, { files, assetsDir: '/d/assets', scanned, refuse });
    expect([...scanned.all().keys()]).toEqual(['plain']);
    const other = { ...(await scanFile(files, `${tree}/plain`, target)), sha256: 'ab'.repeat(32) as Sha256 };
    scanned.learn('plain', other);
    const again = adoptTree(tree, entry, { files, assetsDir: '/d/assets', scanned, refuse });
    await expect(again).rejects.toThrow('its tree is not the one that it describes');
  });

  const link = (name: string, target: string): Partial<ArchivedEntry> => ({ links: { [name]: target } });
  const GOOD = `${ARCHIVED_ASSETS}/${OTHER}`;

  it.each<[string, string, Partial<ArchivedEntry>]>([
    ['another fingerprint', 'its tree is not the one', { fingerprint: 'ab'.repeat(32) as Sha256 }],
    ['a text that is a directory', 'its text "bin" is no file', { texts: ['bin'] }],
    ['a text that is not there', 'its text "../x" is no file', { texts: ['../x'] }],
    ['a link below a link', 'has no place', link('run/x', GOOD)],
    ['a link that is called a directory', 'has no place', link('x/', GOOD)],
    ['a link above the tree', 'has no place', link('../x', GOOD)],
    ['a link by a way around', 'has no place', link('bin/../x', GOOD)],
    ['a link by another name', 'has no place', link('./x', GOOD)],
    ['a link in the place of a file', 'has no place', link('plain', GOOD)],
    ['a link whose name ends early', 'has no place', link('x\0', GOOD)],
    ['a link to the assets of nobody', 'leads to', link('x', `${ARCHIVED_ASSETS}/`)],
    ['a link to where no assets are', 'leads to', link('x', `${ARCHIVED_ASSETS}x/${OTHER}`)],
    [
      'a link that only ends like one',
      'leads to',
      link(
        'x',
        GOOD.replace(/^.*assets/, (start) => '/'.repeat(start.length)),
      ),
    ],
    ['a link to an asset below another', 'leads to', link('x', GOOD.replace('assets/', 'assets/x/'))],
    ['a link into an asset and out again', 'leads to', link('x', `${GOOD}/../../x`)],
    ['a link whose target ends early', 'leads to', link('x', `${GOOD}/\0`)],
    ['a link to the work of another entry', 'leads to', link('x', GOOD.replace(/asset$/, 'work'))],
    ['a link to something beside an asset', 'leads to', link('x', `${GOOD}s/x`)],
    ['a link to what it does not need', 'leads to', { runtime: [], ...link('x', GOOD) }],
  ])('is refused with %s', async (_, problem, wrong) => {
    const { tree, entry } = await archived();
    const adoption = { files, assetsDir: '/d/assets', refuse };
    await expect(adoptTree(tree, { ...entry, ...wrong }, adoption)).rejects.toThrow(problem);
    expect(fs.readdirSync(tree)).toEqual(['bin', 'latin', 'plain', 'run']);
  });

  it('may link to its own asset, to all of one that it needs, and below a directory', async () => {
    const { tree, entry } = await archived();
    const links = { 'bin/own': `${ARCHIVED_ASSETS}/${OWN}/asset`, all: GOOD };
    await adoptTree(tree, { ...entry, links }, { files, assetsDir: '/d/assets', refuse });
    expect(fs.readlinkSync(`${tree}/bin/own`)).toBe(`/d/assets/${OWN}/asset`);
    expect(fs.readlinkSync(`${tree}/all`)).toBe(`/d/assets/${OTHER}`);
  });

  it('is given up between two texts', async () => {
    const { tree, entry } = await archived();
    const stop = new AbortController();
    const setModified: typeof files.setModified = async () => stop.abort(new Error('enough'));
    const adoption = { files: { ...files, setModified }, assetsDir: '/d/assets', signal: stop.signal, refuse };
    await expect(adoptTree(tree, entry, adoption)).rejects.toThrow('enough');
    expect(fs.readFileSync(`${tree}/latin`, 'latin1')).toContain(ARCHIVED_ASSETS);
  });

  it('is given up among its links, though making one waits for nothing', async () => {
    const { tree, entry } = await archived();
    const links = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`bin/${index}`, GOOD]));
    const stop = new AbortController();
    const symlink: typeof files.symlink = async (target, link) => {
      if (link.endsWith('/0')) setImmediate(() => stop.abort(new Error('enough')));
      await files.symlink(target, link);
    };
    const adoption = { files: { ...files, symlink }, assetsDir: '/d/assets', signal: stop.signal, refuse };
    await expect(adoptTree(tree, { ...entry, links }, adoption)).rejects.toThrow('enough');
    expect(fs.existsSync(`${tree}/bin/1999`)).toBe(false);
  });

  it('is refused with a text that is too long to be one', async () => {
    const from = path.join(dir, 'big');
    fs.mkdirSync(from);
    fs.writeFileSync(`${from}/long`, '');
    fs.truncateSync(`${from}/long`, MOST_TEXT_BYTES + 1);
    const { entry } = await archived();
    const { fingerprint } = await portable(from, '/c/assets');
    const adopted = adoptTree(
      from,
      { ...entry, fingerprint, texts: ['long'] },
      { files, assetsDir: '/d/assets', refuse },
    );
    await expect(adopted).rejects.toThrow('its text "long" is too long to be one');
  });
});
