import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import type { Entry } from './entry.ts';
import type { EntryRef } from './layout.ts';
import { relocateTree } from './relocate.ts';
import { targetOf } from './scan.ts';
import { ScannedFiles } from './scanned.ts';
import { DRAFT, makeTemporaryCache, REF, type TemporaryCache } from './testing/temporary-cache.ts';

let here: TemporaryCache;
let entry: Entry;
beforeEach(async () => {
  here = await makeTemporaryCache();
  entry = await here.begin();
});
afterEach(async () => {
  await entry.release();
  await here[Symbol.asyncDispose]();
});

const installed = (name: string): string => path.join(entry.dirs.installDir, name);
const inAsset = (name: string): string => path.join(entry.dirs.assetDir, name);

function compile(name: string, source: string, ...flags: string[]): void {
  const file = path.join(entry.dirs.stageDir, 'a.c');
  fs.writeFileSync(file, source);
  execFileSync('cc', [file, '-o', installed(name), ...flags]);
}

describe('an install that names its own directory', () => {
  it('is rewritten where it is text, with the same mode, time and encoding', async () => {
    const { installDir, assetDir } = entry.dirs;
    const text = (dir: string) => Buffer.from(`prefix=${dir}/lib:${dir}\xe9\n`, 'latin1');
    fs.writeFileSync(installed('tool.pc'), text(installDir), { mode: 0o644 });
    fs.writeFileSync(installed('tool'), `#!/bin/sh\nexec ${installDir}/real\n`, { mode: 0o755 });
    fs.utimesSync(installed('tool.pc'), 1000, 1000);
    fs.symlinkSync(`${installDir}/tool.pc`, installed('link'));
    const asset = await entry.publish(DRAFT);
    expect(fs.readFileSync(inAsset('tool.pc'))).toEqual(text(assetDir));
    expect(fs.readlinkSync(inAsset('link'))).toBe(`${assetDir}/tool.pc`);
    expect(fs.statSync(inAsset('tool.pc'))).toMatchObject({ mtimeMs: 1_000_000, mode: 0o100444 });
    expect(fs.readFileSync(inAsset('tool'), 'utf8')).toBe(`#!/bin/sh\nexec ${assetDir}/real\n`);
    expect(fs.statSync(inAsset('tool')).mode).toBe(0o100555);
    expect(await here.cache.verify(asset)).toEqual([]);
    expect(asset.record).toMatchObject({ files: 2, runtime: [] });
  });

  it('is rewritten without being in memory as a whole, and can be given up on the way', async () => {
    const { installDir, assetDir } = entry.dirs;
    const long = (dir: string) => `${dir}/lib\n${'x'.repeat(1000)}`.repeat(1000);
    fs.writeFileSync(installed('long'), long(installDir));
    const files = createFiles();
    const readBytes = async () => Promise.reject(new Error('all of it'));
    const target = targetOf(here.cache.layout, entry.dirs);
    const stop = new AbortController();
    const install = { paths: entry.dirs, target, scanned: new ScannedFiles(target), signal: stop.signal };
    const { digests, sizeBytes } = await relocateTree({ ...files, readBytes }, install);
    expect(fs.readFileSync(installed('long'), 'utf8')).toBe(long(assetDir));
    expect([digests.get('long'), sizeBytes]).toEqual([sha256OfBytes(long(assetDir)), long(assetDir).length]);
    fs.writeFileSync(installed('long'), long(installDir));
    const writeAtomic: typeof files.writeAtomic = (...args) => {
      stop.abort(new Error('enough'));
      return files.writeAtomic(...args);
    };
    await expect(relocateTree({ ...files, writeAtomic }, install)).rejects.toThrow('enough');
    expect([fs.readdirSync(installDir), fs.readFileSync(installed('long'), 'utf8')]).toEqual([
      ['long'],
      long(installDir),
    ]);
  });

  it('is refused where it is not, with all the files', async () => {
    fs.writeFileSync(installed('a.pyc'), `\0${entry.dirs.installDir}`);
    fs.writeFileSync(installed('b.pyc'), `\0${entry.dirs.installDir}`);
    const failure = await entry.publish(DRAFT).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ASSET_NAMES_WORK_DIR', facts: { files: ['a.pyc', 'b.pyc'] } });
    expect(String(failure)).toContain('its final path: "a.pyc", "b.pyc" would still name the work directory');
    expect(await here.cache.find(REF)).toBeUndefined();
  });

  it('is refused with the first five names where there are many', async () => {
    for (const name of 'gfedcba') fs.writeFileSync(installed(name), `\0${entry.dirs.installDir}`);
    const failure = await entry.publish(DRAFT).catch((error: unknown) => error);
    expect(String(failure)).toContain(': "a", "b", "c", "d", "e" and 2 more would still');
  });
});

describe('an install that names the work directory', () => {
  it('is published with a warning when that is in text or in debug information', async () => {
    fs.writeFileSync(installed('program'), `\x7fELF\0${entry.dirs.stageDir}`);
    fs.writeFileSync(installed('build.log'), `in ${entry.dirs.stageDir}`);
    fs.writeFileSync(installed('other'), 'of nothing');
    expect((await entry.publish(DRAFT)).warnings).toEqual(['build.log', 'program']);
  });

  it('is refused when that is a #! line, a link or the load commands of Mach-O', async () => {
    const command = Buffer.from(`${'\0'.repeat(32)}${entry.dirs.stageDir}/lib\0`);
    command.writeUInt32LE(0xfeedfacf, 0);
    command.writeUInt32LE(command.length - 32, 20);
    fs.writeFileSync(installed('macho'), command);
    fs.writeFileSync(installed('script'), `#!${entry.dirs.stageDir}/sh\n`);
    fs.symlinkSync(`${entry.dirs.stageDir}/x`, installed('symlink'));
    const failure = await entry.publish(DRAFT).catch((error: unknown) => error);
    expect(failure).toMatchObject({ facts: { files: ['macho', 'script', 'symlink'] } });
  });

  it.skipIf(process.platform !== 'linux')('is told apart in real programs: rpath refused, debug allowed', async () => {
    compile('debug', 'int main(void) { return 0; }', '-g');
    compile('rpath', 'int main(void) { return 0; }', `-Wl,-rpath,${entry.dirs.stageDir}/lib`);
    compile('interpreter', 'int main(void) { return 0; }', `-Wl,--dynamic-linker=${entry.dirs.tmpDir}/ld.so`);
    const failure = await entry.publish(DRAFT).catch((error: unknown) => error);
    expect(failure).toMatchObject({ facts: { files: ['interpreter', 'rpath'] } });
    fs.unlinkSync(installed('rpath'));
    fs.unlinkSync(installed('interpreter'));
    expect((await entry.publish(DRAFT)).warnings).toEqual(['debug']);
  });
});

describe('an install that names other assets', () => {
  it('records them as runtime references, also those in links', async () => {
    const ref = (key: string): EntryRef => ({ ...REF, key });
    const assetDir = (key: string) => here.cache.layout.assetDir(ref(key));
    fs.writeFileSync(installed('a'), `\0-L${assetDir('00bb')}/lib:${assetDir('00cc')}/lib`);
    fs.symlinkSync(assetDir('00dd'), installed('link'));
    fs.symlinkSync(`/elsewhere${assetDir('00ee')}`.replace(here.top, ''), installed('foreign'));
    expect((await entry.publish(DRAFT)).record.runtime).toEqual(['00bb', '00cc', '00dd']);
  });
});

it('an install with a pipe in it is refused', async () => {
  execFileSync('mkfifo', [installed('pipe')]);
  const failure = await entry.publish(DRAFT).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'INVALID_RESULT', hint: 'Remove it in the install verb' });
  expect(String(failure)).toContain('it is a device, a pipe or a socket');
});
