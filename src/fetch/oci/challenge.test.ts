import { expect, test } from 'vitest';
import { parseChallenge } from './challenge.ts';

test.each([
  ['Basic realm="x"', { scheme: 'basic' }],
  ['basic', { scheme: 'basic' }],
  ['Bearer realm="https://a.test/t",service="s"', { scheme: 'bearer', realm: 'https://a.test/t', service: 's' }],
  [
    'Negotiate, bearer Realm=https://a.test , scope="repository:a:pull,push \\"x\\""',
    { scheme: 'bearer', realm: 'https://a.test', scope: 'repository:a:pull,push "x"' },
  ],
  ['Digest nonce="Bearer realm=no", Basic realm="x"', { scheme: 'basic' }],
  ['Bearer service="s"', undefined],
  ['Digest realm="x"', undefined],
  ['', undefined],
])('%s', (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected);
});
