// What S3 knows us by, and how the services of Amazon and their helpers hand it out.
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import type { TransportTools } from '../transport.ts';
import type { AwsProfile } from './profile.ts';

/** Secrets, but for where they are from. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  /** Epoch ms. */
  expiresAt?: number | undefined;
  /** For messages: `the environment`, `profile "default"`. */
  origin: string;
}

export interface CredentialTools extends Pick<TransportTools, 'http' | 'files' | 'clock' | 'env'> {
  profile: AwsProfile;
  region: string;
}

/** The document that helpers and the services of Amazon answer with. */
export function parseTemporary(text: string, origin: string): Credentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Token = SessionToken, Expiration } = parseObject(text);
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw new Failure('FETCH_FAILED', `Cannot get credentials: the answer of ${origin} has none`);
  }
  const expiresAt = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN;
  return {
    ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, origin },
    sessionToken: typeof Token === 'string' ? Token : undefined,
    expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt,
  };
}

function parseObject(text: string): Record<string, Json | undefined> {
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
