import { expect, test } from 'vitest';
import { canonicalJson } from './json.ts';
import { findDifference, KEY_SCHEMA, type KeyParts, keyValue } from './key.ts';

const parts: KeyParts = {
  identity: 'acme.zlib@r2',
  options: { list: [{ a: 1, b: 2 }] },
  platform: 'linux-x86_64',
  recipe: { 'zlib.js': 'aa' },
  sources: { 'https://x.org/a': 'bb' },
  shell: { form: 'named', name: 'bash' },
  env: { CC: null },
  dependencies: { GCC: 'cc' },
};

test('every part changes the value that is hashed, and is named as the difference', () => {
  const changes: [string, Partial<KeyParts>][] = [
    ['identity', { identity: 'acme.zlib@r3' }],
    ['options.list', { options: { list: [{ a: 1, b: 3 }] } }],
    ['options.new', { options: { ...parts.options, new: false } }],
    ['platform', { platform: 'linux-arm64' }],
    ['recipe.lib.js', { recipe: { ...parts.recipe, 'lib.js': 'dd' } }],
    ['sources.https://x.org/a', { sources: {} }],
    ['shell.name', { shell: { form: 'named', name: 'sh' } }],
    ['env.CC', { env: { CC: '' } }],
    ['dependencies.GCC', { dependencies: { GCC: 'ee' } }],
  ];
  for (const [name, change] of changes) {
    const after = { ...parts, ...change };
    expect(canonicalJson(keyValue(after))).not.toBe(canonicalJson(keyValue(parts)));
    expect(findDifference(parts, after)).toBe(name);
    expect(findDifference(after, parts)).toBe(name);
  }
});

test('order of members is no difference', () => {
  expect(findDifference(parts, { ...parts, options: { list: [{ b: 2, a: 1 }] } })).toBeUndefined();
});

test('schema is part of the value that is hashed', () => {
  expect(keyValue(parts)).toEqual({ schema: KEY_SCHEMA, ...parts });
});
