import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNameProblem, findTargetProblem, isMended, splitName } from './names.ts';

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

  it('accepts what is exactly as long and as deep as it may be', () => {
    expect(findNameProblem(`${'d/'.repeat(199)}f`)).toBeUndefined();
    expect(findNameProblem(`${'d/'.repeat(200)}f`)).toBe('is more than 200 directories deep');
    expect(findNameProblem('ä'.repeat(2_047))).toBeUndefined();
    expect(findNameProblem(`x${'ä'.repeat(2_047)}`)).toBeUndefined();
    expect(findNameProblem(`xx${'ä'.repeat(2_047)}`)).toBe('has a name longer than 4095 bytes');
  });

  it.each(['a', './a', 'a//b/', '..a/b..', './', 'a\\..\\b'])('accepts %j', (text) => {
    expect(findNameProblem(text)).toBeUndefined();
  });
});

describe('splitName', () => {
  it('leaves out what leads nowhere', () => {
    expect(splitName('./a//b/.')).toEqual(['a', 'b']);
    expect(splitName('./')).toEqual([]);
  });

  it('replaces what no file system takes, and says so', () => {
    expect(splitName('a\ud800/./b')).toEqual(['a\ufffd', 'b']);
    expect([isMended(['a', 'b\ufffdc']), isMended(['a', 'b'])]).toEqual([true, false]);
  });
});

describe('findTargetProblem', () => {
  it.each([
    ['', 'is a link without target'],
    ['a\0b', 'has a NUL character in its target'],
    ['/etc', 'is a link to "/etc", an absolute path'],
    ['..', 'is a link to "..", which leaves the directory'],
    ['a/../..', 'is a link to "a/../..", which climbs after a name'],
    ['../a/..', 'is a link to "../a/..", which climbs after a name'],
  ])('says what is wrong with %j', (target, problem) => {
    expect(findTargetProblem(target, target.startsWith('../a') ? 1 : 0)).toBe(problem);
  });

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
