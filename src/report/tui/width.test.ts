import { expect, test } from 'vitest';
import { cut, fit, widthOf } from './width.ts';

test.each([
  ['', 0],
  ['plain', 5],
  ['Grüße', 5],
  ['漢字', 4],
  ['ﾊﾝｶｸ', 4],
  ['ｆｕｌｌ', 8],
  ['한국', 4],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['✔', 1],
  ['✔\ufe0f', 2],
  ['■▶·', 3],
])('%j is %i columns wide', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each([
  ['plain', 5, 'plain'],
  ['plainer', 5, 'plai…'],
  ['漢字漢字', 8, '漢字漢字'],
  ['漢字漢字', 7, '漢字漢…'],
  ['漢字漢字', 6, '漢字…'],
  ['x漢字', 1, '…'],
  ['漢', 0, ''],
])('%j cut to %i columns is %j', (text, columns, expected) => {
  expect(cut(text, columns, '…')).toBe(expected);
});

test('a text that is fitted takes exactly its columns, even where a wide letter would not end there', () => {
  for (let columns = 1; columns < 20; columns++) expect(widthOf(fit('ab漢字漢字漢字', columns, '…'))).toBe(columns);
});
