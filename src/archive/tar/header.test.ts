import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { encodeTarHeader, TAR_END } from './header.ts';

/** What system tar reads. */
const listed = (...headers: Buffer[]): string[] =>
  execFileSync('tar', ['-tv', '--full-time', '--utc', '--quoting-style=literal', '-f', '-'], {
    input: Buffer.concat([...headers, TAR_END]),
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
    .trimEnd()
    .split('\n');

it('has names of every length, also where a record grows by a digit of its own length', () => {
  const names = [1, 85, 86, 87, 88, 89, 99, 100, 101, 980, 984, 985, 986, 987, 988, 989].map((length) =>
    'ü'.padEnd(length, 'x'),
  );
  const lines = listed(...names.map((name) => encodeTarHeader({ kind: 'file', name })));
  expect(lines.map((line) => line.split(' ').at(-1))).toEqual(names);
});

it('says who, when and how', () => {
  const lines = listed(
    encodeTarHeader({ kind: 'dir', name: 'd' }),
    encodeTarHeader({ kind: 'file', name: 'd/a', isExecutable: true }),
    encodeTarHeader({ kind: 'file', name: 'd/b' }),
    encodeTarHeader({ kind: 'link', name: 'd/c', target: 'ä'.repeat(60) }),
  );
  expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
    'drwxr-xr-x 0/0 0 1980-01-01 00:00:00 d/',
    '-rwxr-xr-x 0/0 0 1980-01-01 00:00:00 d/a',
    '-rw-r--r-- 0/0 0 1980-01-01 00:00:00 d/b',
    `lrwxr-xr-x 0/0 0 1980-01-01 00:00:00 d/c -> ${'ä'.repeat(60)}`,
  ]);
});

it('has a record for a size that eleven octal digits cannot hold', () => {
  expect(encodeTarHeader({ kind: 'file', name: 'a', sizeBytes: 8 ** 11 }).toString('latin1')).toContain(
    '19 size=8589934592\n',
  );
  expect(encodeTarHeader({ kind: 'file', name: 'a', sizeBytes: 8 ** 11 - 1 })).toHaveLength(512);
});
