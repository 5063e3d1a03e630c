// What the closure of a project consists of, package by package: the facts that a bill of materials tells. Makes and
// fetches nothing, so that what is not made yet has gaps, which are told too.
import { narrow } from '../../model/graph-part.ts';
import type { PackageGraph, PackageNode } from '../../model/package-graph.ts';
import { isRemote, type SourceRecord } from '../../model/pin.ts';
import { redactUrl } from '../../model/redact.ts';
import { type FetchItem, ownDigest } from '../../model/verb.ts';
import { recipeOrigin } from '../making.ts';
import type { Package } from '../package.ts';
import type { Project } from '../project.ts';
import { type Surveyed, surveyProject } from '../survey.ts';
import type { Run } from '../world.ts';

/** A file, tree or commit that a package is made from. */
export interface SuppliedFile {
  /** What the recipe wrote, without credentials. */
  source: string;
  /** Where the bytes are; for a path of this machine there is no address that means anything elsewhere. */
  url?: string;
  /** A sha256, or the commit that the source names; absent while nobody has fetched it. */
  digest?: string;
}

export interface Supply {
  node: PackageNode;
  /** Needed when what was asked for is used, and not only to make it. */
  isRuntime: boolean;
  needs: readonly { to: string; runtime: boolean }[];
  /** Absent when the recipe cannot be loaded. */
  recipe?: { uri: string; digest: string; metadata: { description?: string; homepage?: string; license?: string } };
  files: SuppliedFile[];
}

export interface Supplies {
  /** Names of the packages that were asked for. */
  roots: string[];
  /** All of this is about the one package that a query asked for, and not about the project. */
  isOfOne: boolean;
  packages: Supply[];
}

/** @throws Failure QUERY_UNKNOWN */
export async function collectSupplies(project: Project, queries: readonly string[]): Promise<Supplies> {
  const { graph, surveyed, run } = await surveyProject(project);
  const part = hereOnly(narrow(graph, queries));
  const named = new Map(surveyed.map((one) => [one.name, one]));
  const nameOf = createNames(part.packages, named);
  const roots = part.roots.filter(({ isShell }) => !isShell).map(({ name }) => name);
  const runtime = runtimeOf(roots, part);
  const needs = Map.groupBy(part.edges, ({ from }) => from);
  const packages = part.packages.map((node): Supply => {
    const one = named.get(node.name) as Surveyed;
    const { pkg } = one;
    return {
      node: { ...node, name: nameOf(node.name) },
      isRuntime: runtime.has(node.name),
      needs: (needs.get(node.name) ?? []).map((edge) => ({ to: nameOf(edge.to), runtime: edge.runtime })),
      ...(pkg.loaded && { recipe: describeRecipe(pkg, run) }),
      files: listFiles(one),
    };
  });
  return { roots: roots.map(nameOf), isOfOne: queries.length > 0 && roots.length === 1, packages };
}

/** What is for other platforms is no part of what is here. */
function hereOnly({ roots, packages, edges }: PackageGraph): PackageGraph {
  const kept = packages.filter(({ state }) => state !== 'skipped');
  const names = new Set(kept.map(({ name }) => name));
  return {
    roots: roots.filter(({ name }) => names.has(name)),
    packages: kept,
    edges: edges.filter(({ from, to }) => names.has(from) && names.has(to)),
    unused: [],
  };
}

/** Names that mean something on other machines: those of the graph tell two packages apart by paths of this one. */
function createNames(nodes: readonly PackageNode[], named: Map<string, Surveyed>): (name: string) => string {
  const labels = Map.groupBy(nodes, ({ name }) => (named.get(name) as Surveyed).pkg.label);
  const names = new Map<string, string>();
  for (const [label, same] of labels)
    for (const [index, { name }] of same.entries()) names.set(name, index === 0 ? label : `${label}#${index + 1}`);
  return (name) => names.get(name) as string;
}

function runtimeOf(roots: readonly string[], { edges }: PackageGraph): Set<string> {
  const needs = Map.groupBy(
    edges.filter(({ runtime }) => runtime),
    ({ from }) => from,
  );
  const reached = new Set(roots);
  // A set that grows is walked to its new end.
  for (const name of reached) for (const { to } of needs.get(name) ?? []) reached.add(to);
  return reached;
}

function describeRecipe(pkg: Package, run: Run): NonNullable<Supply['recipe']> {
  const { digest, recipe } = pkg.loaded as NonNullable<Package['loaded']>;
  return { uri: recipeOrigin(pkg, run).uri, digest, metadata: recipe.metadata };
}

/** As the asset was made from them, or will be; before that is known, as the recipe says them. */
function listFiles({ pkg, asset }: Surveyed): SuppliedFile[] {
  const recorded = asset?.record.sources ?? [];
  const known = recorded.length > 0 ? recorded : pkg.sources;
  if (known.length > 0) return known.map(supplied);
  const { fetch } = pkg.loaded?.recipe ?? {};
  return fetch?.form === 'items' ? fetch.items.map(suppliedItem) : [];
}

function suppliedItem(item: FetchItem): SuppliedFile {
  return item.form === 'path'
    ? { source: item.path }
    : supplied({ source: redactUrl(item.url), digest: ownDigest(item) });
}

function supplied({ source, url = source, sha256, digest }: Known): SuppliedFile {
  const sum = sha256 ?? digest;
  return { source, ...(isRemote(source) && { url }), ...(sum !== undefined && { digest: sum }) };
}

type Known = Omit<SourceRecord, 'digest'> & { digest: string | undefined };
