// The key that `--sign-key` names.
import type { Services } from '../build/services.ts';
import type { Settings } from '../model/settings.ts';
import type { SigningKey } from '../system/signature.ts';

/** @throws Failure KEY_INVALID, IO_ERROR */
export async function readSigningKey({ signKey }: Settings, { files }: Services): Promise<SigningKey | undefined> {
  if (signKey === undefined) return undefined;
  const { parsePrivateKey } = await import('../system/signature.ts');
  return parsePrivateKey(await files.readText(signKey), signKey);
}
