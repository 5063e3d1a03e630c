// `galley why <query>`: who needs a package, by every way that leads to it from what the project asks for. Makes nothing.
import type { Services } from '../../build/services.ts';
import { Failure } from '../../model/failure.ts';
import { matching } from '../../model/graph-part.ts';
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import type { Json } from '../../model/json.ts';
import type { Location } from '../../model/location.ts';
import type { Declaration, PackageGraph, PackageNode } from '../../model/package-graph.ts';
import { unknownQuery } from '../../model/unknown-query.ts';
import { showsUnicode } from '../../system/terminal.ts';
import type { Answer, Run } from '../answer.ts';
import { howOf } from '../graph/json.ts';
import { findWays, type Way } from '../graph/paths.ts';
import { ASCII_TWIGS, UNICODE_TWIGS } from '../graph/tree.ts';
import { formatWay, type Step } from '../graph/way.ts';
import { needWords } from '../graph/words.ts';
import { toJson } from '../json.ts';
import { openProject } from '../open-project.ts';
import { tellRebuildReasons } from '../why-rebuild.ts';

/** More ways than this are more than anybody reads. */
const SHOWN_WAYS = 10;
/** Beyond those shown, so many are counted: there can be more ways than anything could count. */
const COUNTED_WAYS = 1000;

interface Finding {
  node: PackageNode;
  ways: { way: Way; steps: Step[] }[];
  /** Ways that are not shown, as far as they were counted. */
  more: number;
}

export const run: Run = async (services, { settings, args: [query = ''], flags }) => {
  const shown = shownWays(flags.paths);
  const session = await openProject(services, settings);
  if (flags.rebuild === true) return await tellRebuildReasons(session, query, services.clock.now());
  const graph = await session.graph();
  const nodes = matching(graph, query);
  if (nodes.length === 0) return unneeded(query, graph);
  const findings = await Promise.all(nodes.map((node) => find(node, { graph, shown, services })));
  return {
    status: 0,
    stdout: findings.map((finding) => tell(finding, services)).join('\n\n'),
    json: findings.map(toAnswer),
  };
};

function shownWays(given: string | true = `${SHOWN_WAYS}`): number {
  if (given !== true && /^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new Failure('USAGE', `Cannot show "${given}" paths, expected a whole number from 1`);
}

/** A recipe that is at hand and in no graph is no mistake of whoever asks. */
function unneeded(query: string, { packages, unused }: PackageGraph): Answer {
  const found = unused.filter((name) => {
    const identity = parseIdentity(name);
    return identity !== undefined && matchesQuery(query, identity);
  });
  if (found.length === 0) throw unknownQuery(query, [...packages.map((node) => node.package), ...unused]);
  return {
    status: 0,
    stdout: found.map((name) => `${name}  needed by nothing in this project`).join('\n'),
    json: found.map((name) => ({ package: name, state: 'unused', paths: [], more: 0 })),
  };
}

async function find(
  node: PackageNode,
  { graph, shown, services }: { graph: PackageGraph; shown: number; services: Services },
): Promise<Finding> {
  const ways = findWays(graph, node.name);
  const first = ways.take(shown).toArray();
  const { length: more } = findWays(graph, node.name).drop(shown).take(COUNTED_WAYS).toArray();
  return {
    node,
    more,
    ways: await Promise.all(first.map(async (way) => ({ way, steps: await place(way, services) }))),
  };
}

/** What is declared where is looked up only for what is shown. */
async function place({ root, steps }: Way, { files }: Services): Promise<Step[]> {
  const { locateValue } = await import('../../recipe/locate.ts');
  const locate = (declared: Declaration | undefined): Promise<Location | undefined> | undefined =>
    declared && locateValue(declared.file, declared.path, files);
  const words = root.isShell ? 'the default shell of the manifest' : 'named by the manifest';
  return await Promise.all([
    { name: root.name, words, place: await locate(root.declared) },
    ...steps.map(async (edge) => ({ name: edge.to, words: needWords(edge), place: await locate(edge.declared) })),
  ]);
}

function tell({ ways, more }: Finding, { cwd, env }: Services): string {
  const twigs = showsUnicode(env) ? UNICODE_TWIGS : ASCII_TWIGS;
  const parts = ways.map(({ steps }) => formatWay(steps, twigs, cwd));
  const count = more < COUNTED_WAYS ? `${more}` : `${more} or`;
  if (more > 0) parts.push(`and ${count} more ${more === 1 ? 'path' : 'paths'}: see --paths`);
  return parts.join('\n\n');
}

function toAnswer({ node, ways, more }: Finding): Json {
  const paths = ways.map(({ way, steps }) =>
    steps.map(({ name, place: at }, index) => {
      const edge = way.steps[index - 1];
      const how = edge ? howOf(edge) : { needed_by: way.root.isShell ? 'default_shell' : 'manifest' };
      return toJson({ package: name, ...how, ...(at && { place: at }) });
    }),
  );
  return toJson({ package: node.name, state: node.state, paths, more });
}
