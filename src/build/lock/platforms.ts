// Which platforms a project is for. Nobody lists them in one place: galley.lock has seen some, the manifest names others.
import { Failure } from '../../model/failure.ts';
import type { LockFile } from '../../model/lock-file.ts';
import { type Manifest, withIncluded } from '../../model/manifest.ts';
import {
  ARCHITECTURES,
  formatPlatform,
  OPERATING_SYSTEMS,
  type Platform,
  supportsPlatform,
} from '../../model/platform.ts';
import { formatSuggestion } from '../../model/suggest.ts';

const ALL: readonly Platform[] = OPERATING_SYSTEMS.flatMap((os) => ARCHITECTURES.map((arch) => ({ os, arch })));

/** Those on which galley itself runs: where nothing is said, a project is for all of them. */
const OWN = ALL.filter(({ os }) => os !== 'windows');

/** Seen by the lock file or named by an entry of the manifest, and this one; sorted. */
export function projectPlatforms(manifest: Manifest, lock: LockFile, own: Platform): Platform[] {
  const seen = new Set([...lock.values()].map(({ platform }) => platform));
  const named = withIncluded(manifest).flatMap(({ packages }) => packages.flatMap(({ platforms }) => platforms));
  const isOfProject = (platform: Platform): boolean =>
    isSame(platform, own) ||
    seen.has(formatPlatform(platform)) ||
    (named.length > 0 && supportsPlatform(named, platform));
  return ALL.filter(isOfProject);
}

/**
 * What `--platform` asks for: names with commas between, or `all` that the project is for.
 *
 * @throws Failure USAGE
 */
export function readPlatforms(words: string | undefined, known: readonly Platform[], own: Platform): Platform[] {
  if (words === undefined) return [own];
  if (words === 'all') return known.length > 1 ? [...known] : [...OWN];
  return words.split(',').map((word) => {
    const found = ALL.find((platform) => formatPlatform(platform) === word.trim());
    if (found) return found;
    const advice = formatSuggestion(word.trim(), [...ALL.map(formatPlatform), 'all']);
    throw new Failure('USAGE', `Unknown platform "${word}"; ${advice}`);
  });
}

export function isSame(a: Platform, b: Platform): boolean {
  return formatPlatform(a) === formatPlatform(b);
}
