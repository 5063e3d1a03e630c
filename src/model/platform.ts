// Where a package is made for, in the words of recipes: `linux`, `darwin-arm64`.

export const OPERATING_SYSTEMS = ['linux', 'darwin', 'windows'] as const;
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

export interface Platform {
  os: (typeof OPERATING_SYSTEMS)[number];
  arch: (typeof ARCHITECTURES)[number];
}

/** A member of a `platforms` list: an operating system, or one with an architecture. */
export function isPlatformPattern(text: string): boolean {
  const [os = '', arch, ...rest] = text.split('-');
  const known = (OPERATING_SYSTEMS as readonly string[]).includes(os);
  return known && rest.length === 0 && (arch === undefined || (ARCHITECTURES as readonly string[]).includes(arch));
}

/** True when the list is absent or empty, or names the platform. */
export function supportsPlatform(patterns: readonly string[] | undefined, platform: Platform): boolean {
  if (patterns === undefined || patterns.length === 0) return true;
  return patterns.includes(platform.os) || patterns.includes(formatPlatform(platform));
}

export function formatPlatform({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}
