import { expect, test } from 'vitest';
import { formatColumns } from './columns.ts';

test('columns are as wide as their widest cell, and lines end without blanks', () => {
  const rows = [
    ['a', 'long cell', ''],
    ['wide', 'b', 'last'],
  ];
  expect(formatColumns(rows)).toBe('a     long cell\nwide  b          last');
});

test('no rows are no text', () => expect(formatColumns([])).toBe(''));

test('a cell is one line and moves no cursor, whatever people have in their names', () => {
  expect(formatColumns([['a\nb', '\u001b[31mred\u009b0m'], ['c']])).toBe('a b  red\nc');
});
