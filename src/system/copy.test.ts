import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { copyFile, copyPieces } from './copy.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-copy-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));

const [from, to] = [path.join(dir, 'from'), path.join(dir, 'to')];
const never = new AbortController().signal;

/** A file with bytes at its start, in the middle and at its end, and holes between. */
function makeSparse(sizeBytes: number): void {
  fs.writeFileSync(from, 'start', { mode: 0o750 });
  fs.truncateSync(from, sizeBytes);
  const fd = fs.openSync(from, 'r+');
  fs.writeSync(fd, 'middle', 5 * 2 ** 20 - 3);
  fs.writeSync(fd, 'end', sizeBytes - 3);
  fs.closeSync(fd);
}

it('a file is copied piece by piece, to the byte, with its mode and its holes', async () => {
  makeSparse(40 * 2 ** 20 + 17);
  await copyPieces(from, to, never);
  expect(fs.readFileSync(to).equals(fs.readFileSync(from))).toBe(true);
  const { mode, blocks } = fs.statSync(to);
  expect({ mode: mode & 0o777, isSmall: blocks * 512 < 2 ** 23 }).toEqual({ mode: 0o750, isSmall: true });
  await expect(copyPieces(from, to, never)).rejects.toMatchObject({ code: 'EEXIST' });
  fs.rmSync(to);
});

it('a copy without an end is ended by its signal and leaves nothing', async () => {
  makeSparse(2 ** 43);
  const reason = new Error('enough');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 50);
  await expect(copyFile(from, to, stop.signal)).rejects.toBe(reason);
  expect(fs.existsSync(to)).toBe(false);
});
