import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitOf, formatGitUrl, isRef, parseGitUrl } from './git.ts';

const URL = 'git+https://host.test/repo.git';
const COMMIT = '0123456789abcdef'.repeat(3).slice(0, 40);

test('a git URL says what its fields say, and fields replace what it says', () => {
  expect(formatGitUrl(URL, {})).toBe(URL);
  expect(formatGitUrl(URL, { ref: 'v1', subdir: './lib//x/', submodules: true })).toBe(
    `${URL}#v1&subdir=lib/x&submodules=true`,
  );
  expect(formatGitUrl(`${URL}#v1&subdir=lib`, { ref: 'v2' })).toBe(`${URL}#v2&subdir=lib`);
  expect(formatGitUrl(`${URL}#v1`, { subdir: '.', submodules: false })).toBe(`${URL}#v1`);
  expect(parseGitUrl(`${URL}#submodules=true&subdir=a`)).toEqual({
    repository: 'https://host.test/repo.git',
    subdir: 'a',
    submodules: true,
  });
});

test('a git URL is read as it was written, whatever its ref and directory are called', () => {
  const steps = fc.array(fc.stringMatching(/^[\w &=#%+ü-]*[\w&=#%]$/), { minLength: 1, maxLength: 3 });
  const name = steps.map((parts) => parts.join('/'));
  fc.assert(
    fc.property(name.filter(isRef), name, fc.boolean(), (ref, subdir, submodules) => {
      expect(parseGitUrl(formatGitUrl(URL, { ref, subdir, submodules }))).toMatchObject({ ref, subdir, submodules });
    }),
  );
});

test('what git could take for an option, a command or another place is no git URL', () => {
  const refused = [
    'https://host.test/a.git',
    'git+ext::sh -c id',
    'git+https:/host',
    'git+https://host.test',
    'git+file://host/path',
    'git+ssh://-oProxyCommand=x/y',
    'git+ssh://-x@host/y',
    'git+ssh://%2Dx@host/y',
    `${URL}#--upload-pack=x`,
    `${URL}#a..b`,
    `${URL}#a b`,
    `${URL}#subdir=../x`,
    `${URL}#subdir=/etc`,
  ];
  for (const url of refused) expect(parseGitUrl(url), url).toBeUndefined();
  for (const url of ['git+file:///srv/a', 'git://host/a', 'git+ssh://git@host:22/a', 'git+http://h/a?b=c'])
    expect(parseGitUrl(url), url).toBeDefined();
});

test('only all digits of a commit are a pin', () => {
  expect(commitOf(`${URL}#${COMMIT}&subdir=a`)).toBe(COMMIT);
  expect(commitOf(`${URL}#${'a'.repeat(64)}`)).toBe('a'.repeat(64));
  for (const url of [URL, `${URL}#${COMMIT.slice(1)}`, `${URL}#subdir=${COMMIT}`, `https://host.test/#${COMMIT}`])
    expect(commitOf(url), url).toBeUndefined();
});

test('names of references follow git', () => {
  for (const good of ['main', 'v1.2.3', 'feature/a#b', 'a=b&c', 'ünï', 'refs/heads/x'])
    expect(isRef(good), good).toBe(true);
  for (const bad of [
    '',
    '@',
    '-a',
    '/a',
    'a/',
    'a.',
    'a.lock',
    'a.lock/b',
    '.a',
    'a/.b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    'a@{1}',
    'a//b',
    'a\0',
  ])
    expect(isRef(bad), bad).toBe(false);
});
