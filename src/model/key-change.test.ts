import { expect, test } from 'vitest';
import type { KeyParts } from './key.ts';
import { compareKeys, type KeyChange, type RecordedParts } from './key-change.ts';

const PARTS = {
  identity: 'acme.jam@r1',
  options: { fruit: 'plum' },
  platform: 'linux-x86_64',
  recipe: { 'acme.jam@r1.js': 'aa', 'sugar.js': 'bb' },
  sources: ['https://a/b c.tar 11', 'tree 22'],
  shell: 'bash',
  driving: 1,
  env: { MOOD: null },
  dependencies: { SUGAR: 'acme.sugar@r1 55' },
} satisfies KeyParts;

test('keys of the same parts differ in nothing', () => expect(compareKeys(PARTS, { ...PARTS })).toEqual([]));

test.each<[string, RecordedParts, KeyChange]>([
  [
    'a file',
    { recipe: { ...PARTS.recipe, 'sugar.js': 'cc' } },
    { part: 'recipe', name: 'sugar.js', before: 'bb', after: 'cc' },
  ],
  ['a file that is gone', { recipe: { 'sugar.js': 'bb' } }, { part: 'recipe', name: 'acme.jam@r1.js', before: 'aa' }],
  ['an option', { options: { fruit: 'fig' } }, { part: 'option', name: 'fruit', before: 'plum', after: 'fig' }],
  [
    'a pin',
    { sources: ['https://a/b c.tar 12', 'tree 22'] },
    { part: 'source', name: 'https://a/b c.tar', before: '11', after: '12' },
  ],
  ['a variable that is set', { env: { MOOD: 'dd' } }, { part: 'env', name: 'MOOD', before: null, after: 'dd' }],
  ['the shell', { shell: 'sh' }, { part: 'shell', before: 'bash', after: 'sh' }],
  ['the platform', { platform: 'linux-arm64' }, { part: 'platform', before: 'linux-x86_64', after: 'linux-arm64' }],
  [
    'a dependency',
    { dependencies: { SUGAR: 'acme.sugar@r1 66' } },
    { part: 'dependency', name: 'SUGAR', before: 'acme.sugar@r1 55', after: 'acme.sugar@r1 66' },
  ],
  ['galley itself', { driving: undefined }, { part: 'driving', before: 1 }],
])('%s is named as what changed', (_, change, expected) => {
  expect(compareKeys(PARTS, { ...PARTS, ...change })).toEqual([expected]);
});

test('what a person changed is told before what follows from it', () => {
  const after = { ...PARTS, dependencies: {}, shell: 'sh', recipe: {} };
  expect(compareKeys(PARTS, after).map(({ part }) => part)).toEqual(['recipe', 'recipe', 'shell', 'dependency']);
});

test('a record of another age or of somebody else is compared as far as it goes', () => {
  expect(compareKeys({ recipe: 'none', sources: [7] }, { platform: 'linux-x86_64' })).toEqual([
    { part: 'platform', after: 'linux-x86_64' },
  ]);
});
