import { expect, test } from 'vitest';
import type { Failure } from '../model/failure.ts';
import { parsePublicKey } from '../model/public-key.ts';
import { generatePrivateKey, isSignedBy, parsePrivateKey } from './signature.ts';

/** RFC 8032, section 7.1, test 2: one key, the message of one byte, and its signature. */
const RFC = {
  seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
};

test('a signature is that of RFC 8032', () => {
  // The fixed beginning of every Ed25519 key in PKCS #8 (RFC 8410, section 7).
  const der = Buffer.from(`302e020100300506032b657004220420${RFC.seed}`, 'hex').toString('base64');
  const key = parsePrivateKey(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`, 'the key');
  expect(key.publicKey).toBe(`ed25519:${Buffer.from(RFC.publicKey, 'hex').toString('base64')}`);
  expect(key.sign(Buffer.from('72', 'hex'))).toBe(Buffer.from(RFC.signature, 'hex').toString('base64'));
});

test('a signature is valid for its bytes and key alone', () => {
  const [key, other] = [parsePrivateKey(generatePrivateKey(), 'a'), parsePrivateKey(generatePrivateKey(), 'b')];
  const signature = key.sign('text');
  expect(isSignedBy(key.publicKey, 'text', signature)).toBe(true);
  expect(isSignedBy(key.publicKey, 'Text', signature)).toBe(false);
  expect(isSignedBy(other.publicKey, 'text', signature)).toBe(false);
});

test('a signature has one spelling', () => {
  const key = parsePrivateKey(generatePrivateKey(), 'a');
  const signature = key.sign('text');
  for (const other of [`${signature}\n`, signature.replace(/=+$/, ''), `${signature}AAAA`, '', 'no signature']) {
    expect(isSignedBy(key.publicKey, 'text', other), JSON.stringify(other)).toBe(false);
  }
});

test('a public key has one spelling', () => {
  const { publicKey } = parsePrivateKey(generatePrivateKey(), 'a');
  expect(parsePublicKey(publicKey)).toBe(publicKey);
  const body = publicKey.slice('ed25519:'.length);
  for (const other of [
    body,
    `ED25519:${body}`,
    `ed25519:${body.slice(1)}`,
    `${publicKey} `,
    `ed25519:${'/'.repeat(43)}=`,
  ])
    expect(parsePublicKey(other), other).toBeUndefined();
});

test('what is no private key is refused, and not shown', () => {
  expect.assertions(4);
  for (const text of ['secret', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n']) {
    try {
      parsePrivateKey(text, 'key.pem');
    } catch (error) {
      expect((error as Failure).code).toBe('KEY_INVALID');
      expect(`${error}`).not.toMatch(/secret|c2VjcmV0/);
    }
  }
});
