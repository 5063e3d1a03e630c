import { expect, test } from 'vitest';
import { parseKeys } from './keys.ts';

test.each([
  ['\x1b[A\x1b[B', ['up', 'down']],
  ['\x1bOA\x1bOH', ['up', 'home']],
  ['\x1b[5~\x1b[6~', ['page-up', 'page-down']],
  ['\x1b', ['escape']],
  ['\x1bf', ['escape', 'f']],
  ['jjq', ['j', 'j', 'q']],
  ['\r', ['enter']],
  ['\x03', ['interrupt']],
  ['\x1b[1;5C\x1b[200~', ['other', 'other']],
  ['漢x', ['other', 'other']],
])('%j is typed by %j', (text, keys) => {
  expect(parseKeys(text)).toEqual(keys);
});
