// Which product goes to which file. Only names and paths; nothing here touches the disk.
import path from 'node:path';
import { Failure, type FailureDetail, isFailure } from '../model/failure.ts';
import type { Offer, OutputWish } from '../model/output.ts';
import { formatPlatform, type Platform } from '../model/platform.ts';
import { outputName, sameName } from './name.ts';

export interface Placement {
  offer: Offer;
  /** Absolute. */
  file: string;
  /** The platform that the file is for. */
  target: Platform;
  /** The manifest asks for it: it goes when the manifest asks no more. */
  isDeclared: boolean;
  /** Where it does so. */
  wish?: OutputWish;
}

/** The part of a manifest that asks for an output, for failures. */
export function aboutWish(
  { file, index }: OutputWish,
  field: 'product' | 'name' | 'to',
): NonNullable<FailureDetail['about']> {
  return { file, path: ['outputs', index, field] };
}

/** Does what a wish decides; a failure of it is shown there. */
export function pointAtWish<T>(wish: OutputWish, field: 'product' | 'name' | 'to', work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isFailure(error) && !error.about ? error.at({ about: aboutWish(wish, field) }) : error;
  }
}

/** All products in one directory, under their own names; what is no file is left out. */
export function placeAll(offers: readonly Offer[], dir: string, target: Platform): Placement[] {
  const placements = offers
    .filter(({ unfit }) => unfit === undefined)
    .map((offer) => ({ offer, file: path.join(dir, nameOf(offer, offer.product, target)), target, isDeclared: false }));
  refuseClash(placements);
  return placements;
}

/** What the manifest asks for, as far as its packages could be made. */
export function placeWishes(offers: readonly Offer[], wishes: readonly OutputWish[], target: Platform): Placement[] {
  const placements = wishes.flatMap((wish) => {
    const { product, name = product, dir } = wish;
    const found = offers.filter((offer) => offer.product === product);
    return found.map((offer) => ({
      offer,
      file: path.join(dir, nameOf(offer, name, target)),
      target,
      isDeclared: true,
      wish,
    }));
  });
  refuseClash(placements);
  return placements;
}

/** The wishes that are for a platform. */
export function wishesFor(wishes: readonly OutputWish[], target: Platform): OutputWish[] {
  return wishes.filter((wish) => isFor(wish, formatPlatform(target)));
}

/** Whether a wish is for a platform, by its whole name. */
export function isFor({ platform }: OutputWish, name: string): boolean {
  return platform === undefined || name === platform || name.startsWith(`${platform}-`);
}

/** @throws Failure INVALID_VALUE for a name that the platform cannot have, before anything is made for it */
export function expectNames(wishes: readonly OutputWish[], target: Platform): void {
  for (const wish of wishes) {
    const { product, name = product } = wish;
    pointAtWish(wish, 'name', () => outputName(name, target, false));
  }
}

function nameOf({ mode }: Offer, name: string, target: Platform): string {
  return outputName(name, target, (mode & 0o111) !== 0);
}

function bothWishes(one: OutputWish, first: OutputWish): NonNullable<FailureDetail['about']> {
  const also = { file: first.file, path: ['outputs', first.index], note: 'the first is wanted here' };
  return { file: one.file, path: ['outputs', one.index], also };
}

function refuseClash(placements: readonly Placement[]): void {
  for (const [index, placement] of placements.entries()) {
    const first = placements.slice(0, index).find(({ file }) => sameName(file, placement.file, placement.target));
    if (first === undefined) continue;
    const [one, other] = [first, placement].map(
      ({ offer, file }) => `"${offer.product}" of ${offer.package} at "${file}"`,
    );
    throw new Failure('INVALID_VALUE', `${one} and ${other} would be one file`, {
      hint: 'Give one of them another "name" or "to" in the outputs of galley.js',
      ...(placement.wish && first.wish && { about: bothWishes(placement.wish, first.wish) }),
    });
  }
}
