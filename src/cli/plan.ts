// What a build would do, for --dry-run: told from the states of the packages, and nothing is made.
import type { Services } from '../build/services.ts';
import type { Session } from '../build/session.ts';
import { narrow } from '../model/graph-part.ts';
import type { PackageEdge, PackageGraph, PackageNode, PackageState } from '../model/package-graph.ts';
import { stripControl } from '../system/terminal.ts';
import type { Answer } from './answer.ts';
import { toJsonRow } from './json.ts';

const PLANS: Record<PackageState, string | undefined> = {
  missing: 'Would build',
  'user-managed': 'Would check',
  cached: undefined,
  skipped: undefined,
  failed: 'Cannot load',
};

export interface PlanOptions {
  /** What to look at; everything when there are none. */
  queries?: readonly string[];
  /** Packages that offer these are made, too. */
  products?: readonly string[];
  /** The tests of these run, too. */
  isTest?: boolean;
  /** What is made though the cache has it now. */
  anew?: 'asked' | 'everything' | undefined;
}

export async function tellPlan(
  session: Session,
  services: Services,
  { queries = [], products = [], isTest = false, anew }: PlanOptions = {},
): Promise<Answer> {
  const graph = asIfMissing(withOffering(narrow(await session.graph(), queries), products), anew);
  const packages = demanded(graph);
  const tested = packages.filter(({ name, hasTest }) => hasTest && graph.roots.some((root) => root.name === name));
  const lines = [
    ...packages.flatMap((node) => (PLANS[node.state] ? [`${PLANS[node.state]} ${subjectOf(node)}`] : [])),
    ...(isTest ? tested.map(({ name }) => `Would test ${name}`) : []),
  ];
  for (const text of lines.length > 0 ? lines : ['Nothing to build'])
    services.emit({ type: 'log.message', level: 'info', text: stripControl(text) });
  return { status: 0, json: packages.map(toJsonRow) };
}

/** What offers a product may be nothing that the project itself asks for. */
function withOffering(graph: PackageGraph, products: readonly string[]): PackageGraph {
  const known = new Set(graph.roots.map(({ name }) => name));
  const offering = graph.packages.filter((node) => node.products.some((product) => products.includes(product)));
  const added = offering.filter(({ name }) => !known.has(name)).map(({ name }) => ({ name, isShell: false }));
  return { ...graph, roots: [...graph.roots, ...added] };
}

function asIfMissing(graph: PackageGraph, anew: PlanOptions['anew']): PackageGraph {
  if (anew === undefined) return graph;
  const asked = new Set(graph.roots.map(({ name }) => name));
  const isMade = ({ name, state }: PackageNode): boolean =>
    state === 'cached' && (anew === 'everything' || asked.has(name));
  return {
    ...graph,
    packages: graph.packages.map((node) => (isMade(node) ? { ...node, state: 'missing' } : node)),
  };
}

function subjectOf({ name, problem }: PackageNode): string {
  return problem === undefined ? name : `${name}: ${problem}`;
}

/** What the roots demand, themselves first: what is there needs nothing of what it was made with. */
function demanded({ roots, packages, edges }: PackageGraph): PackageNode[] {
  const nodes = new Map(packages.map((node) => [node.name, node]));
  const needs = Map.groupBy(edges, ({ from }) => from);
  const reached = new Set(roots.map(({ name }) => name));
  // A set that grows is walked to its new end.
  for (const name of reached)
    for (const edge of needs.get(name) ?? []) if (isDemanded(edge, nodes.get(name)?.state)) reached.add(edge.to);
  return [...reached].flatMap((name) => nodes.get(name) ?? []);
}

function isDemanded({ runtime, neededBy }: PackageEdge, state: PackageState | undefined): boolean {
  if (runtime || neededBy === 'recipe' || state === 'missing') return true;
  return state === 'user-managed' && neededBy === 'check';
}
