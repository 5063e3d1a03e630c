import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chance } from '../../functional_tests/rig/chance.ts';
import { rounds } from '../../functional_tests/rig/rounds.ts';
import { covers, findGlobProblem, parseGlobs } from './glob.ts';

const fits = (pattern: string, path: string) => covers(parseGlobs([pattern]), path.split('/'));

/** Which of many paths a pattern takes. */
const taken = (pattern: string, ...paths: string[]) => paths.filter((path) => fits(pattern, path));

test('a pattern takes names by *, ?, sets and alternatives, and directories with all that is in them', () => {
  expect(taken('*.c', 'a.c', '.c', '.a.c', 'a.cc', 'd/a.c')).toEqual(['a.c']);
  expect(taken('?.c', 'a.c', 'ab.c', '.c', '😀.c')).toEqual(['a.c', '😀.c']);
  expect(taken('[a-c1]x', 'ax', 'cx', '1x', 'dx', 'x')).toEqual(['ax', 'cx', '1x']);
  expect(taken('[!a-c]x', 'ax', 'dx', '.x', '😀x')).toEqual(['dx', '😀x']);
  expect(taken('{src,{lib,doc}s}/a{,b}', 'src/a', 'libs/ab', 'docs/a', 'doc/a')).toEqual([
    'src/a',
    'libs/ab',
    'docs/a',
  ]);
  expect(taken('src', 'src', 'src/a', 'src/.a/b', 'a/src', 'src2')).toEqual(['src', 'src/a', 'src/.a/b']);
  expect(taken('./src//x/', 'src/x/y', 'src')).toEqual(['src/x/y']);
});

test('** is any number of directories that do not begin with a dot', () => {
  expect(taken('**/a', 'a', 'b/a', 'b/c/a/d', '.b/a', 'b/.c/a')).toEqual(['a', 'b/a', 'b/c/a/d']);
  expect(taken('a/**', 'a', 'a/b', 'a/b/c', 'a/.b')).toEqual(['a/b', 'a/b/c']);
  expect(taken('a/**/**/b', 'a/b', 'a/x/y/b', 'a/x')).toEqual(['a/b', 'a/x/y/b']);
  expect(taken('**', 'a', 'a/b', '.a')).toEqual(['a', 'a/b']);
});

test('a character in brackets stands for itself', () => {
  expect(taken('[{]a,b[}]', '{a,b}', 'a')).toEqual(['{a,b}']);
  expect(taken('a[*?][[]', 'a*[', 'a?[', 'ab[')).toEqual(['a*[', 'a?[']);
  expect(taken('+[(]a)', '+(a)')).toEqual(['+(a)']);
  expect(taken('[]-a][!]', ']!', 'a!', 'b!')).toEqual([']!', 'a!']);
});

const REFUSED: [pattern: string, expected: unknown, hint: unknown][] = [
  ['+(+(a|aa)|a+(a))b', 'a path pattern without "+("', 'Write alternatives as {a,b}, and [(] for a "(" itself'],
  ['!(a)', 'a path pattern without "!("', 'Write alternatives as {a,b}, and [(] for a "(" itself'],
  ['+{a,(b)}', 'a path pattern without "+("', 'Write alternatives as {a,b}, and [(] for a "(" itself'],
  ['a\\*', 'a path pattern without "\\"', 'Write "/" between directories, and [*] for a "*" itself'],
  ['[\\]]', 'a path pattern without "\\"', 'Write "/" between directories, and [*] for a "*" itself'],
  ['a[b', 'a path pattern without "["', 'Write "]" at its end, or [[] for a "[" itself'],
  ['[a/b]', 'a path pattern without "["', 'Write "]" at its end, or [[] for a "[" itself'],
  ['[]', 'a path pattern without "["', 'Write "]" at its end, or [[] for a "[" itself'],
  ['[[:alpha:]]', 'a path pattern without "[:"', 'Name the characters, as in [A-Za-z0-9]'],
  ['[az-a]', 'a path pattern without "z-a"', 'Write a-z'],
  ['x{1..30000000}', 'a path pattern without "{1..30000000}"', expect.stringContaining('{1,2,3}')],
  ['{a,{b}}', 'a path pattern without "{b}"', expect.stringContaining('[{]')],
  ['{a,b', 'a path pattern with a "}" for every "{"', expect.stringContaining('[{]')],
  ['{'.repeat(1000), 'a path pattern with a "}" for every "{"', expect.stringContaining('[{]')],
  ['{a,b}'.repeat(200), expect.stringContaining('at most 10000 characters when'), expect.stringContaining('fewer')],
  [`{${'{,}'.repeat(200)},a}`, expect.stringContaining('at most 10000 characters when'), expect.any(String)],
  ['a'.repeat(1001), 'a path pattern of at most 1000 characters', 'Write several shorter patterns'],
  ...['', '.', './', '/src', '../a', 'a/..', '{a,..}/b', '{,a}/b'].map(
    (pattern) =>
      [pattern, 'a path pattern of what is in the directory', 'Write it relative to the directory, without ".."'] as [
        string,
        string,
        string,
      ],
  ),
];

test.each(REFUSED.map(([pattern, ...rest]) => [pattern.slice(0, 30), pattern, ...rest]))(
  'pattern %j is refused with what was expected, and a hint',
  (_, pattern, expected, hint) => {
    expect(findGlobProblem(pattern as string)).toEqual({ expected, hint });
  },
);

test('parseGlobs names the pattern that is none', () => {
  const message = 'Cannot select by "+(a)", expected a path pattern without "+("';
  expect(() => parseGlobs(['a', '+(a)'])).toThrow(expect.objectContaining({ code: 'INVALID_VALUE', message }));
});

test('no pattern and no path makes a comparison long', () => {
  const name = 'a'.repeat(255);
  const deep = Array.from({ length: 16 }, () => name).join('/');
  const hostile = [
    `${'*a'.repeat(499)}b`,
    `${'**/*a'.repeat(150)}b`,
    `**/${'a*'.repeat(400)}/**/b`,
    `${'*'.repeat(999)}b`,
    `[${'b'.repeat(900)}]*`,
    `{${'a,'.repeat(498)}b}b`,
    `**/${'{*a,a*}'.repeat(8)}b`,
  ];
  const started = performance.now();
  for (const pattern of hostile) expect(fits(pattern, deep), pattern).toBe(false);
  // 30 ms each on a slow machine; what backtracks over letters would need years.
  expect(performance.now() - started).toBeLessThan(10_000);
});

/** A pattern, and all that it is when its alternatives are written out. */
interface Written {
  text: string;
  ways: string[];
}

const plain = (text: string): Written => ({ text, ways: [text] });
const ends = (head: Written, tail: Written, between = ''): Written => ({
  text: head.text + between + tail.text,
  ways: head.ways.flatMap((way) => tail.ways.map((end) => way + between + end)),
});
const joinedBy = (between: string) => (parts: Written[]) => parts.reduce((head, tail) => ends(head, tail, between));
const grouped = (parts: Written[]): Written => ({
  text: `{${parts.map(({ text }) => text).join(',')}}`,
  ways: parts.flatMap(({ ways }) => ways),
});
const few = <T>(item: fc.Arbitrary<T>, maxLength: number, minLength = 1) => fc.array(item, { minLength, maxLength });
const chosen = (letters: string) => fc.constantFrom(...letters.split(' '));

function somePattern(): fc.Arbitrary<Written> {
  const members = few(chosen('a b a-b ! ^ . - [ * ? b-c'), 3).map((found) => found.join(''));
  const set = fc.tuple(chosen('! ^ _ _'), fc.boolean(), members).map(([not, end, rest]) => {
    const text = `[${not.replace('_', '')}${end ? ']' : ''}${rest}]`;
    return text === '[!]' || text === '[^]' ? '[a]' : text;
  });
  const part = fc.oneof(chosen('a a b c .a - + ! ( ) | $ ^ é # ]'), chosen('* ? **'), set).map(plain);
  const inner = few(part, 2).map(joinedBy(''));
  const nested = fc.oneof(inner, few(inner, 3, 2).map(grouped), few(inner, 2, 2).map(joinedBy('/')));
  const group = few(nested, 3, 2).map(grouped);
  const name = fc.oneof(chosen('** * a').map(plain), few(fc.oneof(part, part, group), 4).map(joinedBy('')));
  const tail = few(fc.oneof(inner, fc.constant(plain(''))), 3, 2).map(grouped);
  const ended = fc.oneof(name, name, fc.tuple(name, tail).map(joinedBy('')));
  return few(ended, 4).map(joinedBy('/'));
}

function somePath(): fc.Arbitrary<string[]> {
  const letters = fc.constantFrom('a', 'a', 'b', 'c', '.', '-', '+', '\\', '(', '!', ']', 'é', '\n');
  const name = few(letters, 4).map((found) => found.join(''));
  const isReal = (text: string) => text !== '.' && text !== '..';
  return few(fc.oneof(chosen('a b'), name.filter(isReal)), 4);
}

/**
 * What Node takes is what shells take. Left out are patterns in which it is of another mind: `./a`, `a/` and `[!]` fit
 * nothing there; `?` is half of a character beyond the first 65,536; alternatives are read within brackets,
 * `[{a,b}]`; and on a Mac it does not tell upper from lower case, though a key must be the same everywhere. It takes
 * `a/b` for `{**,*}/*` + `/a`, which is a fault of its own: where there is `**`, it is asked for each alternative.
 */
test('what is supported fits what path.matchesGlob fits', () => {
  const { seed } = new Chance();
  let [compared, fitted] = [0, 0];
  const compare = ({ text, ways }: Written, paths: string[][]) => {
    if (findGlobProblem(text) !== undefined) return;
    const globs = parseGlobs([text]);
    const hasDeep = ways.some((way) => way.split('/').includes('**'));
    for (const names of paths) {
      const leading = names.map((_, index) => names.slice(0, index + 1).join('/'));
      const isExpected = (hasDeep ? ways : [text]).some((way) => leading.some((name) => posix.matchesGlob(name, way)));
      expect(covers(globs, names), JSON.stringify([text, names.join('/')])).toBe(isExpected);
      compared += 1;
      fitted += isExpected ? 1 : 0;
    }
  };
  fc.assert(fc.property(somePattern(), few(somePath(), 4, 4), compare), { seed, numRuns: rounds(800, 60_000) });
  // A comparison of nothing would succeed as well.
  expect(compared).toBeGreaterThan(1000);
  expect(fitted / compared).toBeGreaterThan(0.03);
});
