// A graph as a tree for people. A package whose needs were told above is marked (*), and they are not told again.
import type { PackageGraph, PackageNode, PackageRoot } from '../../model/package-graph.ts';
import { stripControl } from '../../system/terminal.ts';
import { needWords } from './words.ts';

/** What a tree is drawn with: before a member, before the last one, and before what is below each. */
export interface Twigs {
  member: string;
  last: string;
  belowMember: string;
  belowLast: string;
}

export const UNICODE_TWIGS: Twigs = { member: '├── ', last: '└── ', belowMember: '│   ', belowLast: '    ' };
export const ASCII_TWIGS: Twigs = { member: '|-- ', last: '`-- ', belowMember: '|   ', belowLast: '    ' };

export function formatTree(graph: PackageGraph, twigs: Twigs): string {
  const nodes = new Map(graph.packages.map((node) => [node.name, node]));
  const needs = Map.groupBy(graph.edges, ({ from }) => from);
  const told = new Set<string>();
  const lines: string[] = [];

  function tell(name: string, { before, below, words }: { before: string; below: string; words: string }): void {
    const members = needs.get(name) ?? [];
    const isRepeated = told.has(name) && members.length > 0;
    told.add(name);
    const parts = [name, stateOf(nodes.get(name)), words, isRepeated ? '(*)' : ''];
    lines.push(`${before}${stripControl(parts.filter((part) => part !== '').join('  '))}`);
    if (isRepeated) return;
    for (const [index, edge] of members.entries()) {
      const isLast = index === members.length - 1;
      tell(edge.to, {
        before: `${below}${isLast ? twigs.last : twigs.member}`,
        below: `${below}${isLast ? twigs.belowLast : twigs.belowMember}`,
        words: needWords(edge),
      });
    }
  }

  for (const root of graph.roots) tell(root.name, { before: '', below: '', words: rootWords(root) });
  return lines.join('\n');
}

function rootWords({ isShell }: PackageRoot): string {
  return isShell ? 'default shell' : '';
}

function stateOf(node: PackageNode | undefined): string {
  const { state, problem } = node as PackageNode;
  return problem === undefined ? state : `${state}: ${problem.split('\n')[0]}`;
}
