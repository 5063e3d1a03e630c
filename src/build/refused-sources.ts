// Sources that nobody may fetch: what is said of one, and of all that one batch would have needed.
import { offline } from '../fetch/offline.ts';
import type { Code } from '../model/codes.ts';
import { Failure, isFailure } from '../model/failure.ts';
import { redactUrl } from '../model/redact.ts';

type Urls = readonly [string, ...string[]];

/** Nobody has said which bytes they are. */
export function unpinned(label: string, ...urls: Urls): Failure {
  const { names, have, them, facts } = wordsFor(urls);
  return new Failure('UNPINNED_SOURCE', `${names} of ${label} ${have} no sha256, and --strict forbids that`, {
    hint: `Give ${them} a sha256 in the recipe, or run galley sync once without --strict and commit galley.lock`,
    package: label,
    facts,
  });
}

/** They are not in the lock file for a platform. */
export function unlocked(label: string, platform: string, ...urls: Urls): Failure {
  const { names, are, them, facts } = wordsFor(urls);
  const message = `${names} of ${label} ${are} not in galley.lock for ${platform}, and --frozen forbids adding ${them}`;
  return new Failure('FROZEN', message, {
    hint: `Run galley lock --platform ${platform} and commit galley.lock`,
    package: label,
    facts: { ...facts, platform },
  });
}

function wordsFor(urls: Urls) {
  const shown = [...new Set(urls.map(redactUrl))];
  const names = shown.map((url) => `"${url}"`).join(', ');
  const facts = { url: shown[0] as string, urls: shown };
  return shown.length === 1
    ? { names: `Source ${names}`, have: 'has', are: 'is', them: 'it', facts }
    : { names: `Sources ${names}`, have: 'have', are: 'are', them: 'them', facts };
}

const REFUSALS: Partial<Record<Code, (first: Failure, urls: Urls) => Failure>> = {
  OFFLINE: (_, urls) => offline(...urls),
  UNPINNED_SOURCE: ({ package: label }, urls) => unpinned(`${label}`, ...urls),
  FROZEN: ({ package: label, facts }, urls) => unlocked(`${label}`, `${facts.platform}`, ...urls),
};

/** What several failures of one batch come to: all that would have been needed, or else the first that has another reason. */
export function joinFailures(reasons: readonly unknown[]): unknown {
  const refused = reasons.filter((reason) => isFailure(reason) && reason.facts.urls !== undefined) as Failure[];
  const other = reasons.find((reason) => !isFailure(reason, refused[0]?.code) || reason.facts.urls === undefined);
  const [first, ...others] = refused;
  if (other !== undefined || first === undefined || others.length === 0) return other ?? first;
  const urls = refused.flatMap(({ facts }) => facts.urls as string[]) as [string, ...string[]];
  const joined = REFUSALS[first.code]?.(first, urls) ?? first;
  return first.location === undefined ? joined : joined.at(first.location);
}
