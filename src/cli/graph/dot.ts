// A graph in the language of Graphviz: https://graphviz.org/doc/info/lang.html
import type { PackageEdge, PackageGraph, PackageNode } from '../../model/package-graph.ts';
import { stripControl } from '../../system/terminal.ts';
import { edgeWords } from './words.ts';

export function formatDot({ packages, edges, roots }: PackageGraph): string {
  const asked = new Set(roots.map(({ name }) => name));
  return [
    'digraph galley {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...packages.map((node) => `  ${quote(node.name)} [label=${labelOf(node)}${styleOf(node, asked)}];`),
    ...edges.map(
      (edge) => `  ${quote(edge.from)} -> ${quote(edge.to)} [label=${quote(edgeWords(edge))}${dash(edge)}];`,
    ),
    '}',
  ].join('\n');
}

/** `\n` is a line break in labels, so it must not be escaped with what people wrote. */
function labelOf({ name, state }: PackageNode): string {
  return `${quote(name).slice(0, -1)}\\n${state}"`;
}

/** What the project itself asks for stands out, and so does what is not there. */
function styleOf({ name, state }: PackageNode, asked: ReadonlySet<string>): string {
  const color = { failed: ', color=red', skipped: ', color=gray', cached: '', missing: '', 'user-managed': '' }[state];
  return `${asked.has(name) ? ', penwidth=2' : ''}${color}`;
}

function dash({ kind }: PackageEdge): string {
  return kind === 'strong' ? '' : ', style=dashed';
}

/** A quoted string of the language whose content, as a label, is exactly this text. */
function quote(text: string): string {
  return `"${stripControl(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
