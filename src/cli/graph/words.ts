// How one package needs another, in few words that every form of a graph has in common.
import type { PackageEdge } from '../../model/package-graph.ts';

/** `build`, `install, weak "zlib", runtime`. */
export function edgeWords({ kind, neededBy, query, as, runtime, setup }: PackageEdge): string {
  if (kind === 'found') return 'runtime, found in its files';
  const words: string[] = [neededBy];
  if (query !== undefined) words.push(`${kind} "${query}"`);
  if (as !== undefined) words.push(`as ${as}`);
  if (runtime) words.push('runtime');
  if (setup.length > 0) words.push(`setup ${setup.join(' ')}`);
  return words.join(', ');
}

/** The same in a sentence about the other. */
export function needWords(edge: PackageEdge): string {
  return edge.kind === 'found' ? edgeWords(edge) : `needed by ${edgeWords(edge)}`;
}
