import { expect, test } from 'vitest';
import { formatChecksumLine } from './checksum-line.ts';

test('an ordinary name stands as it is', () => {
  expect(formatChecksumLine('00ff', 'a b/c')).toBe('00ff  a b/c');
});

test('backslashes and line breaks are escaped, and the line says so', () => {
  expect(formatChecksumLine('00ff', 'a\\b\nc\rd')).toBe('\\00ff  a\\\\b\\nc\\rd');
});
