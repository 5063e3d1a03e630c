import { expect, test } from 'vitest';
import { labelOf } from './package.ts';

test('a label shows what its options hold, and nothing of that moves a cursor or turns the direction of text', () => {
  const label = labelOf({ recipe: 'acme.zlib@r2', options: { v: '\x9b2J\u202e\u2028', ü: 'é' } });
  expect(label).toBe('acme.zlib@r2{"v":"\\u009b2J\\u202e\\u2028","ü":"é"}');
});
