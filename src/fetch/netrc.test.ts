import { expect, test } from 'vitest';
import { findEntry, parseNetrc } from './netrc.ts';

test('a netrc is read as curl reads it: any white space, comments, quotes, macros and a default', () => {
  const text = `# machine comment.test login a password b
machine One.test login me
  password "my \\"word\\" #1" # the rest is a comment
macdef init
machine macro.test login x password y

machine two.test account z login you # password no
default login anonymous password guest
machine late.test login a password b`;
  expect(parseNetrc(text)).toEqual([
    { machine: 'one.test', login: 'me', password: 'my "word" #1' },
    { machine: 'two.test', login: 'you' },
    { machine: undefined, login: 'anonymous', password: 'guest' },
    { machine: 'late.test', login: 'a', password: 'b' },
  ]);
});

test('the first entry that fits counts, and one for another user does not fit', () => {
  const entries = parseNetrc('machine a login me password 1 machine a login you password 2 default login x password 3');
  expect(findEntry(entries, { host: 'A' })?.password).toBe('1');
  expect(findEntry(entries, { host: 'a', login: 'you' })?.password).toBe('2');
  expect(findEntry(entries, { host: 'b' })?.password).toBe('3');
  expect(findEntry(entries, { host: 'b', login: 'you' })).toBeUndefined();
  expect(findEntry([], { host: 'b' })).toBeUndefined();
});

test('a file that ends in the middle is no problem', () => {
  for (const text of ['', 'machine', 'machine a login', 'login x', 'macdef', '"', 'machine "a'])
    expect(() => parseNetrc(text)).not.toThrow();
});
