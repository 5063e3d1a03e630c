import { expect, test } from 'vitest';
import { maskSource, redactUrl } from './redact.ts';

test('redactUrl hides user name and password when an address carries them', () => {
  expect(redactUrl('https://me:pa%40ss@host.test:8080/a?b=1')).toBe('https://***@host.test:8080/a?b=1');
  expect(redactUrl('https://me:p@ss@host.test/a')).toBe('https://***@host.test/a');
  expect(redactUrl('sparse+https://token@host.test/')).toBe('sparse+https://***@host.test/');
});

test('redactUrl hides secret parameters and leaves the others when a query is signed', () => {
  expect(redactUrl('https://h.test/f?version=2&X-Amz-Signature=abc&sig=d#top')).toBe(
    'https://h.test/f?version=2&X-Amz-Signature=***&sig=***#top',
  );
});

test('redactUrl hides a password that nobody has escaped, though there is no address then', () => {
  for (const password of ['s3cr/et', 's3cr?et', 's3c#r/et', 'a@b/c'])
    expect(redactUrl(`"https://bob:${password}@host.test/x@1" and more`)).not.toContain(password);
  expect(redactUrl('git+https://bob:s3cr/et@host.test/x')).toBe('git+https://***@host.test/x');
});

test('redactUrl hides what the addresses of releases and stores carry', () => {
  expect(redactUrl('https://h.test/f?sp=r&sig=a&jwt=b&key=c&auth=d&code=e&X-Amz-Security-Token=f&v=1')).toBe(
    'https://h.test/f?sp=r&sig=***&jwt=***&key=***&auth=***&code=***&X-Amz-Security-Token=***&v=1',
  );
});

test('redactUrl changes nothing when there is no secret', () => {
  for (const url of [
    'https://h.test/@scope/name/-/a@1.tgz',
    'npm:@scope/name@1.0.0',
    '/a/b@c',
    'https://h.test/design=1?signal=2',
    'https://h.test/f?keyboard=de&codec=x&monkey=1',
    'https://h.test:8080/@scope/name@1 and "https://h.test/b@2"',
  ])
    expect(redactUrl(url)).toBe(url);
});

test('redactUrl hides every address when a text holds several', () => {
  expect(redactUrl('"https://a:b@x.test/" leads to "http://c@y.test/"')).toBe(
    '"https://***@x.test/" leads to "http://***@y.test/"',
  );
});

test('a line of source keeps its columns and shows no secret', () => {
  const lines: [string, string][] = [
    [`fetch = 'https://me:it%27s@h/x?token=abc&b=1';`, `fetch = 'https://*********@h/x?token=***&b=1';`],
    [
      `{ url: 'https://h/', headers: { 'X-Any': "abc", Accept: 'b' } }`,
      `{ url: 'https://h/', headers: { 'X-Any': "***", Accept: '*' } }`,
    ],
    [`  Authorization: 'Bearer abc',`, `  Authorization: '**********',`],
    [`const api_key = "abc";`, `const api_key = "***";`],
    [`export const products = { tool: 'tool' };`, `export const products = { tool: 'tool' };`],
  ];
  for (const [line, masked] of lines) expect(maskSource(line)).toBe(masked);
});

test('no text takes long to be made fit to be shown', () => {
  const begun = performance.now();
  for (const piece of [';token', '?token', 'token', 'a', 'a://', ';', 'headers:{', 'api-key', ' : "', "secret:'", '@'])
    for (const text of [piece.repeat(20_000), `x=${piece.repeat(20_000)}!`])
      expect(redactUrl(maskSource(text))).toBeDefined();
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('a secret is found behind other parameters, and behind names that begin with a digit', () => {
  expect(redactUrl('https://h.test/?a=1;token=x')).toBe('https://h.test/?a=1;token=***');
  expect(redactUrl('https://h.test/?a?x-token-y=1')).toBe('https://h.test/?a?x-token-y=***');
  expect(redactUrl('1http://a:b@h.test/')).toBe('1http://***@h.test/');
});
