import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { openDirInside, openInside } from './confine.ts';
import { createConfinement } from './confinement.ts';
import { errnoOf } from './errno.ts';
import { createFiles } from './files.ts';

const files = createFiles();
let top: string;
let root: string;
let other: string;
let ctx: ReturnType<typeof createConfinement>;

beforeEach(() => {
  top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-confine-')));
  root = path.join(top, 'b');
  other = path.join(top, 'tmp');
  for (const dir of [root, other, path.join(top, 'bc')]) fs.mkdirSync(dir);
  fs.writeFileSync(path.join(top, 'bc', 'secret'), 'secret');
  fs.writeFileSync(path.join(root, 'file'), 'inside');
  ctx = createConfinement({ files, read: [], write: [root, other] });
});
afterEach(() => fs.rmSync(top, { recursive: true, force: true }));

const inRoot = (name: string) => `${root}/${name}`;
const read = (file: string) => ctx.readText(file, 1000);

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function expectOutside(work: Promise<unknown>): Promise<void> {
  const failure = await failureOf(work);
  expect(failure).toMatchObject({ code: 'PATH_OUTSIDE' });
}

describe('a path that leads out', () => {
  it('is refused when it is a sibling whose name begins the same', async () => {
    await expectOutside(read(path.join(top, 'bc', 'secret')));
    await expectOutside(read(inRoot('../bc/secret')));
    fs.mkdirSync(inRoot('x'));
    await expectOutside(read(inRoot('x/../../bc/secret')));
  });

  it('is refused through links of every kind, for reading and for writing', async () => {
    fs.symlinkSync('../bc', inRoot('relative'));
    fs.symlinkSync(path.join(top, 'bc'), inRoot('absolute'));
    fs.symlinkSync('../bc/secret', inRoot('last'));
    for (const name of ['relative/secret', 'absolute/secret', 'last']) {
      await expectOutside(read(inRoot(name)));
      await expectOutside(ctx.write(inRoot(name), 'changed'));
      await expectOutside(ctx.chmod(inRoot(name), 0o777));
      await expectOutside(ctx.copy(inRoot(name), inRoot('copy')));
    }
    await expectOutside(ctx.mkdir(inRoot('relative/new')));
    await expectOutside(ctx.remove(inRoot('relative/secret')));
    await expectOutside(ctx.list(inRoot('relative')));
    expect(fs.readFileSync(path.join(top, 'bc', 'secret'), 'utf8')).toBe('secret');
  });

  it('is named with the roots', async () => {
    const failure = await failureOf(read('/etc/passwd'));
    expect(isFailure(failure, 'PATH_OUTSIDE') && failure.facts).toEqual({ path: '/etc/passwd', roots: [root, other] });
  });

  it('is refused when the root itself has become a link', async () => {
    fs.renameSync(root, `${root}.old`);
    fs.symlinkSync(path.join(top, 'bc'), root);
    expect(errnoOf(await failureOf(read(inRoot('secret'))))).toBe('ENOTDIR');
  });

  it('is refused as the target of a new link', async () => {
    await expectOutside(ctx.symlink('../bc/secret', inRoot('link')));
    await expectOutside(ctx.symlink('/etc/passwd', inRoot('link')));
    await expectOutside(ctx.symlink('../bc/not-there', inRoot('link')));
    await ctx.symlink('not-there-yet', inRoot('link'));
    expect(fs.readlinkSync(inRoot('link'))).toBe('not-there-yet');
  });
});

describe('a path that stays inside', () => {
  it('may use links and dots, and lead from one root to another', async () => {
    fs.mkdirSync(inRoot('d/e'), { recursive: true });
    fs.writeFileSync(path.join(other, 'note'), 'other');
    fs.symlinkSync('../..', inRoot('d/e/up'));
    fs.symlinkSync(path.join(other, 'note'), inRoot('far'));
    expect(await read(inRoot('d/e/up/file'))).toBe('inside');
    expect(await read(inRoot('./d//e/../../file'))).toBe('inside');
    expect(await read(inRoot('far'))).toBe('other');
    expect(await read(inRoot('d/../../tmp/note'))).toBe('other');
  });

  it('means the parent of where a link leads by dots behind the link', async () => {
    fs.mkdirSync(inRoot('x/deep'), { recursive: true });
    fs.writeFileSync(inRoot('x/file'), 'in x');
    fs.symlinkSync('x/deep', inRoot('link'));
    expect(await read(inRoot('link/../file'))).toBe('in x');
  });

  it('ends when links lead in a ring', async () => {
    fs.symlinkSync('ring', inRoot('ring'));
    expect(errnoOf(await failureOf(read(inRoot('ring'))))).toBe('ELOOP');
  });

  it('writes through a link, keeps the mode and leaves no temporary file', async () => {
    fs.chmodSync(inRoot('file'), 0o751);
    fs.symlinkSync('file', inRoot('link'));
    await ctx.write(inRoot('link'), 'new');
    expect(fs.readFileSync(inRoot('file'), 'utf8')).toBe('new');
    expect(fs.statSync(inRoot('file')).mode & 0o777).toBe(0o751);
    expect(fs.readdirSync(root)).toEqual(['file', 'link']);
  });

  it('makes, lists, moves, copies and removes trees', async () => {
    await ctx.mkdir(inRoot('a/b'));
    await ctx.write(inRoot('a/b/f'), '1');
    await ctx.copy(inRoot('a'), path.join(other, 'copy'));
    expect(await ctx.list(other, { recursive: true })).toEqual(['copy', 'copy/b', 'copy/b/f']);
    await ctx.move(inRoot('a'), path.join(other, 'moved'));
    expect(await ctx.list(other)).toEqual(['copy', 'moved']);
    await expect(ctx.move(inRoot('file'), path.join(other, 'moved'))).rejects.toMatchObject({ code: 'IO_ERROR' });
    await ctx.remove(path.join(other, 'moved'));
    await ctx.remove(path.join(other, 'never/was'));
    expect(await ctx.list(other)).toEqual(['copy']);
    expect(await ctx.findStat(path.join(other, 'moved'))).toBeUndefined();
    expect(await ctx.findStat(root)).toMatchObject({ kind: 'dir' });
  });

  it('is not written, moved or removed where it is a root itself', async () => {
    const moved = path.join(other, 'moved');
    for (const work of [() => ctx.write(root, ''), () => ctx.move(root, moved), () => ctx.remove(root)])
      await expect(work()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await ctx.list(root)).toEqual(['file']);
  });

  it('is read only when it is a file and not longer than the limit', async () => {
    await expect(ctx.readText(inRoot('file'), 3)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(ctx.readText(root, 100)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a directory held open', () => {
  it('is still the same one after its path was given to something else', async () => {
    await using dir = await openDirInside([root], inRoot('d/e'), { create: files });
    fs.renameSync(inRoot('d'), inRoot('moved'));
    fs.symlinkSync(path.join(top, 'bc'), inRoot('d'));
    files.openNewSync(dir.path('new'), 0o644).write(Buffer.from('x'));
    expect(fs.readFileSync(inRoot('moved/e/new'), 'utf8')).toBe('x');
  });
});

/** Swaps a directory and a link that leads out as fast as it can, until it is killed. */
const SWAPPER = `
  const fs = require('node:fs');
  const [dir, link] = process.argv.slice(1);
  process.stdout.write('ready');
  for (;;) { fs.renameSync(dir, dir + '.0'); fs.renameSync(link, dir); fs.renameSync(dir, link); fs.renameSync(dir + '.0', dir); }
`;

describe('a link swapped in between check and use', () => {
  it('never gets anything read from or written to where it leads', async () => {
    fs.mkdirSync(inRoot('dir'));
    fs.writeFileSync(inRoot('dir/secret'), 'mine');
    fs.symlinkSync(path.join(top, 'bc'), inRoot('link'));
    const swapper = spawn(process.execPath, ['-e', SWAPPER, inRoot('dir'), inRoot('link')]);
    try {
      await new Promise((resolve) => swapper.stdout.once('data', resolve));
      const seen = { mine: 0, refused: 0 };
      for (let round = 0; round < 400; round++) {
        const file = inRoot('dir/secret');
        const text = await read(file).catch((error: unknown) => error);
        expect(text).not.toBe('secret');
        seen[text === 'mine' ? 'mine' : 'refused'] += 1;
        await ctx.write(inRoot('dir/planted'), 'x').catch(() => {});
        await openInside([root], inRoot('dir/made'), constants.O_CREAT | constants.O_WRONLY)
          .then((handle) => handle.close())
          .catch(() => {});
      }
      // Both happened, or nothing was tested.
      expect(Math.min(seen.mine, seen.refused)).toBeGreaterThan(0);
      expect(fs.readdirSync(path.join(top, 'bc'))).toEqual(['secret']);
    } finally {
      swapper.kill('SIGKILL');
      await new Promise((resolve) => swapper.once('exit', resolve));
    }
  });
});
