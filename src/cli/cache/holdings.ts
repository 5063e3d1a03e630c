// What there is in a cache, in words and sums.
import type { CacheSurvey } from '../../cache/care.ts';
import type { Holding, HoldingKind } from '../../cache/holdings.ts';
import { formatSize } from '../../model/amount.ts';
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
