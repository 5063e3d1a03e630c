// `galley cache verify`: reads everything again that has a digest, and tells what is not as it was. With --repair what is
// damaged is made again where this project knows how, and removed where nobody here does.

import type { Repaired } from '../../build/repairing.ts';
import type { Services } from '../../build/services.ts';
import type { Cache } from '../../cache/cache.ts';
import type { Removal } from '../../cache/collect.ts';
import type { Holding } from '../../cache/holdings.ts';
import type { Inspected } from '../../cache/inspect.ts';
import type { Asset } from '../../cache/record.ts';
import { formatSize } from '../../model/amount.ts';
import { describeError } from '../../model/facts.ts';
import type { Run } from '../answer.ts';
import { isMeant, notInCache, sizeOf } from '../cache/holdings.ts';
import { toJson } from '../json.ts';
import { openProject } from '../open-project.ts';

/** What became of a damaged holding, and why. */
interface Damage extends Inspected {
  outcome: 'damaged' | 'rebuilt' | 'removed' | 'kept';
  why?: string;
}

export const run: Run = async (services, { settings, args, flags }) => {
  const cache = await services.cache(settings);
  const care = await cache.care();
  const chosen = chooseHoldings((await care.survey()).holdings, args, cache.layout.rootDir);
  const inspected = await care.inspect(chosen, ({ holding, differences }) => {
    const { kind, path, sizeBytes } = holding;
    services.emit({ type: 'cache.verified', kind, path, sizeBytes, differences: differences.length });
  });
  // What was only read is not in use.
  cache.close();
  const damaged = inspected.filter(({ differences }) => differences.length > 0);
  const isRepair = flags.repair === true && !settings.dryRun;
  const remake = async (assets: readonly Asset[]): Promise<Repaired[]> =>
    assets.length > 0 && settings.manifest ? await (await openProject(services, settings)).repair(assets) : [];
  const damages = isRepair ? await repair(damaged, cache, remake) : damaged.map(leaveDamaged);
  const healthy = `${inspected.length - damaged.length} of ${inspected.length} as they were`;
  const text = `Read ${formatSize(sizeOf(inspected.map(({ holding }) => holding)))}: ${healthy}`;
  services.emit({ type: 'log.message', level: 'info', text });
  for (const damage of damages) tell(damage, services);
  return {
    status: damages.some(({ outcome }) => outcome === 'damaged' || outcome === 'kept') ? 1 : 0,
    stdout: damages.flatMap(linesOf).join('\n'),
    json: toJson({ verified: inspected.length, damaged: damages.map((each) => rowOf(each, cache)) }),
  };
};

const READABLE: ReadonlySet<Holding['kind']> = new Set(['asset', 'download', 'recipe']);

function chooseHoldings(holdings: readonly Holding[], queries: readonly string[], rootDir: string): Holding[] {
  const readable = holdings.filter(({ kind }) => READABLE.has(kind));
  if (queries.length === 0) return readable;
  return queries.flatMap((query) => {
    const named = readable.filter((holding) => isMeant(query, holding));
    if (named.length === 0) throw notInCache(query, readable, rootDir);
    return named;
  });
}

const leaveDamaged = (inspected: Inspected): Damage => ({ ...inspected, outcome: 'damaged' });

/** Downloads and recipes first: the assets are made from them. */
async function repair(
  damaged: readonly Inspected[],
  cache: Cache,
  remake: (assets: readonly Asset[]) => Promise<Repaired[]>,
): Promise<Damage[]> {
  const cleared = await removeAll(
    damaged.filter(({ asset }) => asset === undefined),
    cache,
  );
  const assets = damaged.filter(({ asset }) => asset !== undefined);
  const tried = new Map(
    (await remake(assets.flatMap(({ asset }) => asset ?? []))).map((each) => [each.assetDir, each]),
  );
  cache.close();
  const triedOf = ({ asset }: Inspected) => tried.get(asset?.assetDir ?? '');
  const isWhole = (each: Inspected): boolean => triedOf(each) !== undefined && triedOf(each)?.error === undefined;
  const whole = assets.filter(isWhole).map((each): Damage => ({ ...each, outcome: 'rebuilt' }));
  const lost = await removeAll(
    assets.filter((each) => !isWhole(each)),
    cache,
  );
  return [...cleared, ...whole, ...lost.map((each) => ({ why: reasonOf(triedOf(each)), ...each }))];
}

function reasonOf(tried: Repaired | undefined): string {
  return tried === undefined ? 'this project does not make it' : describeError(tried.error)[0].message;
}

async function removeAll(damaged: readonly Inspected[], cache: Cache): Promise<Damage[]> {
  const care = await cache.care();
  const { kept }: Removal = await care.remove(damaged.map(({ holding }) => holding));
  const reasons = new Map(kept.map(({ holding, why }) => [holding.path, why]));
  return damaged.map((each) => {
    const why = reasons.get(each.holding.path);
    return why === undefined ? { ...each, outcome: 'removed' } : { ...each, outcome: 'kept', why };
  });
}

/** More than this of one tree nobody reads; a script has them all. */
const SHOWN = 10;

function linesOf({ holding, differences, outcome, why }: Damage): string[] {
  const shown = differences.slice(0, SHOWN).map(({ path, how }) => `  ${how.padEnd(10)}  ${path}`);
  const more = differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more`] : [];
  return [`${outcome.padEnd(8)}  ${holding.path}${why === undefined ? '' : `: ${why}`}`, ...shown, ...more];
}

function tell({ holding, outcome }: Damage, { emit }: Services): void {
  if (outcome !== 'damaged' && outcome !== 'kept') return;
  const message = `${holding.path} in the cache is not what was put there`;
  const hint =
    outcome === 'damaged'
      ? 'Add --repair to have it made again, or removed where this project does not make it'
      : 'Run the command again when nobody uses it';
  emit({ type: 'problem.found', error: { code: 'ASSET_DAMAGED', message, hint } });
}

function rowOf({ holding, differences, outcome, why }: Damage, { layout }: Cache): object {
  const { kind, path, sizeBytes } = holding;
  return { kind, path: `${layout.rootDir}/${path}`, size_bytes: sizeBytes, outcome, why, differences };
}
