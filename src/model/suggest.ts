// "Did you mean": finds what a mistyped name was meant to be. Knows nothing of what is named.

/** Nobody mistypes a longer name, and comparing two costs the product of their lengths. */
const LONGEST_NAME = 64;

/** Pairs of letters that are looked at for one name: four thousand candidates of ten letters. */
const MOST_PAIRS = 400_000;

/** A list of more names helps nobody, and a module may have any number. */
const MOST_NAMES = 40;

/** Helps a reader whose name is not known: `did you mean "build"?`, else all names there are. */
export function formatSuggestion(name: string, known: readonly string[]): string {
  const nearest = findNearest(name, known);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (known.length === 0) return 'there are none';
  const more = known.length - MOST_NAMES;
  return `known: ${known.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * The known name nearest to a mistyped one, or undefined when none is near: at most a third of its letters differ, or
 * one of two.
 */
export function findNearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  let best: string | undefined;
  // A name of one letter is near to nothing: every other letter would be a suggestion.
  let bestDistance = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1);
  let pairs = 0;
  for (const candidate of known) {
    // So many letters have to come or go at least; a candidate may be a text of megabytes.
    if (Math.abs(name.length - candidate.length) >= bestDistance) continue;
    pairs += name.length * candidate.length;
    if (pairs > MOST_PAIRS) break;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost one each. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
