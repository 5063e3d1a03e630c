import { expect, test } from 'vitest';
import { apiUrl, parseOciStore, parseOciUrl } from './reference.ts';
import { tagOf } from './store.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['oci://ghcr.io/acme/tool:1.2', { registry: 'ghcr.io', name: 'acme/tool', reference: '1.2' }],
  ['oci://localhost:5000/tool:v1', { registry: 'localhost:5000', name: 'tool', reference: 'v1' }],
  [`oci://[::1]:5000/a/b__c@${DIGEST}`, { registry: '[::1]:5000', name: 'a/b__c', reference: DIGEST }],
  [`oci://H.test/a:v1@${DIGEST}#x/y@z#1`, { registry: 'h.test', name: 'a', reference: DIGEST, file: 'x/y@z#1' }],
])('%s is read', (url, expected) => {
  expect(parseOciUrl(url)).toEqual({ file: undefined, ...expected });
});

test.each([
  'oci://ghcr.io/acme/tool',
  'oci://ghcr.io',
  'oci://ghcr.io/Acme/tool:1',
  'oci://ghcr.io/acme/../tool:1',
  'oci://me:word@ghcr.io/tool:1',
  'oci://ghcr.io/tool:a b',
  'oci://ghcr.io/tool@sha256:short',
  `oci://ghcr.io/tool@sha512:${'a'.repeat(128)}`,
  'oci://ghcr.io/tool:1@',
  'oci://ghcr.io/tool:1#..',
  'oci://ghcr.io/tool:1#a/',
  'oci://ghcr.io/tool:1#a\0b',
])('%s is refused', (url) => {
  expect(() => parseOciUrl(url)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
});

test('a store is a repository without a tag', () => {
  expect(parseOciStore('oci://ghcr.io/acme/depot/')).toEqual({ registry: 'ghcr.io', name: 'acme/depot' });
  expect(() => parseOciStore('oci://ghcr.io/acme/depot:v1')).toThrow('expected oci://<registry>/<repository>');
});

test('only registries of this machine are asked without TLS', () => {
  const schemes = [
    'localhost',
    'localhost:5000',
    '127.1.2.3:1',
    '[::1]',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    'h',
  ];
  expect(schemes.map((registry) => new URL(apiUrl({ registry, name: 'a' }, '')).protocol)).toEqual([
    ...['http:', 'http:', 'http:', 'http:', 'https:', 'https:', 'https:'],
  ]);
  expect(apiUrl({ registry: 'docker.io', name: 'library/x' }, 'y')).toBe('https://registry-1.docker.io/v2/library/x/y');
});

test('tags of different names are different, and those of simple names are the names', () => {
  const names = [
    'galley-depot.json',
    'a/b',
    'a-b',
    'a@b',
    '.a',
    `${'x'.repeat(128)}a`,
    `${'x'.repeat(128)}b`,
    'é',
    '/',
  ];
  const tags = names.map(tagOf);
  expect(tags[0]).toBe('galley-depot.json');
  expect(new Set(tags).size).toBe(names.length);
  for (const tag of tags) expect(tag).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
});
