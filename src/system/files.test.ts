import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errnoOf } from './errno.ts';
import { createFiles } from './files.ts';
import type { FileOperation } from './oplog.ts';

let top: string;
let log: FileOperation[];
let files: ReturnType<typeof createFiles>;

beforeEach(() => {
  top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-files-')));
  log = [];
  files = createFiles({ record: (operation) => log.push(operation) });
});
afterEach(async () => files.removeTree(top));

const at = (name: string) => path.join(top, name);
/** What was done, with paths relative to the test's directory and random names replaced. */
const story = () =>
  log.map(({ op, path: file }) => `${op} ${path.relative(top, file).replace(/\.[0-9a-f]{12}\.tmp$/, '.tmp') || '.'}`);

function makeTree(dir: string): void {
  fs.mkdirSync(path.join(dir, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'bin/tool'), 'tool', { mode: 0o755 });
  fs.writeFileSync(path.join(dir, 'text'), 'text', { mode: 0o640 });
  fs.symlinkSync('bin/tool', path.join(dir, 'link'));
  fs.utimesSync(path.join(dir, 'text'), 1000, 1000);
}

describe('an atomic write', () => {
  it('makes the bytes safe before the name, and then the name', async () => {
    await files.writeAtomic(at('f'), 'new', { mode: 0o600 });
    expect(story()).toEqual(['write .f.tmp', 'write .f.tmp', 'fsync .f.tmp', 'rename f', 'fsync-dir .']);
    expect(fs.statSync(at('f')).mode & 0o777).toBe(0o600);
  });

  it('leaves the old file and nothing else when it fails', async () => {
    fs.mkdirSync(at('f'));
    fs.writeFileSync(at('f/x'), '');
    await expect(files.writeAtomic(at('f'), 'new')).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect(fs.readdirSync(top)).toEqual(['f']);
  });

  it('takes what comes piece by piece, and nothing when that breaks off', async () => {
    const pieces = async function* (end?: Error) {
      yield Buffer.from('ne');
      yield Buffer.from('w');
      if (end) throw end;
    };
    await files.writeAtomic(at('f'), pieces());
    await expect(files.writeAtomic(at('f'), pieces(new Error('enough')))).rejects.toThrow('enough');
    expect([fs.readdirSync(top), fs.readFileSync(at('f'), 'utf8')]).toEqual([['f'], 'new']);
  });

  it('replaces a link and does not write through it', async () => {
    fs.writeFileSync(at('target'), 'old');
    fs.symlinkSync('target', at('f'));
    await files.writeAtomic(at('f'), 'new');
    expect(fs.readFileSync(at('target'), 'utf8')).toBe('old');
  });

  it('does not happen when the content is there already', async () => {
    expect(await files.writeIfChanged(at('f'), 'same')).toBe(true);
    log.length = 0;
    expect(await files.writeIfChanged(at('f'), 'same')).toBe(false);
    expect(log).toEqual([]);
  });
});

describe('a refusal of the system', () => {
  it('names the path and the errno', async () => {
    const failure = await files.readText(at('missing')).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'IO_ERROR',
      message: `Cannot read "${at('missing')}": no such file or directory`,
      facts: { path: at('missing'), errno: 'ENOENT' },
      transient: false,
    });
  });

  it('of a copy names both ends: either may be the cause', async () => {
    fs.writeFileSync(at('from'), '');
    const copy = files.copyFile(at('from'), at('nowhere/to'));
    await expect(copy).rejects.toThrow(`Cannot copy "${at('from')}" to "${at('nowhere/to')}": no such file`);
  });

  it('is NO_SPACE with a hint when the disk is full', async () => {
    await using full = await files.openWriter('/dev/full', { start: 'replace' });
    const failure = await full.write(Buffer.from('x')).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'NO_SPACE', facts: { errno: 'ENOSPC' } });
  });
});

describe('a tree', () => {
  it('is copied with modes and times, links as links, and other files replaced', async () => {
    makeTree(at('a'));
    fs.mkdirSync(at('b'));
    fs.writeFileSync(at('outside'), 'outside');
    fs.symlinkSync('../outside', at('b/text'));
    await files.copyTree(at('a'), at('b'));
    expect(fs.readlinkSync(at('b/link'))).toBe('bin/tool');
    expect(fs.statSync(at('b/bin/tool')).mode & 0o777).toBe(0o755);
    expect(fs.lstatSync(at('b/text'))).toMatchObject({ mtimeMs: 1_000_000 });
    expect(fs.readFileSync(at('outside'), 'utf8')).toBe('outside');
  });

  it('is not copied when it holds a pipe, or into itself', async () => {
    makeTree(at('a'));
    fs.mkdirSync(at('a/inner'));
    await expect(files.copyTree(at('a'), at('a/inner'))).rejects.toThrow('the copy would be inside it');
    execFileSync('mkfifo', [at('a/pipe')]);
    await expect(files.copyTree(at('a'), at('b'))).rejects.toThrow('it is a device, a pipe or a socket');
  });

  it('is moved, but never onto something', async () => {
    makeTree(at('a'));
    fs.mkdirSync(at('empty'));
    fs.writeFileSync(at('file'), 'kept');
    for (const [from, to] of [
      ['a', 'empty'],
      ['a', 'file'],
      ['a/text', 'file'],
      ['a/link', 'empty'],
    ] as const) {
      expect(errnoOf(await files.moveTree(at(from), at(to)).catch((e: unknown) => e))).toBe('EEXIST');
    }
    await files.moveTree(at('a'), at('b'));
    await files.moveTree(at('b/text'), at('moved'));
    expect(fs.readdirSync(top).sort()).toEqual(['b', 'empty', 'file', 'moved']);
    expect(fs.readdirSync(at('b')).sort()).toEqual(['bin', 'link']);
  });

  it.skipIf(!fs.existsSync('/dev/shm'))('is moved across file systems (needs /dev/shm)', async () => {
    const far = fs.mkdtempSync('/dev/shm/galley-files-');
    try {
      makeTree(at('a'));
      await files.moveTree(at('a'), path.join(far, 'a'));
      expect(fs.readdirSync(far)).toEqual(['a']);
      expect(fs.readFileSync(path.join(far, 'a/bin/tool'), 'utf8')).toBe('tool');
      expect(fs.existsSync(at('a'))).toBe(false);
    } finally {
      fs.rmSync(far, { recursive: true });
    }
  });

  it('is removed without following links', async () => {
    makeTree(at('a'));
    fs.mkdirSync(at('kept'));
    fs.writeFileSync(at('kept/f'), '');
    fs.symlinkSync('../kept', at('a/out'));
    await files.removeTree(at('a'));
    await files.removeTree(at('never/was'));
    expect(fs.readdirSync(top)).toEqual(['kept']);
    expect(fs.readdirSync(at('kept'))).toEqual(['f']);
  });

  it('is listed sorted, directories before what is in them', async () => {
    makeTree(at('a'));
    const listed = (await files.listTree(at('a'))).map(({ path: name, kind }) => `${name} ${kind}`);
    expect(listed).toEqual(['bin dir', 'bin/tool file', 'link link', 'text file']);
  });

  it('is made safe from the leaves up', async () => {
    makeTree(at('a'));
    await files.syncTree(at('a'));
    expect(story().sort()).toEqual(['fsync a/bin/tool', 'fsync a/text', 'fsync-dir a', 'fsync-dir a/bin'].sort());
    expect(story().slice(-2)).toEqual(['fsync-dir a/bin', 'fsync-dir a']);
  });

  it.skipIf(process.platform !== 'linux')('is made safe with its file system when it is large', async () => {
    fs.mkdirSync(at('a'));
    for (let i = 0; i < 501; i++) fs.writeFileSync(at(`a/${i}`), '');
    await files.syncTree(at('a'));
    expect(story()).toEqual(['sync-fs a']);
  });
});

/** Root may write anything, so this runs as somebody else. */
const AS_NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '--input-type=module', '-e'];

describe('a read-only tree', () => {
  it.skipIf(process.getuid?.() !== 0)(
    'cannot be written to, and can be removed by its owner (needs root)',
    async () => {
      fs.chmodSync(top, 0o777);
      const script = `
      import * as fs from 'node:fs';
      import { createFiles } from ${JSON.stringify(path.join(import.meta.dirname, 'files.ts'))};
      const files = createFiles();
      fs.mkdirSync('a/b', { recursive: true });
      fs.writeFileSync('a/b/f', 'x', { mode: 0o200 });
      await files.makeReadOnly(process.cwd() + '/a');
      try { fs.writeFileSync('a/b/new', ''); } catch (error) { console.log(error.code); }
      console.log((fs.statSync('a/b/f').mode & 0o777).toString(8), (fs.statSync('a').mode & 0o777).toString(8));
      await files.removeTree(process.cwd() + '/a');
      console.log(fs.readdirSync('.').length);
    `;
      const output = execFileSync('setpriv', [...AS_NOBODY, script], {
        cwd: top,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(output).toBe('EACCES\n400 555\n0\n');
    },
  );
});

describe('a directory', () => {
  it('is made with those above it, once', async () => {
    await Promise.all([files.ensureDir(at('x/y/z')), files.ensureDir(at('x/y/z'))]);
    log.length = 0;
    await files.ensureDir(at('x/y/z'));
    expect(log).toEqual([]);
    fs.writeFileSync(at('file'), '');
    await expect(files.ensureDir(at('file'))).rejects.toMatchObject({ code: 'IO_ERROR' });
  });

  it.skipIf(process.platform !== 'linux')(
    'is refused where nothing can be made, though nothing is missing',
    async () => {
      const failure = { code: 'IO_ERROR', facts: { path: '/proc/nowhere', errno: 'ENOENT' } };
      await expect(files.ensureDir('/proc/nowhere/in')).rejects.toMatchObject(failure);
    },
  );
});
