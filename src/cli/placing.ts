// Joins what builds with what places: the products of a project are made, and brought to the directories they are wanted
// in. Neither of the two knows the other.
import path from 'node:path';
import type { Services } from '../build/services.ts';
import type { BuildAnswer, Session } from '../build/session.ts';
import type { LockOwner } from '../model/event.ts';
import { isFailure } from '../model/failure.ts';
import { canonicalJson } from '../model/json.ts';
import { withIncluded } from '../model/manifest.ts';
import type { Offer, OutputWish } from '../model/output.ts';
import type { Platform } from '../model/platform.ts';
import type { Settings } from '../model/settings.ts';
import { type Manager, type Placed, placeOutputs } from '../output/manager.ts';
import {
  aboutWish,
  expectNames,
  type Placement,
  placeAll,
  placeWishes,
  pointAtWish,
  wishesFor,
} from '../output/placement.ts';
import { OutputRecord } from '../output/record.ts';
import { isDamage } from '../output/refusal.ts';
import { removeStale } from '../output/stale.ts';
import { keepOutOf } from '../system/courier/keep-out.ts';
import { sha256OfBytes } from '../system/digest.ts';

/** What is wanted of a `galley build`. */
export interface Task {
  queries: string[];
  /** Absolute: everything goes there. Without it the manifest says what goes where. */
  outputDir?: string;
  /** The platform that the outputs are for. */
  target: Platform;
  /** Makes the packages anew, though the cache has them. */
  rebuild: boolean;
}

export interface Made extends Placed {
  answer: BuildAnswer;
}

/** What the manifest wants placed: nothing, where a directory was named. */
export function wishesOf(
  { manifest }: Session,
  { outputDir, target }: Pick<Task, 'outputDir' | 'target'>,
): OutputWish[] {
  return outputDir === undefined ? wishesFor(allWishes(manifest), target) : [];
}

function allWishes(manifest: Session['manifest']): OutputWish[] {
  return withIncluded(manifest).flatMap(({ outputs }) => outputs);
}

/** Makes the packages and places what they offer; a damaged asset is made anew, once. */
export async function makeAndPlace(
  session: Session,
  task: Task,
  services: Services,
  settings: Settings,
): Promise<Made> {
  const wishes = wishesOf(session, task);
  const manager = await openManager(session, services, settings);
  expectNames(wishes, task.target);
  // Where links lead is seen when something is placed.
  if (task.outputDir !== undefined) keepOutOf(manager.keepOut, task.outputDir, task.outputDir);
  for (const wish of wishes) pointAtWish(wish, 'to', () => keepOutOf(manager.keepOut, wish.dir, wish.dir));
  const wanted = task.outputDir === undefined ? { products: wishes.map(({ product }) => product) } : {};
  if (task.outputDir !== undefined || wishes.length > 0) manager.couriers.warm();
  try {
    await using offered = await session.offer({ ...task, ...wanted }).catch((error: unknown) => {
      throw atWish(error, wishes);
    });
    const { answer, offers } = offered;
    const placed = await placeOutputs(plan(offers, wishes, task, services), manager);
    const made = await mend({ ...placed, answer }, session, manager);
    const isWhole = task.queries.length === 0 && task.outputDir === undefined && answer.outcome === 'ok';
    if (isWhole) await removeStale(allWishes(session.manifest), manager);
    return made;
  } finally {
    await saveRecord(session, manager, services, settings);
  }
}

/** A product that nobody offers is wanted somewhere. */
function atWish(error: unknown, wishes: readonly OutputWish[]): unknown {
  const wish = isFailure(error, 'QUERY_UNKNOWN') && wishes.find(({ product }) => product === error.facts.product);
  return wish && isFailure(error) ? error.at({ about: aboutWish(wish, 'product') }) : error;
}

function plan(offers: readonly Offer[], wishes: readonly OutputWish[], task: Task, { emit }: Services): Placement[] {
  if (task.outputDir === undefined) return placeWishes(offers, wishes, task.target);
  for (const { product, unfit } of offers) {
    if (unfit === undefined) continue;
    emit({ type: 'log.message', level: 'warn', text: `Product "${product}" is not placed: it is ${unfit}` });
  }
  return placeAll(offers, task.outputDir, task.target);
}

/** What the cache has lost or no longer has as it was published is made again, and placed. */
async function mend(made: Made, session: Session, manager: Manager): Promise<Made> {
  const damaged = made.failed.filter(({ failure }) => isDamage(failure));
  if (damaged.length === 0) return made;
  const causes = new Map(damaged.map(({ failure, placement }) => [placement.offer.package, failure.cause]));
  const queries = [...causes.keys()];
  for (const [name, cause] of causes)
    manager.emit({
      type: 'package.reopened',
      package: name,
      reason: `its asset is damaged: ${(cause as Error).message}`,
    });
  const products = damaged.map(({ placement }) => placement.offer.product);
  await using again = await session.offer({ queries, products, rebuild: true });
  const placements = damaged.flatMap(({ placement }) => {
    const offer = again.offers.find(({ product }) => product === placement.offer.product);
    return offer ? [{ ...placement, offer }] : [];
  });
  const placed = await placeOutputs(placements, manager);
  const failed = made.failed.filter(({ failure }) => !isDamage(failure));
  return {
    answer: joined(made.answer, again.answer),
    results: [...made.results, ...placed.results],
    failed: [...failed, ...placed.failed],
  };
}

/** What was made twice counts as it was made last; what was only passed again, as it ended first. */
function joined(first: BuildAnswer, last: BuildAnswer): BuildAnswer {
  const known = new Set(first.packages.map(nameOf));
  const told = last.packages.filter((pkg) => !(pkg.outcome === 'cached' && known.has(nameOf(pkg))));
  const again = new Set(told.map(nameOf));
  return {
    outcome: last.outcome === 'ok' ? first.outcome : last.outcome,
    packages: [...first.packages.filter((pkg) => !again.has(nameOf(pkg))), ...told],
    failures: [...first.failures, ...last.failures],
  };
}

function nameOf({ package: identity, options }: BuildAnswer['packages'][number]): string {
  return `${identity} ${canonicalJson(options)}`;
}

async function openManager({ manifest }: Session, services: Services, settings: Settings): Promise<Manager> {
  const { files, clock, random, emit, signal } = services;
  const [cache, couriers] = await Promise.all([services.cache(settings), services.couriers()]);
  const stateDir = stateDirOf(manifest);
  return {
    ...{ couriers, settings, clock, random, emit, signal },
    record: await OutputRecord.open(files, stateDir),
    keepOut: [cache.layout.rootDir, stateDir],
    lock: (file) => {
      const onWaiting = (owner?: LockOwner) =>
        emit({ type: 'lock.waiting', package: path.basename(file), ...(owner && { owner }) });
      return cache.lockName(`output-${shortDigest(file)}`, { signal, onWaiting });
    },
  };
}

async function saveRecord({ manifest }: Session, { record }: Manager, services: Services, settings: Settings) {
  if (!record.isChanged) return;
  const { signal } = new AbortController();
  const cache = await services.cache(settings);
  await using _ = await cache.lockName(`outputs-${shortDigest(manifest.rootDir)}`, { signal });
  await record.save();
}

export function stateDirOf({ rootDir }: Session['manifest']): string {
  return path.join(rootDir, '.galley');
}

function shortDigest(text: string): string {
  return sha256OfBytes(text).slice(0, 16);
}
