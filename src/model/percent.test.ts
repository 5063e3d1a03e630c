import { expect, test } from 'vitest';
import { decodePercent } from './percent.ts';

test('what is coded is decoded, and what is no code stays as it is', () => {
  expect(['a%2Fb', '%c3%b6', '100%', '%zz', '%ff'].map(decodePercent)).toEqual(['a/b', 'ö', '100%', '%zz', '%ff']);
});
