import { expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { findProxy, isExempt } from './proxy.ts';

const exempt = (url: string, noProxy: string) => isExempt(new URL(url), noProxy);

test.each([
  ['https://host.test/', 'host.test', true],
  ['https://a.host.test/', 'host.test', true],
  ['https://a.host.test/', '.host.test', true],
  ['https://host.test/', '.host.test', true],
  ['https://a.host.test/', '*.host.test', true],
  ['https://myhost.test/', 'host.test', false],
  ['https://HOST.test./', 'other,  Host.Test', true],
  ['https://host.test/', 'other host.test', true],
  ['https://host.test/', '*', true],
  ['https://host.test/', '', false],
  ['https://host.test/', 'host.test:443', true],
  ['https://host.test/', 'host.test:80', false],
  ['http://host.test:8080/', 'host.test:8080', true],
  ['http://10.1.2.3/', '10.1.2.3', true],
  ['http://10.1.2.3/', '10.0.0.0/8', true],
  ['http://11.1.2.3/', '10.0.0.0/8', false],
  ['http://10.1.2.3/', '10.0.0.0/33', false],
  ['http://10.1.2.3/', '2.3', false],
  ['http://[fd00::1]/', 'fd00::/8', true],
  ['http://[fd00::1]/', 'fd00::1', true],
  ['http://[fd00::1]:81/', '[fd00::1]:81', true],
  ['http://[fd00::1]/', '[fd00::1]:81', false],
  ['http://10.1.2.3/', 'fd00::/8', false],
])('%s with no_proxy "%s" goes past the proxy: %s', (url, noProxy, expected) => {
  expect(exempt(url, noProxy)).toBe(expected);
});

test('a proxy is found by scheme, in lower case first, and for everything else in all_proxy', () => {
  const find = (url: string, env: Record<string, string>) => findProxy(new URL(url), env);
  expect(find('http://h/', { http_proxy: 'p:1', HTTP_PROXY: 'q:1' })).toBe('http://p:1/');
  expect(find('https://h/', { HTTPS_PROXY: 'https://me:word@p:1', http_proxy: 'q:1' })).toBe('https://me:word@p:1/');
  expect(find('https://h/', { all_proxy: 'socks5h://p:1' })).toBe('socks5://p:1');
  expect(find('http://h/', { https_proxy: 'p:1' })).toBeUndefined();
  expect(find('http://h/', { http_proxy: 'p:1', NO_PROXY: 'h' })).toBeUndefined();
});

test('a proxy that is none is refused without its password', () => {
  try {
    findProxy(new URL('http://h/'), { http_proxy: 'ftp://me:sesame@h' });
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'SETTING_INVALID')).toBe(true);
    expect(String(error)).not.toContain('sesame');
  }
});
