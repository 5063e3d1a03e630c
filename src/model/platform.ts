// Where a package is made for, in the words of recipes: `linux`, `darwin-arm64`.

export const OPERATING_SYSTEMS = ['linux', 'darwin', 'windows'] as const;
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

export interface Platform {
  os: (typeof OPERATING_SYSTEMS)[number];
  arch: (typeof ARCHITECTURES)[number];
}

/** What a `platforms` list may name: an operating system, or one with an architecture. */
export const PLATFORM_PATTERNS: readonly string[] = OPERATING_SYSTEMS.flatMap((os) => [
  os,
  ...ARCHITECTURES.map((arch) => formatPlatform({ os, arch })),
]);

/** True when the list is absent or empty, or names the platform. */
export function supportsPlatform(patterns: readonly string[] | undefined, platform: Platform): boolean {
  if (patterns === undefined || patterns.length === 0) return true;
  return patterns.includes(platform.os) || patterns.includes(formatPlatform(platform));
}

export function formatPlatform({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}
