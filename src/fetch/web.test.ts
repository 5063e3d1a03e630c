import { expect, test } from 'vitest';
import { never, startFetching } from '../testing/fetching.ts';

test('what is no URL is told as that, whoever wrote it', async () => {
  await using f = await startFetching((_, response) => void response.end());
  const refusal = { code: 'INVALID_VALUE', message: 'Cannot fetch "http://[::1": it is not a valid URL' };
  await expect(f.fetcher.download({ url: 'http://[::1' }, { signal: never })).rejects.toMatchObject(refusal);
  expect(() => f.fetcher.fileName('http://[::1')).toThrow(refusal.message);
  expect(() => f.fetcher.objectStore('http://[::1')).toThrow(refusal.message);
});

test.for([
  ['100%', 'Basic MTAwJTp3b3Jk'],
  ['%zz', 'Basic JXp6OndvcmQ='],
])('a user may be called %s', async ([user, authorization]) => {
  await using f = await startFetching((_, response) => void response.end('x'));
  const url = f.web.origin.replace('//', `//${user}:word@`);
  await f.fetcher.download({ url: `${url}/f` }, { signal: never });
  await f.fetcher.download({ url: `${url.replace(':word', '')}/g` }, { signal: never });
  expect(f.web.requests[0]?.headers.authorization).toBe(authorization);
});

test('a percent sign that codes nothing is no reason to fall over for git either', async () => {
  await using f = await startFetching((_, response) => void response.end());
  expect(f.fetcher.fileName('git+ssh://%zz@h.test/tool.git')).toBe('tool.tar');
});

test.for([
  ['/%1b%5d0;pwn%07x', '_]0;pwn_x'],
  ['/a%2f..%2fb%00', 'a_.._b_'],
  [`/${'a'.repeat(300)}.tar.gz`, `${'a'.repeat(53)}.tar.gz`],
  ['/%2e%2e', 'download'],
])('a download from %s is called so that it can be written and shown', async ([path, name]) => {
  await using f = await startFetching((_, response) => void response.end('x'));
  expect(f.fetcher.fileName(f.web.origin + path)).toBe(name);
});
