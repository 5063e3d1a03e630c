// What there is in a cache, in words and sums.
import type { CacheSurvey } from '../../cache/care.ts';
import type { Holding, HoldingKind } from '../../cache/holdings.ts';
import { formatSize } from '../../model/amount.ts';
import { Failure } from '../../model/failure.ts';
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import { findNearest } from '../../model/suggest.ts';
import { formatColumns } from '../columns.ts';

export const HOLDING_NAMES: Record<HoldingKind, [one: string, several: string]> = {
  asset: ['asset', 'assets'],
  work: ['work directory', 'work directories'],
  download: ['download', 'downloads'],
  part: ['part of a download', 'parts of downloads'],
  recipe: ['recipe', 'recipes'],
  log: ['log', 'logs'],
  waste: ['remainder of a dead process', 'remainders of dead processes'],
};

export function sizeOf(holdings: readonly Holding[]): number {
  return holdings.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Of the package that it is, or belongs to; downloads are anybody's. */
export function identityOf({ unit }: Holding): string | undefined {
  const [place, identity] = unit.split('/');
  return place === 'assets' || place === 'recipes' ? identity : undefined;
}

/** Nothing in the cache is meant by a query. */
export function notInCache(query: string, holdings: readonly Holding[], rootDir: string): Failure {
  const identities = [...new Set(holdings.flatMap((holding) => identityOf(holding) ?? []))];
  const names = identities.flatMap((identity) => [parseIdentity(identity)?.name ?? identity, identity]);
  const nearest = findNearest(query, names);
  const hint = nearest ? `Did you mean "${nearest}"?` : 'See "galley cache info" for what it has';
  return new Failure('QUERY_UNKNOWN', `Cannot find "${query}" in the cache "${rootDir}"`, { hint });
}

/** Whether a query means the package that a holding belongs to. */
export function isMeant(query: string, holding: Holding): boolean {
  const identity = parseIdentity(identityOf(holding) ?? '');
  return identity !== undefined && matchesQuery(query, identity);
}

/** Those that no project wants kept. */
export function freeOf(holdings: readonly Holding[], { needed }: CacheSurvey): Holding[] {
  return holdings.filter(({ kind, unit }) => kind === 'work' || !needed.has(unit));
}

/** `3 assets, 1 log (12.0 MiB)`. */
export function describeHoldings(holdings: readonly Holding[]): string {
  const kinds = Map.groupBy(holdings, ({ kind }) => kind);
  const counts = (Object.keys(HOLDING_NAMES) as HoldingKind[]).flatMap((kind) => {
    const count = kinds.get(kind)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${HOLDING_NAMES[kind][count === 1 ? 0 : 1]}`];
  });
  return counts.length === 0 ? 'nothing' : `${counts.join(', ')} (${formatSize(sizeOf(holdings))})`;
}

/** One line for each: its size and where it is. */
export function formatHoldings(holdings: readonly Holding[], rootDir: string): string {
  return formatColumns(holdings.map(({ sizeBytes, path }) => [formatSize(sizeBytes), `${rootDir}/${path}`]));
}
