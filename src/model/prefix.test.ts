import { expect, test } from 'vitest';
import { findLongest, parsePrefix, placeOf, restAfter } from './prefix.ts';

test('a prefix is fitted at whole steps of a path, whatever the spelling of the host', () => {
  const prefix = parsePrefix('HTTPS://Host/a/') as string;
  expect(restAfter(prefix, 'https://host/a/b?c#d')).toBe('/b?c');
  expect(restAfter(prefix, 'https://me:word@host:443/a')).toBe('');
  expect(restAfter(prefix, 'https://host/a?c')).toBe('?c');
  for (const other of [
    'https://host/ab',
    'https://host.b/a/',
    'http://host/a/',
    'https://host:1/a/',
    'https://host/a/../b',
    'a',
  ])
    expect(restAfter(prefix, other), other).toBeUndefined();
});

test('a scheme alone fits every host, which becomes the first step', () => {
  expect(restAfter(parsePrefix('https://') as string, 'https://host/a')).toBe('/host/a');
});

test('the longest prefix counts', () => {
  const rules = ['https:/', 'https://h/a/b', 'https://h/a'].map((prefix) => ({ prefix }));
  expect(findLongest(rules, 'https://h/a/b/c')?.prefix).toBe('https://h/a/b');
  expect(findLongest(rules, 'https://h/a/c')?.prefix).toBe('https://h/a');
  expect(findLongest(rules, 'http://h/')).toBeUndefined();
});

test('the place of a file has no secrets', () => {
  expect(placeOf('https://me:word@h/a?token=b#c')).toBe('https://h/a');
});
