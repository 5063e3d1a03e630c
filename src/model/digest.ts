/** The lower-case hexadecimal SHA-256 of some bytes: 64 characters. */
export type Sha256 = string & { readonly brand: 'sha256' };

/** Accepts either case, as published checksum files use both. */
export function parseSha256(text: string): Sha256 | undefined {
  const lower = text.toLowerCase();
  return /^[0-9a-f]{64}$/.test(lower) ? (lower as Sha256) : undefined;
}
