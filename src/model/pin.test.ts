import { expect, test } from 'vitest';
import type { Sha256 } from './digest.ts';
import { isLastingAddress, readSourceRecords, recordOf } from './pin.ts';

const SHA = 'a'.repeat(64) as Sha256;
const COMMIT = 'c'.repeat(40);

test('recordOf leaves the address out when it is the source, and hides credentials in the source', () => {
  const url = 'https://me:word@host.test/f.tar';
  expect(recordOf({ source: url, url, sha256: SHA, sizeBytes: 1 })).toEqual({
    source: 'https://***@host.test/f.tar',
    sha256: SHA,
    size: 1,
  });
});

test.each(['file:///etc/passwd', 'https://me:word@host.test/f', 'https://host.test/f?token=word', '/tmp/f', 'data:x'])(
  'recordOf leaves %s out: it is secret, or means nothing elsewhere',
  (url) => {
    expect(isLastingAddress(url)).toBe(false);
    expect(recordOf({ source: 'npm:x@1.0.0', url })).toEqual({ source: 'npm:x@1.0.0' });
  },
);

test('recordOf keeps an address of the web, and one that names a commit', () => {
  for (const url of ['https://host.test/f.tgz', `git+https://host.test/r.git#${COMMIT}`])
    expect(recordOf({ source: 'npm:x@1.0.0', url }).url).toBe(url);
  expect(isLastingAddress('git+https://host.test/r.git#main')).toBe(false);
});

test('readSourceRecords takes what an older galley left, and nothing that is no record', () => {
  const old = { source: 'https://host.test/f', digest: SHA };
  const full = { ...old, url: 'https://host.test/g', sha256: SHA, size: 3 };
  expect(readSourceRecords([old, full, null, 1, { source: 1, digest: SHA }])).toEqual([old, full]);
  expect(readSourceRecords([{ ...old, url: 'file:///x', sha256: 'no', size: -1 }])).toEqual([old]);
  expect([readSourceRecords(null), readSourceRecords(undefined), readSourceRecords('x')]).toEqual([[], [], []]);
});
