// Which of many versions is the newest, whoever numbered them: registries and repositories each have their own customs.
// Refuses to know ranges: a source names one version.

/** What there is of a source beside the version that it names. */
export interface Versions {
  /** The one that the source names. */
  current: string;
  /** All that were not withdrawn, in any order. */
  known: readonly string[];
  /** What the registry itself calls the latest. */
  latest?: string;
}

/** What follows is before the version itself: `1.0-rc1` is older than `1.0`. Every other word is something of its own. */
const BEFORE = /^(?:a|alpha|b|beta|c|rc|pre|preview|dev|next|canary|nightly|snapshot|test|m)$/i;

/** The newest version, undefined where none is newer than the current one. What is no release counts only for its like. */
export function newerVersion({ current, known, latest }: Versions): string | undefined {
  const candidates = latest === undefined || isPreview(current) ? known : [latest];
  const prefix = prefixOf(current);
  const comparable = candidates.filter(
    (version) => prefixOf(version) === prefix && (isPreview(current) || !isPreview(version)),
  );
  const newest = comparable.reduce((best, version) => (compareVersions(version, best) > 0 ? version : best), current);
  return newest === current ? undefined : newest;
}

/** Below zero when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, other] = [left[index], right[index]];
    const difference = weightOf(one) - weightOf(other);
    if (difference !== 0) return difference;
    const order = one && other ? one.localeCompare(other, 'en', { numeric: true }) : 0;
    if (order !== 0) return order;
  }
  return 0;
}

/** `v` of `v1.2`, `release-` of `release-3`: tags of one repository may number several things. */
function prefixOf(version: string): string {
  return /^\D*/.exec(version)?.[0].toLowerCase() ?? '';
}

function isPreview(version: string): boolean {
  return partsOf(version).some((part) => BEFORE.test(part));
}

/** Numbers and words; what is built of a version after `+` does not order it (semver, 10). */
function partsOf(version: string): string[] {
  return (
    version
      .slice(prefixOf(version).length)
      .split('+')[0]
      ?.match(/\d+|[a-z]+/gi) ?? []
  );
}

/** A number is more than nothing, and nothing is more than a word for something unfinished. */
function weightOf(part: string | undefined): number {
  if (part === undefined) return 1;
  if (/^\d/.test(part)) return Number(part) === 0 ? 1 : 3;
  return BEFORE.test(part) ? 0 : 2;
}
