import { expect, test } from 'vitest';
import { labelOf } from './package.ts';

test('a label shows what its options hold, and nothing of that moves a cursor or turns the direction of text', () => {
  const label = labelOf({ recipe: 'acme.zlib@r2', options: { v: '\x9b2J\u202e\u2028', ü: 'é' } });
  expect(label).toBe('acme.zlib@r2{"v":"\\u009b2J\\u202e\\u2028","ü":"é"}');
});

test('a label of megabytes is told by its beginning, and differs where its options do', () => {
  const labels = ['x', 'y'].map((last) =>
    labelOf({ recipe: 'acme.zlib@r2', options: { v: `${'x'.repeat(1_000_000)}${last}` } }),
  );
  expect(labels[0]).toMatch(/^acme\.zlib@r2\{"v":"x{400,500}… \(sha256 [0-9a-f]{16}\)$/);
  expect(labels[1]).not.toBe(labels[0]);
});
