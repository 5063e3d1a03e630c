import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  ensureLockDir,
  isNamed,
  type KernelLock,
  type NativeLocks,
  readRecord,
  removeLockFile,
  tryKernelLock,
} from './lock-kernel.ts';
import { loadNative } from './native.ts';

const native = loadNative() as NativeLocks;
let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-kernel-'));
  file = path.join(dir, 'a.lock');
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

it('kernel lock is held once, and leaves no file when it is released', () => {
  const lock = tryKernelLock(native, file) as KernelLock;
  expect(tryKernelLock(native, file)).toBe('held');
  lock.release();
  expect(fs.readdirSync(dir)).toEqual([]);
});

it('kernel lock is on the file that has the name when the owner removes it between our open and our lock', () => {
  const owner = tryKernelLock(native, file) as KernelLock;
  let looks = 0;
  const late: NativeLocks = {
    tryLock(fd) {
      looks += 1;
      if (looks === 1) owner.release();
      return native.tryLock(fd);
    },
  };
  const lock = tryKernelLock(late, file) as KernelLock;
  expect(looks).toBe(2);
  // Locked the removed file, this would be a second owner.
  expect(tryKernelLock(native, file)).toBe('held');
  lock.release();
});

it('kernel lock is unsupported when the file system says so', () => {
  const without = (code: string): NativeLocks => ({
    tryLock() {
      throw Object.assign(new Error(code), { code });
    },
  });
  expect(tryKernelLock(without('ENOLCK'), file)).toBe('unsupported');
  // What is said for ENOLCK, by a file system whose server of locks does not run: libuv has no name for it.
  expect(tryKernelLock(without('Unknown system error -37'), file)).toBe('unsupported');
  expect(tryKernelLock(without('EOPNOTSUPP'), file)).toBe('unsupported');
  expect(() => tryKernelLock(without('EIO'), file)).toThrow('EIO');
});

it('kernel lock that is refused leaves no file open, however often one asks', () => {
  const owner = tryKernelLock(native, file) as KernelLock;
  const openFiles = () => fs.readdirSync('/proc/self/fd').filter((fd) => linkOf(fd) === file).length;
  for (let times = 0; times < 10; times++)
    expect([tryKernelLock(native, file), readRecord(file)]).toEqual(['held', '']);
  expect(openFiles()).toBe(1);
  owner.release();
  expect(openFiles()).toBe(0);
});

it.each([
  ['a link to a file', 'Cannot lock', () => fs.symlinkSync('precious', file)],
  ['a link to nothing', 'Cannot lock', () => fs.symlinkSync('made', file)],
  ['a pipe', 'as a lock: it is no file', () => execFileSync('mkfifo', [file])],
  ['a directory', 'Cannot lock', () => fs.mkdirSync(file)],
])('kernel lock is refused where %s has its name, and nothing is written', (_, words, make) => {
  fs.writeFileSync(path.join(dir, 'precious'), 'precious');
  make();
  expect(() => tryKernelLock(native, file)).toThrow(
    expect.objectContaining({ code: 'IO_ERROR', message: expect.stringContaining(words) }),
  );
  expect(readRecord(file)).toBeUndefined();
  expect(fs.readdirSync(dir)).toEqual(['a.lock', 'precious']);
  expect(fs.readFileSync(path.join(dir, 'precious'), 'utf8')).toBe('precious');
});

it('record of a lock is read from its beginning, and no more than a record can be', () => {
  fs.writeFileSync(file, 'flour\n');
  fs.truncateSync(file, 2 ** 33);
  expect(readRecord(file)?.slice(0, 7)).toBe('flour\n\0');
  expect(readRecord(file)).toHaveLength(2 ** 20);
});

it('file of a lock that cannot be removed is told, one that is gone is fine', () => {
  removeLockFile(file);
  fs.mkdirSync(file);
  expect(() => removeLockFile(file)).toThrow(`Cannot remove "${file}": `);
});

it('lock whose directory cannot be made or is missing is told', () => {
  fs.writeFileSync(file, '');
  const below = path.join(file, 'b.lock');
  expect(() => ensureLockDir(below)).toThrow(`Cannot create directory "${file}": `);
  const missing = path.join(dir, 'missing', 'b.lock');
  expect(() => tryKernelLock(native, missing)).toThrow(`Cannot lock "${missing}": no such file or directory`);
  const fd = fs.openSync(file, 'r');
  expect([isNamed(fd, file), isNamed(fd, below), isNamed(fd, missing)]).toEqual([true, false, false]);
  fs.closeSync(fd);
});

function linkOf(fd: string): string | undefined {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}
