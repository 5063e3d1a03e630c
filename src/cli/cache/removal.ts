// How commands tell what they take out of the cache, would take, and had to leave.
import type { Removal } from '../../cache/collect.ts';
import type { Holding } from '../../cache/holdings.ts';
import { exitStatusOf } from '../../model/codes.ts';
import type { Emit } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Answer } from '../answer.ts';
import { describeHoldings, formatHoldings, sizeOf } from './holdings.ts';

/**
 * The answer of a command that removes.
 *
 * @param removal.chosen all that was to go; only some of it is gone when others use the rest
 */
export function tellRemoval(
  { removed, kept, chosen }: Removal & { chosen: readonly Holding[] },
  { emit, dryRun, rootDir }: { emit: Emit; dryRun: boolean; rootDir: string },
): Answer {
  const told = dryRun ? chosen : removed;
  for (const { holding, why } of kept)
    emit({ type: 'log.message', level: 'warn', text: `Kept ${holding.path}: ${why}` });
  const text = `${dryRun ? 'Would remove' : 'Removed'} ${describeHoldings(told)}`;
  emit({ type: 'log.message', level: 'info', text });
  return {
    // What is in use was to be expected; what we may not remove was not.
    status: kept.some(({ refusal }) => refusal) ? exitStatusOf('IO_ERROR') : 0,
    stdout: formatHoldings(told, rootDir),
    json: {
      [dryRun ? 'would_remove' : 'removed']: told.map((holding) => rowOf(holding, rootDir)),
      kept: kept.map(({ holding, why }) => ({ ...rowOf(holding, rootDir), why })),
      bytes: sizeOf(told),
    },
  };
}

function rowOf({ kind, path, sizeBytes, usedAt }: Holding, rootDir: string): JsonObject {
  return { kind, path: `${rootDir}/${path}`, size_bytes: sizeBytes, used_at: new Date(usedAt).toISOString() };
}
