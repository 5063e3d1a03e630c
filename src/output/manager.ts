// The output manager: brings the bytes of every output to its place by the first strategy that can, tries again what
// passes by itself, and tells each attempt. It refuses to know how packages are made.
import type { Emit } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import type { OutputResult } from '../model/output.ts';
import type { Settings } from '../model/settings.ts';
import type { Clock } from '../system/clock.ts';
import type { Couriers } from '../system/courier/courier.ts';
import { forEachLimited } from '../system/parallel.ts';
import { placeBy } from './attempt.ts';
import { aboutWish, type Placement } from './placement.ts';
import type { OutputRecord } from './record.ts';
import { explain, isOfSource, noStrategy, unfit } from './refusal.ts';
import { chooseStrategies } from './strategy.ts';

/** Copies wait for disks, which do not become faster by many. */
const AT_ONCE = 4;

export interface Manager {
  couriers: Couriers;
  settings: Pick<Settings, 'outputStrategy' | 'copyRetries' | 'copyTimeout' | 'verifyCopy' | 'failFast'>;
  /** What is known of earlier outputs; what is placed is added. */
  record: OutputRecord;
  /** Absolute, real directories in which nothing may be placed. */
  keepOut: readonly string[];
  /** Keeps other processes off one output. */
  lock(file: string): Promise<AsyncDisposable>;
  clock: Clock;
  /** A number from 0 up to 1. */
  random: () => number;
  emit: Emit;
  signal: AbortSignal;
}

export interface Placed {
  results: OutputResult[];
  failed: { placement: Placement; failure: Failure }[];
}

/** Places all that can be placed, several at a time; what cannot be is an answer, not an error. */
export async function placeOutputs(placements: readonly Placement[], manager: Manager): Promise<Placed> {
  const placed = new Map<Placement, OutputResult>();
  const failed: Placed['failed'] = [];
  await forEachLimited(placements, AT_ONCE, async (placement) => {
    if (manager.settings.failFast && failed.length > 0) return;
    try {
      placed.set(placement, await placeOutput(placement, manager));
    } catch (error) {
      if (!(error instanceof Failure) || manager.signal.aborted) throw error;
      const { wish } = placement;
      const failure = wish && !error.about ? error.at({ about: aboutWish(wish, fieldOf(error)) }) : error;
      failed.push({ placement, failure });
    }
  });
  return { results: placements.flatMap((placement) => placed.get(placement) ?? []), failed };
}

/** What is wrong is the source, or the place. */
function fieldOf({ facts }: Failure): 'product' | 'to' {
  return facts.path === undefined || facts.path === facts.source ? 'product' : 'to';
}

async function placeOutput(placement: Placement, manager: Manager): Promise<OutputResult> {
  const { offer, file } = placement;
  if (offer.unfit !== undefined) throw unfit(placement);
  const strategies = chooseStrategies(manager.settings.outputStrategy);
  const ways = strategies.flatMap((strategy) =>
    offer.sources.filter((source) => strategy.canHandle(source)).map((source) => ({ strategy, source })),
  );
  if (ways.length === 0) throw noStrategy(placement, strategies);
  await using _ = await manager.lock(file);
  let refusal: Failure | undefined;
  for (const way of ways) {
    try {
      return await placeBy(way, placement, manager);
    } catch (error) {
      if (!(error instanceof Failure) || manager.signal.aborted) throw error;
      // What was tried first is what should have worked.
      refusal ??= explain(error, way, placement);
      if (!isOfSource(error, way.source)) break;
    }
  }
  throw refusal;
}
