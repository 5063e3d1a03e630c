// What can be refused about a package before anything is downloaded or built for it: how it is wired, and what
// it fetches without a pin. All of it at once, each problem at its place.
import type { Dependency, PackageRequest } from '../model/dependency.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import { formatPlatform } from '../model/platform.ts';
import { Problems } from '../model/problems.ts';
import { ownDigest } from '../model/verb.ts';
import { variableOf } from './dependencies.ts';
import { follow, loadedOf, type Package, type Wire } from './package.ts';
import { filesOf } from './pins.ts';
import { itemPath } from './sources.ts';
import { placeOf } from './wiring.ts';
import type { Run } from './world.ts';

/** @throws Problems with everything that is refused */
export function refuse(pkg: Package, run: Run): void {
  const [first, ...rest] = findRefusals(pkg, run);
  if (first) throw new Problems([first, ...rest]);
}

export function findRefusals(pkg: Package, run: Run): Diagnostic[] {
  return [
    ...pkg.unwired,
    ...loadedOf(pkg).dependencies.flatMap((dependency) => refuseLocal(pkg, dependency)),
    ...refuseWires(pkg, pkg.wires, run),
    ...refuseUnpinned(pkg, run),
  ];
}

/** @throws Problems when what a function needs that fetches the recipe will not do: nothing can load it */
export function refusePrerequisites(pkg: Package, run: Run): void {
  const [first, ...rest] = [...pkg.unwired, ...refuseWires(pkg, pkg.prerequisites, run)];
  if (first) throw new Problems([first, ...rest]);
}

function refuseWires(pkg: Package, wires: readonly Wire[], run: Run): Diagnostic[] {
  const each = wires.flatMap((wire) => [...refusePlatform(pkg, wire, run), ...refuseFallback(pkg, wire)]);
  return [...refuseClashes(pkg, wires), ...each];
}

/** What everybody can use must not need what only one project has. A match of this project's own is its own choice. */
function refuseLocal(pkg: Package, dependency: Dependency): Diagnostic[] {
  if (isLocal(pkg.request.recipe)) return [];
  return namedBy(dependency)
    .filter(isLocal)
    .map((name) => ({
      code: 'LOCAL_DEPENDENCY',
      message: `${pkg.label} is published and depends on "${name}", which is local`,
      ...placeOf(pkg, dependency),
      hint: `Give "${name}" a namespace of its own, or make this recipe a local one too`,
    }));
}

function isLocal(query: string): boolean {
  return query.startsWith('local.');
}

/** The queries and identities that a dependency writes out, and those that are needed to fetch them. */
function namedBy(dependency: Dependency): string[] {
  const wanted = requestOf(dependency);
  const query = 'query' in dependency ? [dependency.query ?? []].flat() : [];
  const asked = wanted?.source;
  const source = asked?.form === 'bundle' && typeof asked.bundle !== 'string' ? asked.bundle.source : asked;
  const needed = source?.form === 'function' ? source.dependencies.flatMap(namedBy) : [];
  return [...new Set([...query, ...(wanted ? [wanted.recipe] : []), ...needed])];
}

function requestOf(dependency: Dependency): PackageRequest | undefined {
  if (dependency.kind === 'strong') return dependency.request;
  return dependency.kind === 'reference' ? undefined : dependency.fallback;
}

/** Every dependency has a variable of its own, and none of them is one that galley sets. */
function refuseClashes(pkg: Package, wires: readonly Wire[]): Diagnostic[] {
  const owners = new Map<string, Package>();
  return wires.flatMap((wire) => {
    const { dependency, target } = wire;
    const variable = variableOf(wire);
    const owner = owners.get(variable) ?? target;
    owners.set(variable, owner);
    const message =
      variable === 'GALLEY_ASSET_DIR'
        ? `Dependency ${target.label} of ${pkg.label} would be ${variable}, which is the asset of ${pkg.label} itself`
        : `Dependencies ${owner.label} and ${target.label} of ${pkg.label} are both ${variable}`;
    if (follow(owner) === follow(target) && variable !== 'GALLEY_ASSET_DIR') return [];
    const hint = 'Give one of them another name with "as"';
    return [{ code: 'DEPENDENCY_NAME_CLASH', message, hint, ...placeOf(pkg, dependency) }];
  });
}

function refusePlatform(pkg: Package, { dependency, target }: Wire, { world }: Run): Diagnostic[] {
  if (!follow(target).skipped) return [];
  const message = `${target.label}, a dependency of ${pkg.label}, does not support ${formatPlatform(world.platform)}`;
  const hint = 'Limit the platforms of this recipe too, or choose the dependency by platform';
  return [{ code: 'PLATFORM_UNSUPPORTED', message, hint, ...placeOf(pkg, dependency) }];
}

/** A match offers the product, or it would be none; a fallback shows what it offers only when it is loaded. */
function refuseFallback(pkg: Package, { dependency, target }: Wire): Diagnostic[] {
  const { loaded } = follow(target);
  if (dependency.kind !== 'product' || !loaded || Object.hasOwn(loaded.products, dependency.product)) return [];
  const message = `${target.label} is the fallback for product "${dependency.product}" and does not offer it`;
  const hint = 'Choose a fallback that offers the product';
  return [{ code: 'DEPENDENCY_UNMATCHED', message, hint, ...placeOf(pkg, dependency) }];
}

function refuseUnpinned(pkg: Package, { pins }: Run): Diagnostic[] {
  const { fetch, file } = loadedOf(pkg).recipe;
  if (fetch?.form !== 'items') return [];
  return fetch.items.flatMap((item, index) => {
    if (item.form !== 'url' || pins.findSame(filesOf(pkg), item.url, item.sha256)) return [];
    const refusal = pins.refusal(pkg, item.url, ownDigest(item) !== undefined);
    return refusal ? [{ ...diagnosticOf(refusal), file, path: itemPath(index, fetch.items) }] : [];
  });
}

function diagnosticOf({ code, message, hint }: Failure): Pick<Diagnostic, 'code' | 'message' | 'hint'> {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
