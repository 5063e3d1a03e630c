// A graph as a Mermaid flow chart, which forges and many editors draw: https://mermaid.js.org/syntax/flowchart.html
import type { PackageGraph } from '../../model/package-graph.ts';
import { edgeWords } from './words.ts';

export function formatMermaid({ packages, edges }: PackageGraph): string {
  // Names have characters that ids cannot have.
  const ids = new Map(packages.map(({ name }, index) => [name, `p${index + 1}`]));
  return [
    'flowchart LR',
    ...packages.map(({ name, state }) => `  ${ids.get(name)}["${encode(name)}<br>${state}"]`),
    ...edges.map((edge) => `  ${ids.get(edge.from)} -->|"${encode(edgeWords(edge))}"| ${ids.get(edge.to)}`),
  ].join('\n');
}

/** Labels may hold quotes, Markdown, HTML and directives: whatever could mean something is written as its code point. */
function encode(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._@,:/=+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
