import { expect, test } from 'vitest';
import { canonicalJson } from './json.ts';
import { KEY_SCHEMA, type KeyParts, keyValue } from './key.ts';

const parts: KeyParts = {
  identity: 'acme.zlib@r2',
  options: { list: [{ a: 1, b: 2 }] },
  platform: 'linux-x86_64',
  recipe: { 'zlib.js': 'aa' },
  sources: ['https://x.org/a bb'],
  shell: { form: 'named', name: 'bash' },
  env: { CC: null },
  dependencies: { GCC: 'cc' },
};

test('every part changes the value that is hashed', () => {
  const changes: Partial<KeyParts>[] = [
    { identity: 'acme.zlib@r3' },
    { options: { list: [{ a: 1, b: 3 }] } },
    { options: { ...parts.options, new: false } },
    { platform: 'linux-arm64' },
    { recipe: { ...parts.recipe, 'lib.js': 'dd' } },
    { sources: [] },
    { shell: { form: 'named', name: 'sh' } },
    { env: { CC: '' } },
    { dependencies: { GCC: 'ee' } },
  ];
  const texts = [{}, ...changes].map((change) => canonicalJson(keyValue({ ...parts, ...change })));
  expect(new Set(texts).size).toBe(changes.length + 1);
});

test('order of members is no difference', () => {
  const other = { ...parts, options: { list: [{ b: 2, a: 1 }] } };
  expect(canonicalJson(keyValue(other))).toBe(canonicalJson(keyValue(parts)));
});

test('schema is part of the value that is hashed', () => {
  expect(keyValue(parts)).toEqual({ schema: KEY_SCHEMA, ...parts });
});
