import { expect, it } from 'vitest';
import type { Sha256 } from '../model/digest.ts';
import { decodeFingerprint, encodeFingerprint, type FingerprintLine, findDifferences } from './fingerprint.ts';

const [ONE, OTHER] = ['ab', 'cd'].map((pair) => pair.repeat(32)) as [Sha256, Sha256];
const file = (mode: string, sha256 = ONE): FingerprintLine => ({ path: 'x', kind: 'file', mode, sha256 });
const link = (target: string): FingerprintLine => ({ path: 'x', kind: 'link', target });
const dir = (mode: string): FingerprintLine => ({ path: 'x', kind: 'dir', mode });

it.each<[string | undefined, string, FingerprintLine | undefined, FingerprintLine | undefined]>([
  [undefined, 'the same file', file('0444'), file('0444')],
  [undefined, 'the same link', link('a'), link('a')],
  ['content', 'other bytes', file('0444'), file('0444', OTHER)],
  ['content', 'other bytes and another mode', file('0444'), file('0644', OTHER)],
  ['mode', 'a file that may be written', file('0444'), file('0644')],
  ['mode', 'a directory that may be written', dir('0555'), dir('0755')],
  ['link', 'a link that leads elsewhere', link('a'), link('b')],
  ['kind', 'a link for a file', file('0444'), link('a')],
  ['kind', 'a directory for a link', link('a'), dir('0555')],
  ['missing', 'nothing any more', file('0444'), undefined],
  ['extra', 'something where nothing was', undefined, file('0444')],
])('%s is what is different about %s', (how, _, before, after) => {
  const lines = (line: FingerprintLine | undefined) => (line ? [line] : []);
  expect(findDifferences(lines(before), lines(after))).toEqual(how === undefined ? [] : [{ path: 'x', how }]);
});

it('differences are told by path, and a fingerprint is read as it was written', () => {
  const names = ['b', 'a', 'c'].map((path) => ({ ...file('0444'), path }));
  expect(findDifferences(names, []).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
  expect(decodeFingerprint(encodeFingerprint(names))).toEqual(names);
});
