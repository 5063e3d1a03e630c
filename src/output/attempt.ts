// One strategy's try at one output: a courier is sent, again while what stops it passes by itself, and each attempt is
// told. Knows nothing of other strategies.
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import type { OutputResult, OutputSource } from '../model/output.ts';
import { formatPlatform } from '../model/platform.ts';
import type { Carrying, Delivery } from '../system/courier/errand.ts';
import { sha256OfFile } from '../system/digest.ts';
import { errnoOf } from '../system/errno.ts';
import { retry } from '../system/retry.ts';
import type { Manager } from './manager.ts';
import type { Placement } from './placement.ts';
import type { PlacedOutput } from './record.ts';
import { nameOfSource, type Way } from './refusal.ts';
import type { Supply } from './strategy.ts';

/** A busy file is free again soon; a network file system that has lost its server takes a little longer. */
const BASE_MS = 100;

/** @throws Failure as the courier */
export async function placeBy(way: Way, placement: Placement, manager: Manager): Promise<OutputResult> {
  const { clock, settings, record, emit } = manager;
  const { file, isDeclared } = placement;
  const platform = formatPlatform(placement.target);
  const { product, package: owner } = placement.offer;
  const startMs = clock.monotonicMs();
  const supply = way.strategy.supply(way.source);
  const before = record.find(file);
  const known = await findCurrent(before, supply, way.source, settings.verifyCopy);
  const delivery = await send(way, { placement, supply, known }, manager);
  const isCopied = known === undefined || delivery.stamp !== known.stamp;
  const checksum = delivery.sha256 ?? supply.sha256 ?? (isCopied ? undefined : known.checksum);
  const result: OutputResult = {
    ...{ product, package: owner, outputPath: file },
    bytesCopied: delivery.copiedBytes,
    copyDuration: Math.round(clock.monotonicMs() - startMs),
    sourceVerified: isCopied ? settings.verifyCopy : known.sourceVerified,
    effectiveSource: way.strategy.name,
    ...(checksum && { checksum }),
  };
  if (isCopied || (isDeclared && !known.isDeclared) || platform !== known.platform)
    record.set({ ...result, stamp: delivery.stamp, isDeclared: isDeclared || before?.isDeclared === true, platform });
  emit({ type: 'output.placed', product, strategy: way.strategy.name, file, sizeBytes: delivery.sizeBytes, isCopied });
  return result;
}

/** What the record says of the place, if that is what the source has now, and as sure as it has to be. */
async function findCurrent(
  known: PlacedOutput | undefined,
  { sha256 }: Supply,
  source: OutputSource,
  verify: boolean,
): Promise<PlacedOutput | undefined> {
  if (known?.checksum === undefined || (verify && !known.sourceVerified)) return undefined;
  return known.checksum === (sha256 ?? (await digestNow(source))) ? known : undefined;
}

/** Reading costs less than copying; whatever is in its way, the copy will meet it. */
async function digestNow(source: OutputSource): Promise<Sha256 | undefined> {
  return source.kind === 'project' ? await sha256OfFile(source.file).catch(() => undefined) : undefined;
}

interface Consignment {
  placement: Placement;
  supply: Supply;
  known: PlacedOutput | undefined;
}

async function send(way: Way, { placement, supply, known }: Consignment, manager: Manager): Promise<Delivery> {
  const { clock, random, signal, settings, couriers, keepOut, emit } = manager;
  const { from, load, sha256 } = supply;
  const { product, mode } = placement.offer;
  const errand: Carrying = {
    do: 'carry',
    to: placement.file,
    // Assets are read-only; what a person was given they may change.
    mode: (mode & 0o777) | 0o200,
    verify: settings.verifyCopy,
    keepOut,
    ...(from !== undefined && { from }),
    ...(sha256 && { sha256 }),
    ...(known && { unless: known.stamp }),
  };
  const wish = { limitMs: settings.copyTimeout * 1000, signal };
  const told = {
    type: 'output.attempted',
    product,
    strategy: way.strategy.name,
    source: nameOfSource(way.source),
  } as const;
  const attemptOnce = async (attempt: number): Promise<Delivery> => {
    try {
      const delivery = await couriers.carry(errand, wish, load);
      emit({ ...told, attempt });
      return delivery;
    } catch (error) {
      if (error instanceof Failure) emit({ ...told, attempt, code: error.code, ...errnoFact(error) });
      throw error;
    }
  };
  return await retry(attemptOnce, { attempts: settings.copyRetries + 1, baseMs: BASE_MS, clock, random, signal });
}

function errnoFact(error: Failure): { errno?: string } {
  const errno = errnoOf(error);
  return errno === undefined ? {} : { errno };
}
