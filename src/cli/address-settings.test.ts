import { expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import { readMirrors, readTokens } from './address-settings.ts';

const file = (values: JsonObject) => ({ file: '/p/galley.json', values });

test('the mirrors of a project come before those of the person for the same prefix', () => {
  const project = file({ mirrors: { 'https://H/a/': 'https://one/' } });
  const user = file({ mirrors: { 'https://h/a': ['https://two/x', 'off'], 'https://': 'http://all' } });
  expect(readMirrors({ project, user })).toEqual([
    { prefix: 'https://h/a', places: ['https://one', 'https://two/x'], opensUpstream: false },
    { prefix: 'https:/', places: ['http://all'], opensUpstream: true },
  ]);
});

test.each<[JsonObject, string]>([
  [{ mirrors: [] }, 'a table such as'],
  [{ mirrors: { 'ftp://h/': 'https://m/' } }, 'address as its name'],
  [{ mirrors: { 'https://h/?a=b': 'https://m/' } }, 'address as its name'],
  [{ mirrors: { 'https://h/': [] } }, 'at least one'],
  [{ mirrors: { 'https://h/': 'off' } }, 'at least one'],
  [{ mirrors: { 'https://h/': ['off', 'https://m/'] } }, '"off" at the end'],
  [{ mirrors: { 'https://h/': 'https://' } }, 'addresses'],
])('mirrors %j are refused', (values, part) => {
  expect(() => readMirrors({ user: file(values) })).toThrow(part);
});

test.each<[JsonObject, string]>([
  [{ tokens: { 'https://h/': 'sesame:open' } }, 'not the token itself'],
  [{ tokens: { 'https://h/': 1 } }, 'not the token itself'],
  [{ tokens: { 'https://': 'TOKEN' } }, 'a host as its name'],
  [{ tokens: { 'https://me:sesame@/': 'TOKEN' } }, 'a host as its name'],
])('tokens %j are refused, and nothing of them is repeated', (values, part) => {
  try {
    readTokens({ user: file(values) });
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'SETTING_INVALID') && error.message).toContain(part);
    expect(String(error)).not.toContain('sesame');
  }
});

test("tokens are the person's alone", () => {
  const tokens = { 'https://h/x/': 'TOKEN' };
  expect(readTokens({ user: file({ tokens }) })).toEqual([{ prefix: 'https://h/x', variable: 'TOKEN' }]);
  expect(() => readTokens({ project: file({ tokens }) })).toThrow('where a repository decides');
});
