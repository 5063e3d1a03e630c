// How much an archive may unpack to. A bomb is a small file that fills the disk; these limits are far above every
// archive of software we know, so that whoever meets one has met a bomb.

export interface Limits {
  /** Files, directories and links made. Chromium's sources, among the largest, have about 500,000. */
  entries: number;
  /** Unpacked bytes. The largest tool chains (CUDA, Xcode) have 10 to 40 GB. */
  sizeBytes: number;
  /** Unpacked bytes for one packed byte. Sources have 4 to 10, logs and test data up to 100. */
  ratio: number;
  /** Up to so many unpacked bytes the ratio is not looked at: they fill nobody's disk, and files of zeros exist. */
  harmlessBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  entries: 2_000_000,
  sizeBytes: 100 * 2 ** 30,
  ratio: 250,
  harmlessBytes: 256 * 2 ** 20,
};

/** What of an archive has gone by so far. */
export interface Amounts {
  entries: number;
  packedBytes: number;
  unpackedBytes: number;
}

/** Why it is too much, or undefined. */
export function findExcess(seen: Amounts, limits: Limits): string | undefined {
  if (seen.entries > limits.entries) return `it holds more than ${limits.entries} files`;
  if (seen.unpackedBytes > limits.sizeBytes) return `it unpacks to more than ${limits.sizeBytes} bytes`;
  if (seen.unpackedBytes > limits.harmlessBytes && seen.unpackedBytes > seen.packedBytes * limits.ratio) {
    return `it unpacks to more than ${limits.ratio} times its size`;
  }
  return undefined;
}
