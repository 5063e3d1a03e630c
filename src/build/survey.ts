// `graph` and `why`: the packages of a project and who needs whom, as a value. Makes nothing: recipes are evaluated, and
// the cache is asked what it has.
import type { Asset } from '../cache/record.ts';
import type { Dependency } from '../model/dependency.ts';
import { describeError } from '../model/facts.ts';
import { withIncluded } from '../model/manifest.ts';
import type { Declaration, PackageEdge, PackageGraph, PackageNode, PackageRoot } from '../model/package-graph.ts';
import { supportsPlatform } from '../model/platform.ts';
import { listRecipes } from '../recipe/find.ts';
import { entryRef } from './keying.ts';
import { look, stateOf } from './listing.ts';
import { createPackage, follow, type Package, type Wire } from './package.ts';
import type { Project } from './project.ts';
import { shellPackages } from './shell.ts';
import { placeOf, prerequisitePlace } from './wiring.ts';
import type { Run } from './world.ts';

/** A package with what the cache has of it. */
export interface Surveyed {
  pkg: Package;
  name: string;
  asset: Asset | undefined;
}

/** The graph, and what each of its packages is to the engine. */
export interface Survey {
  graph: PackageGraph;
  surveyed: Surveyed[];
  run: Run;
}

export async function surveyProject(project: Project): Promise<Survey> {
  const run = await look(project);
  const elsewhere = entriesForOthers(project, run);
  const packages = [...run.graph.all().filter((pkg) => !pkg.aliasOf), ...elsewhere];
  const names = nameAll(packages);
  const surveyed = await Promise.all(packages.map((pkg) => survey(pkg, names, run)));
  surveyed.sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = new Set(packages.map(({ request }) => request.recipe));
  const roots = withIncluded(run.manifest).flatMap(({ recipeRoots }) => recipeRoots);
  const recipes = await listRecipes({ roots, builtinDir: run.world.recipesDir }, run.world.files);
  const graph = {
    roots: rootsOf([...run.graph.all(), ...elsewhere], names, run),
    packages: surveyed.map(nodeOf),
    edges: surveyed.flatMap((one) => edgesOf(one, names, surveyed)),
    unused: recipes.filter((identity) => !known.has(identity)),
  };
  return { graph, surveyed, run };
}

/** Entries of the manifest that are for other platforms, each once: no run has them in its graph. */
function entriesForOthers({ manifest, world }: Project, { graph }: Run): Package[] {
  const known = new Set(graph.all().map(({ id }) => id));
  const packages = withIncluded(manifest).flatMap((scope) => {
    const others = scope.packages.filter(({ platforms }) => !supportsPlatform(platforms, world.platform));
    return others.map((entry): Package => {
      const origin = { file: scope.file, path: ['packages', entry.index], scope };
      return { ...createPackage(entry, origin, false), inManifest: true, skipped: true };
    });
  });
  return packages.filter(({ id }) => !known.has(id) && known.add(id));
}

/** By the label that people know; only where two have the same does the source tell them apart. */
function nameAll(packages: readonly Package[]): Map<Package, string> {
  const labels = Map.groupBy(packages, ({ label }) => label);
  return new Map(packages.map((pkg) => [pkg, labels.get(pkg.label)?.length === 1 ? pkg.label : pkg.id]));
}

async function survey(pkg: Package, names: Map<Package, string>, run: Run): Promise<Surveyed> {
  const asset = pkg.key === undefined ? undefined : await run.world.cache.peek(entryRef(pkg, run));
  return { pkg, asset, name: names.get(pkg) as string };
}

function rootsOf(packages: readonly Package[], names: Map<Package, string>, run: Run): PackageRoot[] {
  const rootOf = (pkg: Package): PackageRoot => {
    const { file, path } = pkg.origin;
    return { name: names.get(follow(pkg)) as string, isShell: pkg.servesShell, declared: { file, path } };
  };
  const roots = [...packages.filter((pkg) => pkg.inManifest), ...shellPackages(run)].map(rootOf);
  // Of two entries that are one package, the first is told.
  return [...new Map(roots.toReversed().map((root) => [root.name, root])).values()].toReversed();
}

function nodeOf({ pkg, name, asset }: Surveyed): PackageNode {
  const { request, loaded, key, error } = pkg;
  const state = stateOf(pkg, asset);
  return {
    name,
    package: request.recipe,
    options: loaded?.options ?? request.options,
    state,
    hasTest: loaded?.recipe.test !== undefined,
    ...(key === undefined ? {} : { key }),
    products: Object.keys(loaded?.products ?? {}).sort(),
    // What only waits for its first sync is no problem.
    ...(error && (state === 'failed' || !loaded) ? { problem: describeError(error)[0].message } : {}),
  };
}

function edgesOf({ pkg, name, asset }: Surveyed, names: Map<Package, string>, all: readonly Surveyed[]): PackageEdge[] {
  const runtime = new Set(asset?.record.runtime);
  const isUsed = (target: Package): boolean => target.key !== undefined && runtime.has(target.key);
  const edge = ({ dependency, target }: Wire, declared: Declaration): PackageEdge => ({
    from: name,
    to: names.get(follow(target)) as string,
    ...wordsOf(dependency),
    runtime: dependency.runtime || isUsed(follow(target)),
    declared,
  });
  const before = pkg.prerequisites.map(
    (wire): PackageEdge => ({ ...edge(wire, prerequisitePlace(pkg, wire.dependency)), neededBy: 'recipe' }),
  );
  const edges = [...before, ...pkg.wires.map((wire) => edge(wire, placeOf(pkg, wire.dependency)))];
  const others = runtime.size > 0 ? all : [];
  const found = others.filter((one) => one.pkg !== pkg && isUsed(one.pkg) && !edges.some(({ to }) => to === one.name));
  return [...edges, ...found.map((one) => foundEdge(name, one.name))];
}

function wordsOf(dependency: Dependency): Pick<PackageEdge, 'kind' | 'neededBy' | 'query' | 'as' | 'setup'> {
  const { kind, neededBy, as, setup } = dependency;
  const query = kind === 'strong' ? undefined : kind === 'product' ? dependency.product : dependency.query;
  return { kind, neededBy, setup, ...(query !== undefined && { query }), ...(as !== undefined && { as }) };
}

function foundEdge(from: string, to: string): PackageEdge {
  return { from, to, kind: 'found', neededBy: 'setup', runtime: true, setup: [] };
}
