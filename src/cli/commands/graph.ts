// `galley graph [query…]`: what needs what, as a tree for people, a drawing, or data. Makes nothing.
import { Failure } from '../../model/failure.ts';
import { narrow } from '../../model/graph-part.ts';
import type { PackageGraph } from '../../model/package-graph.ts';
import { formatSuggestion } from '../../model/suggest.ts';
import { showsUnicode } from '../../system/terminal.ts';
import type { Answer, Run } from '../answer.ts';
import { formatDot } from '../graph/dot.ts';
import { graphToJson } from '../graph/json.ts';
import { formatMermaid } from '../graph/mermaid.ts';
import { ASCII_TWIGS, formatTree, UNICODE_TWIGS } from '../graph/tree.ts';
import { openProject, tellIfEmpty } from '../open-project.ts';

type Env = Readonly<Record<string, string | undefined>>;

const FORMATS: Record<string, (graph: PackageGraph, env: Env) => string> = {
  text: (graph, env) => formatTree(graph, showsUnicode(env) ? UNICODE_TWIGS : ASCII_TWIGS),
  dot: formatDot,
  mermaid: formatMermaid,
  json: (graph) => JSON.stringify(graphToJson(graph), null, 2),
};

export const run: Run = async (services, { settings, args, flags }): Promise<Answer> => {
  const format = formatOf(flags.format);
  const session = await openProject(services, settings);
  tellIfEmpty(session, services);
  const graph = narrow(await session.graph(), args);
  return { status: 0, stdout: format(graph, services.env), json: graphToJson(graph) };
};

function formatOf(name: string | true = 'text'): (graph: PackageGraph, env: Env) => string {
  const known = Object.keys(FORMATS);
  const format = known.includes(`${name}`) ? FORMATS[`${name}`] : undefined;
  if (format) return format;
  throw new Failure('USAGE', `Cannot show a graph as "${name}": ${formatSuggestion(`${name}`, known)}`);
}
