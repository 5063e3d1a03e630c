// The seam of the output manager: ways to come by the bytes of an output, one file each.
import type { Sha256 } from '../model/digest.ts';
import type { OutputSource } from '../model/output.ts';
import type { StrategyName } from '../model/settings.ts';
import type { Load } from '../system/courier/courier.ts';
import { cacheStrategy } from './cache.ts';
import { memoryStrategy } from './memory.ts';
import { projectStrategy } from './project.ts';

/** What a courier gets: the path of a file, or a load. */
export interface Supply {
  from?: string;
  load?: Load;
  /** What the bytes have to be, where that is known beforehand. */
  sha256?: Sha256;
}

export interface OutputStrategy<S extends OutputSource = OutputSource> {
  readonly name: StrategyName;
  /** The higher, the earlier it is tried when nobody says otherwise. */
  readonly priority: number;
  canHandle(source: OutputSource): source is S;
  /** @throws Failure when the source is of no use */
  supply(source: S): Supply;
}

const STRATEGIES: readonly OutputStrategy[] = [cacheStrategy, projectStrategy, memoryStrategy];

/** Those that are to be tried, in their order. */
export function chooseStrategies(names: readonly StrategyName[]): OutputStrategy[] {
  return names.map((name) => STRATEGIES.find((strategy) => strategy.name === name) as OutputStrategy);
}

/** The order that the priorities make. */
export function orderByPriority(): StrategyName[] {
  return STRATEGIES.toSorted((a, b) => b.priority - a.priority).map(({ name }) => name);
}
