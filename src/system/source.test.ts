import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBelow, readSource } from './source.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'galley-source-')));
  mkdirSync(path.join(dir, 'root'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const at = (...names: string[]) => path.join(dir, ...names);
const read = (...names: string[]) => readSource(at(...names), at('root'));

test('readSource reads a file below the root, also through a link that stays inside', () => {
  writeFileSync(at('root/a.js'), 'text ü');
  symlinkSync('a.js', at('root/b.js'));
  expect(read('root/a.js')).toEqual({ text: 'text ü' });
  expect(read('root/b.js')).toEqual({ text: 'text ü' });
});

test('readSource reads below a root that is itself reached by a link', () => {
  writeFileSync(at('root/a.js'), 'x');
  symlinkSync('root', at('link'));
  expect(readSource(at('link/a.js'), at('link'))).toEqual({ text: 'x' });
});

test('readSource refuses what lies outside, however it is reached', () => {
  mkdirSync(at('rooted'));
  writeFileSync(at('rooted/a.js'), 'x');
  symlinkSync('../rooted/a.js', at('root/file.js'));
  symlinkSync('../rooted', at('root/dir'));
  for (const name of ['rooted/a.js', 'root/file.js', 'root/dir/a.js']) {
    expect(read(name)).toEqual({ refused: `it leads outside "${at('root')}"` });
  }
});

test('readSource refuses what is no source: nothing, a directory, a pipe, a huge file', () => {
  mkdirSync(at('root/dir'));
  execFileSync('mkfifo', [at('root/pipe')]);
  writeFileSync(at('root/huge.js'), '');
  truncateSync(at('root/huge.js'), 4 * 1024 * 1024 + 1);
  expect(read('root/none.js').refused).toBe('it does not exist');
  expect(read('root/dir').refused).toBe('it is not a file');
  expect(read('root/pipe').refused).toBe('it is not a file');
  expect(read('root/huge.js').refused).toBe('it is larger than 4 MiB');
});

test('isBelow compares whole names', () => {
  expect(isBelow('/a/b', '/a/b/c')).toBe(true);
  expect(isBelow('/a/b', '/a/b/..c')).toBe(true);
  expect([isBelow('/a/b', '/a/b'), isBelow('/a/b', '/a/bc'), isBelow('/a/b', '/a')]).toEqual([false, false, false]);
});
