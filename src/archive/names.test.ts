import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNameProblem, findTargetProblem, splitName } from './names.ts';

const step = fc.constantFrom('', '.', '..', 'a', 'b', '...', 'ü', ' ');
const name = fc.array(step, { maxLength: 6 }).map((steps) => steps.join('/'));
const isInside = (file: string) => file === '/d' || file.startsWith('/d/');

describe('findNameProblem', () => {
  it('lets no name out that the system would lead out', () => {
    fc.assert(
      fc.property(name, (text) => {
        if (findNameProblem(text) !== undefined) return;
        expect(path.posix.join('/d', ...splitName(text))).toBe(path.posix.resolve('/d', text));
        expect(isInside(path.posix.resolve('/d', text))).toBe(true);
      }),
    );
  });

  it.each([
    ['', 'has no name'],
    ['/etc/passwd', 'has an absolute path'],
    ['../x', 'leaves the directory'],
    ['a/../b', 'leaves the directory'],
    ['a\0b', 'has a NUL character in its name'],
    ['a/'.repeat(250), 'is more than 200 directories deep'],
    ['ä'.repeat(2048), 'has a name longer than 4095 bytes'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(findNameProblem(text)).toBe(problem);
  });

  it.each(['a', './a', 'a//b/', '..a/b..', './', 'a\\..\\b'])('accepts %j', (text) => {
    expect(findNameProblem(text)).toBeUndefined();
  });
});

describe('findTargetProblem', () => {
  it('lets no target out that the system would lead out', () => {
    fc.assert(
      fc.property(name, fc.nat({ max: 4 }), (target, depth) => {
        if (findTargetProblem(target, depth) !== undefined) return;
        expect(isInside(path.posix.resolve('/d', ...Array.from({ length: depth }, () => 'x'), target))).toBe(true);
      }),
    );
  });

  it('accepts to climb as far as the link is deep, not further', () => {
    expect(findTargetProblem('../../x', 2)).toBeUndefined();
    expect(findTargetProblem('./.././../x', 2)).toBeUndefined();
    expect(findTargetProblem('../../x', 1)).toBe('is a link to "../../x", which leaves the directory');
  });

  it('refuses to climb out of a name, which may be a link itself', () => {
    expect(findTargetProblem('up/..', 3)).toBe('is a link to "up/..", which climbs after a name');
  });
});
