// Which holdings of a cache may go, and which of them shall: pure judgement over what was found.
import type { Holding } from './holdings.ts';
import type { ProjectState } from './projects.ts';

export interface CollectPolicy {
  /** What was not used for so long goes. */
  olderThanMs?: number;
  /** What was not used for longest goes, until the rest takes no more. */
  maxBytes?: number;
  /** Also what projects want kept goes: they make it again. */
  ignoresProjects?: boolean;
}

/** Writers touch their files all the time: what is younger may still be somebody's, who tells nobody of it. */
const HOUR_MS = 60 * 60 * 1000;

/** The names of all that projects want kept: what they say, what that needs to run, and what it was made from. */
export function findNeeded(holdings: readonly Holding[], projects: readonly ProjectState[]): Set<string> {
  const needed = new Set(projects.filter(({ state }) => state !== 'gone').flatMap(({ names }) => names));
  const assets = new Map(holdings.flatMap((each) => (each.record ? [[each.unit, each.record] as const] : [])));
  const units = new Map([...assets].map(([unit, { key }]) => [key, unit]));
  // A set that grows is walked to its new end.
  for (const name of needed) {
    const record = assets.get(name);
    for (const key of record?.runtime ?? []) needed.add(units.get(key) ?? key);
    for (const digest of digestsIn(record?.sources)) needed.add(`downloads/sha256/${digest.slice(0, 2)}/${digest}`);
  }
  return needed;
}

/** Whatever form records have: what is named by its digest is found by it. */
function digestsIn(sources: unknown): string[] {
  return JSON.stringify(sources ?? null).match(/\b[0-9a-f]{64}\b/g) ?? [];
}

/** The time of the last use, as far as projects know it, dead ones too. Nobody uses what lies about in what is used. */
export function withUses(holdings: readonly Holding[], projects: readonly ProjectState[]): Holding[] {
  const uses = new Map<string, number>();
  for (const { names, usedAt } of projects)
    for (const name of names) uses.set(name, Math.max(uses.get(name) ?? 0, usedAt));
  return holdings.map((each) =>
    each.kind === 'waste' || each.kind === 'work'
      ? each
      : { ...each, usedAt: Math.max(each.usedAt, uses.get(each.unit) ?? 0) },
  );
}

/** What shall go by a policy, the biggest first: a full disk is helped soonest. */
export function choose(
  holdings: readonly Holding[],
  needed: ReadonlySet<string>,
  { olderThanMs, maxBytes, ignoresProjects = false }: CollectPolicy,
  now: number,
): Holding[] {
  const unusedMs = ({ usedAt }: Holding) => now - usedAt;
  const free = holdings.filter((each) => {
    if (each.kind === 'waste' || each.kind === 'part') return unusedMs(each) > HOUR_MS;
    // Work is made anew whatever happens, so nobody wants it kept but for looking at it.
    return ignoresProjects || each.kind === 'work' || !needed.has(each.unit);
  });
  const old = free.filter(
    (each) => each.kind === 'waste' || unusedMs(each) >= (olderThanMs ?? Number.POSITIVE_INFINITY),
  );
  const chosen = new Set(old);
  let rest = sizeOf(holdings) - sizeOf(old);
  for (const each of free.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (maxBytes === undefined || rest <= maxBytes) break;
    if (chosen.has(each)) continue;
    chosen.add(each);
    rest -= each.sizeBytes;
  }
  return [...chosen].sort((a, b) => b.sizeBytes - a.sizeBytes);
}

export function sizeOf(holdings: readonly Holding[]): number {
  return holdings.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
