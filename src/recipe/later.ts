// What the contract promises and this version cannot do yet. Every reader that knows such a name asks here; when a row
// starts to work, it is deleted. Refusing clearly beats ignoring: a manifest must not half work.

const LATER = {
  /** Exports of a manifest. */
  manifest: ['depots', 'trusted_keys'],
} as const;

/** The names with the reason why they are refused, for `table({ refused })`. */
export function later(part: keyof typeof LATER): Record<string, string> {
  return Object.fromEntries(LATER[part].map((name) => [name, 'is not supported by this version of Galley']));
}
