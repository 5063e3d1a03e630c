// Checksums as registries publish them: Subresource Integrity, an algorithm and base64, or hexadecimal digits. The weak ones
// prove little, but whoever publishes one has it verified.

/** The strongest first. */
export const ALGORITHMS = ['sha512', 'sha384', 'sha256', 'sha224', 'sha1', 'md5'] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** Of the checksums that stand side by side, the strongest that can be computed here. */
export function findStrongest(text: string): string | undefined {
  const words = text.split(/\s+/).map((word) => word.split('?')[0] ?? '');
  const found = ALGORITHMS.map((algorithm) =>
    words.find((word) => new RegExp(`^${algorithm}-[A-Za-z0-9+/]+=*$`).test(word)),
  );
  return found.find((word) => word !== undefined);
}

/** Undefined when the digits are none, or not as many as the algorithm has. */
export function integrityOfHex(algorithm: string, digits: string): string | undefined {
  const length = DIGITS[algorithm];
  if (length === undefined || digits.length !== length || !/^[0-9a-f]+$/i.test(digits)) return undefined;
  return `${algorithm}-${base64OfHex(digits)}`;
}

/** `sha512-…` → `sha512`. */
export function algorithmOf(integrity: string): Algorithm {
  return integrity.slice(0, integrity.indexOf('-')) as Algorithm;
}

const DIGITS: Record<string, number> = { sha512: 128, sha384: 96, sha256: 64, sha224: 56, sha1: 40, md5: 32 };

function base64OfHex(digits: string): string {
  const bytes = digits.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}
