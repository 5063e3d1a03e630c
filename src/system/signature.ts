// Ed25519 signatures (RFC 8032): making a key, signing, verifying. Refuses to know what is signed: whoever signs two
// kinds of documents with one key makes sure that the bytes of one can never be taken for the other.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { Failure } from '../model/failure.ts';
import { type PublicKey, parsePublicKey } from '../model/public-key.ts';

export interface SigningKey {
  readonly publicKey: PublicKey;
  /** The signature in base64. */
  sign(bytes: string | Uint8Array): string;
}

/** The text of a file that holds a new private key: PKCS #8 in PEM, as openssl makes and reads it too. */
export function generatePrivateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** @throws Failure KEY_INVALID, which never shows the text */
export function parsePrivateKey(pem: string, name: string): SigningKey {
  const key = attempt(() => createPrivateKey(pem));
  if (key?.asymmetricKeyType !== 'ed25519') {
    throw new Failure('KEY_INVALID', `Cannot use "${name}" to sign: it holds no private key of Ed25519`, {
      hint: 'Make one with "galley depot key <file>"',
    });
  }
  return { publicKey: publicKeyOf(key), sign: (bytes) => sign(null, bytesOf(bytes), key).toString('base64') };
}

/** False for a signature that is wrong, or is none. */
export function isSignedBy(publicKey: PublicKey, bytes: string | Uint8Array, signature: string): boolean {
  const x = Buffer.from(publicKey.slice('ed25519:'.length), 'base64').toString('base64url');
  const key = attempt(() => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }));
  const raw = Buffer.from(signature, 'base64');
  // Only the spelling that signing makes: nobody shall vary a signed document and keep it valid.
  return key !== undefined && raw.toString('base64') === signature && verify(null, bytesOf(bytes), key, raw);
}

function publicKeyOf(privateKey: KeyObject): PublicKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = parsePublicKey(`ed25519:${Buffer.from(x, 'base64url').toString('base64')}`);
  if (publicKey === undefined) throw new Error('a public key is not of 32 bytes');
  return publicKey;
}

const bytesOf = (bytes: string | Uint8Array): Uint8Array => (typeof bytes === 'string' ? Buffer.from(bytes) : bytes);

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
