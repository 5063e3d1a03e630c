import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sha256 } from '../model/digest.ts';
import { EMPTY_LOCK_FILE, type LockFile, withPin } from '../model/pin.ts';
import { formatLockFile, parseLockFile } from './lockfile.ts';

const FILE = '/project/galley.lock';
const A = 'a'.repeat(64) as Sha256;

const lock: LockFile = {
  schema: 1,
  packages: {
    'b.two@r1': {
      weak: { zlib: 'acme.zlib@r2', curl: 'acme.curl@r1' },
      source: { url: 'https://h.test/b.js', sha256: A },
    },
    'a.one@r1': {
      files: {
        'npm:x@1.0.0': [
          { sha256: A, size: 3, url: 'https://h.test/x.tgz', platforms: ['linux-arm64', 'linux-x86_64'] },
        ],
      },
    },
  },
};

test('formatLockFile sorts, and gives every record a line of its own', () => {
  expect(formatLockFile(lock)).toBe(`{
  "packages": {
    "a.one@r1": {
      "files": {
        "npm:x@1.0.0": [
          { "platforms": ["linux-arm64","linux-x86_64"], "sha256": "${A}", "size": 3, "url": "https://h.test/x.tgz" }
        ]
      }
    },
    "b.two@r1": {
      "source": {
        "sha256": "${A}",
        "url": "https://h.test/b.js"
      },
      "weak": {
        "curl": "acme.curl@r1",
        "zlib": "acme.zlib@r2"
      }
    }
  },
  "schema": 1
}
`);
});

test('parseLockFile reads back what formatLockFile wrote, whatever the order of changes', () => {
  expect(parseLockFile(formatLockFile(lock), FILE)).toEqual({ value: lock, problems: [] });
  const key = fc.record({
    package: fc.string(),
    source: fc.constantFrom('https://h.test/a', 'npm:b@1.0.0', 'https://h.test/c d'),
    platform: fc.constantFrom('linux-arm64', 'darwin-arm64'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(key, { selector: (k) => JSON.stringify(k), maxLength: 6 }), (keys) => {
      const write = (order: typeof keys) =>
        formatLockFile(
          order.reduce((l, k) => withPin(l, k, { url: 'https://u.test/', sha256: A, sizeBytes: 1 }), EMPTY_LOCK_FILE),
        );
      const text = write(keys);
      expect(write([...keys].reverse())).toBe(text);
      const { value } = parseLockFile(text, FILE);
      expect(value && formatLockFile(value)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('parseLockFile places every problem when a file has several', () => {
  const text = `{
  "schema": 1,
  "packages": {
    "a.one@r1": {
      "files": { "npm:x@1": [{ "sha256": "abc", "size": -1 }] },
      "extra": 1
    },
    "a.two@r1": { "files": { "y": [{ "size": 1 }] } }
  }
}`;
  const found = parseLockFile(text, FILE).problems.map(
    ({ message, location }) => `${location?.line}:${location?.column} ${message}`,
  );
  expect(found).toEqual([
    '5:42 Cannot read galley.lock: packages["a.one@r1"].files["npm:x@1"][0].sha256 is not a sha256 of 64 lower-case hexadecimal digits',
    '5:57 Cannot read galley.lock: packages["a.one@r1"].files["npm:x@1"][0].size is not a size in bytes',
    '6:16 Cannot read galley.lock: packages["a.one@r1"].extra is not known to this galley',
    '8:36 Cannot read galley.lock: packages["a.two@r1"].files.y[0] has no "sha256"',
  ]);
});

test('parseLockFile points at the marker and says how to go on when a merge left its conflict', () => {
  const text = '{\n  "schema": 1,\n<<<<<<< HEAD\n  "packages": {}\n=======\n>>>>>>> other\n}\n';
  const [problem] = parseLockFile(text, FILE).problems;
  expect(problem).toMatchObject({
    code: 'LOCK_FILE_INVALID',
    message: 'Cannot read galley.lock: it has merge conflict markers',
    location: { file: FILE, line: 3, column: 1, length: 7 },
    hint: expect.stringContaining('galley sync'),
  });
});

test('parseLockFile points at the place when the text is not JSON', () => {
  const place = (text: string) => parseLockFile(text, FILE).problems[0]?.location;
  expect(place('{\n  "schema": 1,\n  "packages" {}\n}')).toMatchObject({ line: 3, column: 14 });
  expect(place('{\n  "schema": 1,\n')).toMatchObject({ line: 3, column: 1 });
  expect(place('')).toMatchObject({ line: 1, column: 1 });
});

test('parseLockFile refuses a schema of the future, and values that are no lock file', () => {
  const message = (text: string) => parseLockFile(text, FILE).problems[0]?.message;
  expect(message('{"schema": 2, "packages": {}}')).toContain('it has schema 2, and this galley reads schema 1');
  expect(message('[]')).toContain('the file is not an object');
  expect(message('{"schema": 1, "packages": []}')).toContain('packages is not an object');
  expect(message('{"schema": 1, "packages": {"constructor": {"toString": 1}}}')).toContain('toString is not known');
});
