import { expect, test } from 'vitest';
import type { Sha256 } from './digest.ts';
import type { LockRecord } from './lock-file.ts';
import { formatChange } from './lock-words.ts';

const [A, B] = ['a', 'b'].map((digit) => digit.repeat(64) as Sha256) as [Sha256, Sha256];
const of = { package: 'acme.zlib@r2', platform: 'linux-x86_64' };
const file: LockRecord = { ...of, kind: 'file', source: 'npm:x@1.0.0', sha256: A };
const branch = (commit: string): LockRecord => ({
  ...{ ...of, kind: 'recipe', source: 'git+https://h.test/r#main', sha256: A },
  url: `git+https://h.test/r#${commit.repeat(40)}`,
});

test('a change says what comes, what goes, and what becomes of what', () => {
  const weak: LockRecord = { ...of, kind: 'weak', query: 'zlib', choice: 'a.zlib@r1' };
  const asked: LockRecord = { ...of, kind: 'function', recipe: A, sources: [] };
  const changes = [
    { after: file },
    { before: file },
    { before: file, after: { ...file, sha256: B } },
    { before: file, after: { ...file, size: 3 } },
    { before: file, after: { ...file, url: 'https://h.test/x' } },
    { before: branch('c'), after: branch('d') },
    { before: weak, after: { ...weak, choice: 'b.zlib@r1' } },
    { before: asked, after: { ...asked, recipe: B } },
    { after: asked },
  ];
  expect(changes.map(formatChange)).toEqual([
    '+ file npm:x@1.0.0 of acme.zlib@r2 for linux-x86_64: aaaaaaaaaaaa',
    '- file npm:x@1.0.0 of acme.zlib@r2 for linux-x86_64',
    '~ file npm:x@1.0.0 of acme.zlib@r2 for linux-x86_64: aaaaaaaaaaaa → bbbbbbbbbbbb',
    '~ file npm:x@1.0.0 of acme.zlib@r2 for linux-x86_64: its size is known',
    '~ file npm:x@1.0.0 of acme.zlib@r2 for linux-x86_64: at https://h.test/x',
    '~ recipe from git+https://h.test/r#main of acme.zlib@r2 for linux-x86_64: cccccccccccc → dddddddddddd',
    '~ choice for "zlib" of acme.zlib@r2 for linux-x86_64: a.zlib@r1 → b.zlib@r1',
    '~ what the fetch function of acme.zlib@r2 fetches for linux-x86_64: of another recipe',
    '+ what the fetch function of acme.zlib@r2 fetches for linux-x86_64: nothing',
  ]);
});
