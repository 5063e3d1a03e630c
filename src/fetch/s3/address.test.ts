import { expect, test } from 'vitest';
import { parseS3Store, parseS3Url, requestUrl, type S3Place } from './address.ts';

const AMAZON: S3Place = { region: 'eu-west-1', endpoint: undefined, isVirtual: true };

const ask = (url: string, place: Partial<S3Place> = {}, query: Record<string, string> = {}): string =>
  requestUrl(parseS3Url(url), query, { ...AMAZON, ...place });

test('a bucket is a part of the host name where it can be, and else the first step of the path', () => {
  expect(ask('s3://acme/a/b')).toBe('https://acme.s3.eu-west-1.amazonaws.com/a/b');
  expect(ask('s3://acme.test/a')).toBe('https://s3.eu-west-1.amazonaws.com/acme.test/a');
  expect(ask('s3://acme/a', { region: 'cn-north-1' })).toBe('https://acme.s3.cn-north-1.amazonaws.com.cn/a');
  const own = { endpoint: 'http://minio.test:9000/door/' };
  expect(ask('s3://acme/a', { ...own, isVirtual: false })).toBe('http://minio.test:9000/door/acme/a');
  expect(ask('s3://acme/a', own)).toBe('http://acme.minio.test:9000/door/a');
});

test('a key is taken as it is, and every letter of it survives the URL', () => {
  const key = "a b+c%20(d)*'!~é/€//x?y=z&w#f";
  const url = new URL(ask(`s3://acme/${key}`));
  expect(decodeURIComponent(url.pathname.slice(1))).toBe(key);
  expect([url.search, url.hash]).toEqual(['', '']);
  expect(url.pathname).not.toMatch(/[+*'()!]/);
});

test('a version is asked for beside the key', () => {
  expect(parseS3Url('s3://acme/a?versionId=x.y_z')).toEqual({ bucket: 'acme', key: 'a', versionId: 'x.y_z' });
  expect(parseS3Url('s3://acme/a?b')).toEqual({ bucket: 'acme', key: 'a?b' });
  expect(ask('s3://acme/a', {}, { versionId: 'x' })).toMatch(/\/a\?versionId=x$/);
});

test('a store is a bucket, or what is below a prefix', () => {
  expect(parseS3Store('s3://acme')).toEqual({ bucket: 'acme', key: '' });
  expect(parseS3Store('s3://acme/depots/main')).toEqual({ bucket: 'acme', key: 'depots/main/' });
});

test.each([
  's3://acme',
  's3://acme/',
  's3://acme/dir/',
  's3:///key',
  's3://a@b/key',
  's3://acme/../other',
  's3://acme/a/./b',
  's3://acme/a\0b',
])('%s is refused', (url) => {
  expect(() => parseS3Url(url)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
});
