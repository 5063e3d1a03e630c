import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import { createScan, scanFile } from './scan.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-scan-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));
const file = path.join(dir, 'file');
const target = { assetsDir: '/c/assets', entryPath: 'acme.a@r1/linux-x86_64-00aa' };
const OWN = `${target.assetsDir}/${target.entryPath}`;
const OTHER = '/c/assets/acme.b@r2/linux-x86_64-00bb/asset';
const CHUNK = 256 * 1024;

async function scan(content: string | Buffer) {
  fs.writeFileSync(file, content);
  const { namesInstall, namesWork, runtime, ...rest } = await scanFile(createFiles(), file, target);
  expect(rest.sha256).toBe(sha256OfBytes(content));
  expect(rest.sizeBytes).toBe(Buffer.byteLength(content));
  return { isText: rest.isText, found: [namesInstall && 'install', namesWork && 'work', ...runtime].filter(Boolean) };
}

describe('a scan', () => {
  it.each([
    [OTHER, ['00bb']],
    [`${OWN}/installer`, []],
  ])('judges %s alike wherever chunks cut it', async (text, found) => {
    for (let shift = -text.length - 2; shift <= 2; shift++) {
      const content = Buffer.alloc(2 * CHUNK + 3000, ' ');
      for (const cut of [CHUNK, 2 * CHUNK]) content.write(text, cut + shift);
      expect((await scan(content)).found).toEqual(found);
    }
  });

  it.each([620, 600, 12, 11, 10, 1])('finds a path %d bytes before the end of the file', async (distance) => {
    const content = Buffer.alloc(CHUNK + 700, 'x');
    content.write(`${OWN}/install/x`, content.length - distance - `${OWN}/install/x`.length);
    expect((await scan(content)).found).toEqual(['install']);
  });

  it.each([
    [`${OWN}/install`, ['install']],
    [`${OWN}/work/stage/src/a.c`, ['work']],
    [`${OWN}/fetch/a.tar`, ['work']],
    [`${OWN}/asset/lib`, []],
    [`-L${OTHER}:${OWN}/install/lib`, ['install', '00bb']],
    ['/c/assets/acme.b@r2/linux-x86_64-00bb/install', []],
    ['/c/assets/acme.b@r2/linux-x86_64-00bb/work/tmp', []],
    [`${OWN}/installer`, []],
    ['/c/assets/', []],
    ['/c/assetsx/acme.b@r2/linux-x86_64-00bb/asset', []],
  ])('judges %s', async (text, found) => {
    expect(await scan(text)).toEqual({ isText: true, found });
    expect(await scan(`\0${text}\0`)).toEqual({ isText: false, found });
  });

  it.each([1, 7, 64, 599, 700, 1300])('finds the same in pieces of %d bytes', (length) => {
    const filler = ' '.repeat(900);
    const content = Buffer.from(
      `${OTHER}${filler}${OWN}/install/${filler}${OWN}/work/a${filler}${OTHER.replace('00bb', '00cc')}`,
    );
    const whole = createScan(target);
    whole.update(content);
    const pieces = createScan(target);
    for (let at = 0; at < content.length; at += length) pieces.update(content.subarray(at, at + length));
    const found = pieces.finish();
    expect(found).toEqual(whole.finish());
    expect(found).toMatchObject({ namesInstall: true, namesWork: true, runtime: new Set(['00bb', '00cc']) });
  });

  it('reads an empty file', async () => {
    expect(await scan('')).toEqual({ isText: true, found: [] });
  });
});
