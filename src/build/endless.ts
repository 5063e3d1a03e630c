// Tells a graph that would never end: a recipe may ask for itself with other options, and those for others again.
import type { Dependency } from '../model/dependency.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Graph } from './graph.ts';
import { createPackage, type Origin, type Package } from './package.ts';
import type { Run } from './world.ts';

/** Of one recipe, each asked for on behalf of the one before: a compiler built by the one before it is far below. */
const LONGEST_LINE = 32;
/** Of one recipe, as far as other recipes ask for them. */
const MOST_VARIANTS = 1_000;
const MOST_PACKAGES = 20_000;

type Strong = Extract<Dependency, { kind: 'strong' }>;

/** What is wrong with a dependency that would make the graph larger than any project is, undefined when it is fine. */
export function findEndless(
  pkg: Package,
  { request: wanted }: Strong,
  origin: Origin,
  run: Run,
): Diagnostic | undefined {
  const { recipe } = wanted;
  const { graph } = run;
  if (graph.variants(recipe) < LONGEST_LINE && graph.size < MOST_PACKAGES) return undefined;
  if (graph.has(createPackage(wanted, origin, pkg.servesShell).id)) return undefined;
  const excess = findExcess(lineOf(pkg, recipe), recipe, graph);
  if (excess === undefined) return undefined;
  return {
    code: 'GRAPH_TOO_LARGE',
    message: `The dependencies of ${pkg.label} seem to have no end: ${excess}`,
    hint: 'Let its "dependencies" come to an end, whatever the options are',
    file: origin.file,
    path: origin.path,
  };
}

function findExcess(line: readonly Package[], recipe: string, graph: Graph): string | undefined {
  if (line.length >= LONGEST_LINE)
    return `${recipe} is asked for on behalf of itself ${line.length} times, each time with other options: ${formatLine(line)}`;
  const variants = graph.variants(recipe);
  if (variants >= MOST_VARIANTS) return `there are ${variants} packages of ${recipe} already, each with other options`;
  return graph.size >= MOST_PACKAGES ? `there are ${graph.size} packages already` : undefined;
}

/** From the first that was asked for. */
function lineOf(pkg: Package, recipe: string): Package[] {
  const line: Package[] = [];
  for (let at: Package | undefined = pkg; at; at = at.origin.parent) if (at.request.recipe === recipe) line.unshift(at);
  return line;
}

function formatLine(line: readonly Package[]): string {
  const labels = line.map(({ label }) => label);
  return [...labels.slice(0, 2), '…', ...labels.slice(-1)].join(' → ');
}
