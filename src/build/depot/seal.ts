// With which key a person signs, and whose signatures they trust: read from the settings, before anything is done.
import { Failure } from '../../model/failure.ts';
import type { PublicKey } from '../../model/public-key.ts';
import type { Settings } from '../../model/settings.ts';
import type { Files } from '../../system/files.ts';
import { parsePrivateKey, type SigningKey } from '../../system/signature.ts';
import type { Seal } from './ledger.ts';

/** @throws Failure KEY_INVALID */
export async function readSeal(
  { signKey, trustedKeys }: Pick<Settings, 'signKey' | 'trustedKeys'>,
  files: Files,
  alsoTrusted: readonly PublicKey[] = [],
): Promise<Seal> {
  const sign = signKey === undefined ? undefined : await readSigningKey(signKey, files);
  return { sign, demanded: [...(sign ? [sign.publicKey] : []), ...trustedKeys, ...alsoTrusted] };
}

/** @throws Failure KEY_INVALID */
export async function readSigningKey(file: string, files: Files): Promise<SigningKey> {
  const text = await files.findText(file);
  if (text !== undefined) return parsePrivateKey(text, file);
  const hint = 'Make one with "galley depot key <file>"';
  throw new Failure('KEY_INVALID', `Cannot sign with "${file}": there is no such file`, { hint });
}
