import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sha256 } from '../model/digest.ts';
import { type LockRecord, lockKey } from '../model/lock-file.ts';
import { formatLockFile, lineOf, parseLockFile, uniteSides } from './lockfile.ts';

const FILE = '/project/galley.lock';
const [A, B] = ['a', 'b'].map((digit) => digit.repeat(64) as Sha256) as [Sha256, Sha256];

const platform = 'linux-x86_64';
const RECORDS: LockRecord[] = [
  { package: 'b.two@r1', kind: 'weak', query: 'zlib', platform, choice: 'acme.zlib@r2' },
  { package: 'b.two@r1', kind: 'recipe', source: 'https://h.test/b.js', platform, sha256: A },
  { package: 'a.one@r1', kind: 'function', platform, recipe: B, sources: ['npm:x@1.0.0'] },
  {
    package: 'a.one@r1',
    kind: 'file',
    source: 'npm:x@1.0.0',
    platform,
    url: 'https://h.test/x.tgz',
    sha256: A,
    size: 3,
  },
];

const lockOf = (records: readonly LockRecord[]) => new Map(records.map((record) => [lockKey(record), record]));
const problemsOf = (text: string) => parseLockFile(text, FILE).problems;
const withLines = (...lines: string[]) => `{\n  "schema": 1,\n  "records": [\n${lines.join(',\n')}\n  ]\n}\n`;
const line = (fields: object) => JSON.stringify({ ...RECORDS[3], ...fields });

const TEXT = `{
  "schema": 1,
  "records": [
    { "package": "a.one@r1", "kind": "file", "source": "npm:x@1.0.0", "platform": "linux-x86_64", "url": "https://h.test/x.tgz", "sha256": "${A}", "size": 3 },
    { "package": "a.one@r1", "kind": "function", "platform": "linux-x86_64", "recipe": "${B}", "sources": ["npm:x@1.0.0"] },
    { "package": "b.two@r1", "kind": "recipe", "source": "https://h.test/b.js", "platform": "linux-x86_64", "sha256": "${A}" },
    { "package": "b.two@r1", "kind": "weak", "query": "zlib", "platform": "linux-x86_64", "choice": "acme.zlib@r2" },
    "end"
  ]
}
`;

test('formatLockFile sorts, and gives every record a line that needs no neighbour', () => {
  expect(formatLockFile(lockOf(RECORDS))).toBe(TEXT);
  expect(RECORDS.map((record) => lineOf(record, TEXT))).toEqual([7, 6, 5, 4]);
  expect(lineOf({ ...RECORDS[0], query: 'curl' } as LockRecord, TEXT)).toBeUndefined();
});

test('parseLockFile reads a file that an editor began with a mark of its own', () => {
  expect(parseLockFile(`\ufeff${TEXT}`, FILE)).toEqual(parseLockFile(TEXT, FILE));
});

test('parseLockFile reads back what formatLockFile wrote, whatever the order of the records', () => {
  const any = fc.record({
    package: fc.string({ minLength: 1 }),
    kind: fc.constantFrom('file' as const, 'recipe' as const),
    source: fc.constantFrom('https://h.test/a', 'npm:b@1.0.0', 'constructor', '__proto__'),
    platform: fc.constantFrom('linux-arm64', 'darwin-arm64'),
    sha256: fc.constantFrom(A, B),
  });
  fc.assert(
    fc.property(fc.uniqueArray(any, { selector: lockKey, maxLength: 6 }), (records) => {
      const text = formatLockFile(lockOf(records));
      expect(formatLockFile(lockOf(records.toReversed()))).toBe(text);
      const { value } = parseLockFile(text, FILE);
      expect(value && formatLockFile(value)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('parseLockFile takes lines of a merge: in any order, one twice, and one that knows more', () => {
  const { value } = parseLockFile(withLines(line({}), line({ size: undefined }), line({}), '"end"'), FILE);
  expect([...(value?.values() ?? [])]).toEqual([RECORDS[3]]);
  // Somebody's tool may have cut the end off.
  expect(problemsOf(withLines(line({})))).toEqual([]);
});

test('parseLockFile points at the second of two lines that contradict each other', () => {
  const found = problemsOf(withLines(line({}), line({ sha256: B }), '"end"'));
  expect(found).toMatchObject([
    {
      location: { line: 5 },
      message: expect.stringMatching(/"npm:x@1.0.0" of a.one@r1 on linux-x86_64: a{12} and b{12}$/),
    },
  ]);
});

test.each([
  ['{ "schema": DEEP }', 'it has no schema'],
  ['{ "schema": 1, "records": [DEEP] }', 'a list is not a record'],
  ['{ "schema": 1, "records": [{ "kind": DEEP }] }', 'kind a list is not one of'],
  ['', 'it is empty'],
  ['{\0', 'it is not UTF-8'],
])('parseLockFile refuses %j in words, however deep it goes', (text, message) => {
  const deep = text.replace('DEEP', '['.repeat(1e5) + ']'.repeat(1e5));
  expect(problemsOf(deep)[0]?.message).toContain(message);
});

test('parseLockFile places every problem when a file has several', () => {
  const found = problemsOf(
    withLines(
      line({ sha256: 'abc', size: -1 }),
      line({ extra: 1 }),
      '{ "kind": "file" }',
      '{ "kind": "toString" }',
      '7',
      line({ platform: 'linux' }),
      line({ sha256: undefined }),
      line({ platform: ['linux-x86_64'] }),
    ),
  ).map(({ message, location }) => `${location?.line} ${message.replace('Cannot read galley.lock: ', '')}`);
  expect(found).toEqual([
    '4 field "sha256" is not a sha256 of 64 lower-case hexadecimal digits',
    '4 field "size" is not a size in bytes',
    '5 field "extra" is not known to this galley',
    '6 the record has no "package"',
    '6 the record has no "source"',
    '6 the record has no "platform"',
    '6 the record has no "sha256"',
    '7 kind "toString" is not one of recipe, bundle, file, function, weak',
    '8 7 is not a record',
    '9 field "platform" is not a platform such as "linux-x86_64"',
    '10 the record has no "sha256"',
    '11 field "platform" is not a platform such as "linux-x86_64"',
  ]);
});

test.each([
  'file:///etc/passwd',
  'https://me:word@h.test/x',
  'ftp://h.test/x',
  '/x',
  '../x',
  'https://h.test/?sig=word',
])('parseLockFile refuses the address %s', (url) => {
  expect(problemsOf(withLines(line({ url })))).toMatchObject([
    { message: expect.stringContaining('not an address of the web or of a commit, without credentials') },
  ]);
});

test('parseLockFile points at the marker and says how to go on when a merge left its conflict', () => {
  const text = '{\n  "schema": 1,\n<<<<<<< HEAD\n  "records": []\n=======\n>>>>>>> other\n}\n';
  expect(problemsOf(text)[0]).toMatchObject({
    code: 'LOCK_FILE_INVALID',
    message: 'Cannot read galley.lock: it has merge conflict markers',
    location: { file: FILE, line: 3, column: 1, length: 7 },
    hint: expect.stringContaining('galley lock'),
  });
});

test.each([
  ['', ''],
  ['||||||| base\n    { "kind": "file", "gone": 1 },\n', ' of diff3'],
])('uniteSides leaves the lines of both sides%#', (base) => {
  const [mine, yours] = [line({}), line({ platform: 'darwin-arm64' })];
  const text = withLines(`<<<<<<< mine\n${mine},\n${base}=======\n${yours},\n>>>>>>> yours\n"end"`);
  const united = uniteSides(text);
  expect(united.replaceAll(/\n+/g, '\n')).toBe(withLines(mine, yours, '"end"'));
  expect(united.split('\n')).toHaveLength(text.split('\n').length);
});

test('parseLockFile points at the place when the text is not JSON', () => {
  const place = (text: string) => problemsOf(text)[0]?.location;
  expect(place('{\n  "schema": 1,\n  "records" {}\n}')).toMatchObject({ line: 3, column: 13 });
  expect(place('{\n  "schema": 1,\n')).toMatchObject({ line: 3, column: 1 });
  expect(place('')).toMatchObject({ line: 1, column: 1 });
});

test('parseLockFile refuses a schema of the future kindly, and values that are no lock file', () => {
  const [newer] = problemsOf('{"schema": 2, "records": []}');
  expect(newer?.message).toContain('it has schema 2, and this galley reads schema 1');
  expect(newer?.hint).toContain('A newer galley wrote it');
  const message = (text: string) => problemsOf(text)[0]?.message;
  expect(message('[]')).toContain('the file is not an object');
  expect(message('{"schema": 1, "records": {}}')).toContain('records is not a list');
  expect(message('{"schema": 1, "records": [], "more": 1}')).toContain('"more" is not known');
});
