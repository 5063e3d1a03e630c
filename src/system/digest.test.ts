import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createSha256, sha256OfBytes, sha256OfFile } from './digest.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-digest-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));

it('digest is what sha256sum says when the file is longer than a chunk', async () => {
  const [file, bytes] = [path.join(dir, 'file'), Buffer.alloc(700_001, 'abc')];
  fs.writeFileSync(file, bytes);
  const expected = execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);
  expect(await sha256OfFile(file)).toBe(expected);
  expect(sha256OfBytes(bytes)).toBe(expected);
  const digest = createSha256();
  digest.update(bytes.subarray(0, 17));
  digest.update(bytes.subarray(17));
  expect(digest.finish()).toBe(expected);
});

it('digest of a missing file names the file', async () => {
  await expect(sha256OfFile(path.join(dir, 'missing'))).rejects.toMatchObject({ facts: { errno: 'ENOENT' } });
});

it('digest of a file without an end is ended by its signal', async () => {
  const file = path.join(dir, 'holes');
  fs.writeFileSync(file, '');
  fs.truncateSync(file, 2 ** 43);
  const reason = new Error('enough');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 50);
  await expect(sha256OfFile(file, stop.signal)).rejects.toBe(reason);
});
