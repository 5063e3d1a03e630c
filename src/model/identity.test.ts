import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIdentity, matchesQuery, parseIdentity, parseQuery } from './identity.ts';

test.each([
  ['acme.zlib@r2', { namespace: 'acme', name: 'zlib', revision: 'r2' }],
  ['a-b_c.gcc.arm@13.2-x_1', { namespace: 'a-b_c', name: 'gcc.arm', revision: '13.2-x_1' }],
  ['0.0@0', { namespace: '0', name: '0', revision: '0' }],
])('identity %s is read', (text, identity) => {
  expect(parseIdentity(text)).toEqual(identity);
});

test.each([
  '',
  'zlib',
  'zlib@r2',
  'acme.zlib',
  'acme.zlib@',
  '.zlib@r2',
  'acme.@r2',
  'Acme.zlib@r2',
  'acme.zlib@r2 ',
  'acme.zlib@r2\n',
  'acme.zlib@r2@r3',
  'a/b.c@r',
  'acme.-z@r2',
  'acme.../x@r2',
])('identity %j is refused', (text) => {
  expect(parseIdentity(text)).toBeUndefined();
});

const start = fc.constantFrom('a', 'z', '0');
const part = (more: string) =>
  fc.tuple(start, fc.array(fc.constantFrom(...more))).map(([first, rest]) => first + rest.join(''));
const identity = fc.record({ namespace: part('a0_-'), name: part('a0._-'), revision: part('a0._-') });

test('identity reads back as it is written', () => {
  fc.assert(
    fc.property(identity, (value) => {
      expect(parseIdentity(formatIdentity(value))).toEqual(value);
    }),
  );
});

test.each([
  ['zlib', true],
  ['acme.zlib', true],
  ['zlib@r2', true],
  ['acme.zlib@r2', true],
  ['zli', false],
  ['acme', false],
  ['other.zlib', false],
  ['zlib@r', false],
  ['@r2', false],
  ['', false],
])('query %j matches acme.zlib@r2: %s', (query, expected) => {
  expect(matchesQuery(query, { namespace: 'acme', name: 'zlib', revision: 'r2' })).toBe(expected);
});

test('first dot of a query splits, so a name with a dot needs its namespace', () => {
  expect(parseQuery('gcc.arm@13.2')).toEqual({ namespace: 'gcc', name: 'arm', revision: '13.2' });
  expect(matchesQuery('gcc.arm', { namespace: 'acme', name: 'gcc.arm', revision: '1' })).toBe(false);
  expect(matchesQuery('acme.gcc.arm', { namespace: 'acme', name: 'gcc.arm', revision: '1' })).toBe(true);
});

test('dot in a revision does not make a namespace', () => {
  expect(parseQuery('zlib@1.2')).toEqual({ name: 'zlib', revision: '1.2' });
});
