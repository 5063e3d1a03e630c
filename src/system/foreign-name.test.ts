import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from './files.ts';

let top: string;
const files = createFiles();

beforeEach(() => {
  top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-foreign-')));
});
afterEach(() => fs.rmSync(top, { recursive: true, force: true }));

const at = (name: string) => path.join(top, name);
/** A path whose last name is these bytes. */
const inBytes = (dir: string, name: string) => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, 'latin1')]);

// Other systems refuse to make such a name.
describe.skipIf(process.platform !== 'linux')('a name that is not UTF-8', () => {
  beforeEach(() => {
    fs.mkdirSync(at('tree/sub'), { recursive: true });
    fs.writeFileSync(inBytes(at('tree/sub'), `caf\xe9's`), '');
    // The sign that stands for other bytes is a name like any other.
    fs.writeFileSync(at('tree/\u{fffd}'), 'text');
  });

  it('is removed with its tree, a directory and what is read-only too', async () => {
    fs.mkdirSync(inBytes(at('tree'), 'd\xe9'));
    fs.writeFileSync(Buffer.concat([inBytes(at('tree'), 'd\xe9'), Buffer.from([0x2f, 0xff])]), '');
    fs.chmodSync(at('tree/sub'), 0o555);
    await files.removeTree(at('tree'));
    expect(fs.readdirSync(top)).toEqual([]);
  });

  it('is refused with its bytes by whatever would have to say it', async () => {
    const file = `${at('tree/sub')}/caf\\xe9\\x27s`;
    const refusal = {
      code: 'FILE_NAME_INVALID',
      message: `Cannot use "${file}": its name is not UTF-8`,
      hint: expect.stringContaining(`$'caf\\xe9\\x27s'`),
      facts: { path: file },
    };
    for (const work of [
      () => files.listTree(at('tree')),
      () => files.listAll(at('tree/sub')),
      () => files.copyTree(at('tree'), at('copy')),
      () => files.makeReadOnly(at('tree')),
    ])
      await expect(work()).rejects.toMatchObject(refusal);
  });

  it('is refused where a link leads to it', async () => {
    fs.symlinkSync(Buffer.from([0xff]), at('link'));
    fs.symlinkSync('\u{fffd}', at('plain'));
    const refusal = { code: 'FILE_NAME_INVALID', message: `Cannot use "${at('link')}": what it leads to is not UTF-8` };
    await expect(files.readLink(at('link'))).rejects.toMatchObject(refusal);
    await expect(files.copyTree(at('link'), at('copy'))).rejects.toMatchObject(refusal);
    expect(await files.readLink(at('plain'))).toBe('\u{fffd}');
  });
});

it('a name that only looks like one of other bytes is like any other', async () => {
  fs.mkdirSync(at('tree'));
  fs.writeFileSync(at('tree/\u{fffd}'), 'text');
  await files.copyTree(at('tree'), at('copy'));
  expect(await files.listTree(at('copy'))).toEqual([{ path: '\u{fffd}', kind: 'file' }]);
  await files.removeTree(at('tree'));
  expect(fs.readdirSync(top)).toEqual(['copy']);
});

it('a path that is too long is told in part', async () => {
  const failure = { code: 'FILE_NAME_INVALID', message: `Cannot read "${at('a'.repeat(40))}…": name too long` };
  await expect(files.readText(at('a'.repeat(300)))).rejects.toMatchObject(failure);
  await expect(files.readText(at('dir/'.repeat(2000)))).rejects.toThrow(/^.{300,350}…": name too long$/);
});
