// The public half of a signing key, as people write it in manifests: `ed25519:` and base64. Knows no cryptography.

/** `ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=`: an algorithm, and 32 bytes in base64. */
export type PublicKey = string & { readonly brand: 'public-key' };

// Only the one spelling that base64 has for 32 bytes: two spellings of one key would be two keys to whoever compares.
const PUBLIC_KEY = /^ed25519:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

export function parsePublicKey(text: string): PublicKey | undefined {
  return PUBLIC_KEY.test(text) ? (text as PublicKey) : undefined;
}
