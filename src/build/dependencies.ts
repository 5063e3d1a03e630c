// What a running verb may see of its dependencies: the assets and products of those that are declared for its phase or
// an earlier one.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { matchesQuery } from '../model/identity.ts';
import { phaseRank } from '../model/phase.ts';
import { isUserManaged } from '../model/recipe.ts';
import type { CallPhase } from './call.ts';
import { identityOf } from './graph.ts';
import { follow, loadedOf, type Package, type Wire } from './package.ts';

/** Dependencies whose `needed_by` is at or before the phase, in the order of their declaration. */
export function allowedWires(pkg: Package, phase: CallPhase): Wire[] {
  if (phase === 'test') return pkg.wires;
  // In `resolve` only a fetch function runs, ahead of its phase.
  const rank = phaseRank(phase === 'resolve' ? 'fetch' : phase);
  return pkg.wires.filter(({ dependency }) => phaseRank(dependency.neededBy) <= rank);
}

/** The absolute path of what a package is: its asset, or what a user-managed one wraps. */
export function assetPathOf(pkg: Package): string | undefined {
  const done = follow(pkg);
  return done.asset?.assetDir ?? loadedOf(done).recipe.asset;
}

/**
 * `ctx.asset(query)`.
 *
 * @throws Failure UNDECLARED_DEPENDENCY
 */
export function findAsset(pkg: Package, phase: CallPhase, query: string): string {
  const wire = pickWire(allowedWires(pkg, phase), query);
  if (!wire) throw undeclared(pkg, phase, `asset "${query}"`, pickWire(pkg.wires, query));
  const dir = assetPathOf(wire.target);
  if (dir !== undefined) return dir;
  const kind = isUserManaged(loadedOf(wire.target).recipe)
    ? 'is user-managed and exports no "asset" path'
    : 'left no asset';
  throw new Failure(
    'UNDECLARED_DEPENDENCY',
    `Cannot answer asset "${query}" to ${pkg.label}: ${wire.target.label} ${kind}`,
  );
}

/** A dependency that goes by this very name comes before one that has an alias and only matches. */
function pickWire(wires: readonly Wire[], query: string): Wire | undefined {
  const matches = wires.filter(
    ({ dependency, target }) => dependency.as === query || matchesQuery(query, identityOf(target)),
  );
  return matches.find(({ dependency }) => (dependency.as ?? query) === query) ?? matches[0];
}

/** `GALLEY_ASSET_<name>`: the alias, else the name; upper case, anything else an underscore. */
export function variableOf({ dependency, target }: Wire): string {
  const name = dependency.as ?? identityOf(target).name;
  return `GALLEY_ASSET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/**
 * `ctx.product(name)`: an absolute path, or the free string of a user-managed package.
 *
 * @throws Failure UNDECLARED_DEPENDENCY
 */
export function findProduct(pkg: Package, phase: CallPhase, name: string): string {
  const offers = ({ target }: Wire): boolean => Object.hasOwn(loadedOf(target).products, name);
  const wire = allowedWires(pkg, phase).find(offers);
  if (!wire) throw undeclared(pkg, phase, `product "${name}"`, pkg.wires.find(offers));
  return productValue(wire.target, name);
}

/** What a product of a finished package is on this machine. */
export function productValue(pkg: Package, name: string): string {
  const { products } = loadedOf(pkg);
  const value = products[name] as string;
  const { asset } = follow(pkg);
  return asset ? path.join(asset.assetDir, value) : value;
}

/** Directories of the products of the dependencies, each once, in the order of declaration. */
export function productDirs(wires: readonly Wire[]): string[] {
  const dirs = wires.flatMap(({ target }) => {
    const { asset } = follow(target);
    return asset
      ? Object.values(loadedOf(target).products).map((value) => path.dirname(path.join(asset.assetDir, value)))
      : [];
  });
  return [...new Set(dirs)];
}

function undeclared(pkg: Package, phase: CallPhase, what: string, late: Wire | undefined): Failure {
  const message = `Cannot answer ${what} to ${pkg.label} in its ${phase} phase`;
  if (!late) {
    return new Failure('UNDECLARED_DEPENDENCY', `${message}: no dependency offers it`, {
      hint: 'Add it to the "dependencies" of the recipe',
      package: pkg.label,
    });
  }
  return new Failure(
    'UNDECLARED_DEPENDENCY',
    `${message}: ${late.target.label} is needed by ${late.dependency.neededBy}`,
    {
      hint: `Declare the dependency with needed_by: "${phase === 'resolve' ? 'fetch' : phase}"`,
      package: pkg.label,
    },
  );
}
