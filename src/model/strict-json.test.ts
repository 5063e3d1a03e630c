import { expect, it } from 'vitest';
import { findStrictJson } from './strict-json.ts';

it.each([
  '{"a":{"a":1},"b":[{"a":"\\"a\\":"},{"a":2}]}',
  '{"a" : "{\\"a\\":1,\\"a\\":2}", "b":"a"}',
  '["a","a",{},{}]',
  `${'['.repeat(64)}${']'.repeat(64)}`,
  '"a"',
  'null',
])('reads %s', (text) => expect(findStrictJson(text)).toEqual(JSON.parse(text)));

it.each([
  '{"a":1,"a":1}',
  '{"a":1,"b":{"c":1, "c" :2}}',
  '{"a":1,"\\u0061":2}',
  '{"a":{"b":1},"b":[],"a":2}',
  `${'['.repeat(65)}${']'.repeat(65)}`,
  '{"a":1}}',
  "{'a':1}",
  '',
])('refuses %s', (text) => expect(findStrictJson(text)).toBeUndefined());

it('reads a string of many megabytes, and refuses nesting that would fill a stack', () => {
  const long = JSON.stringify({ a: 'A"\\'.repeat(4_000_000) });
  expect(findStrictJson(long)).toEqual(JSON.parse(long));
  expect(findStrictJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toBeUndefined();
});
