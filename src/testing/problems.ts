// Shows what a reader refused, one line for each problem, so that a test can compare all of them at once.
import type { Parsed } from '../model/diagnostic.ts';

/** `UNKNOWN_FIELD packages.0.optoins: Unknown field …`, in the order of their reports; a `~` marks the name of a field. */
export function linesOf(parsed: Parsed<unknown>): string[] {
  return parsed.problems.map(
    ({ code, path, atKey, message }) => `${code} ${path.join('.')}${atKey ? '~' : ''}: ${message}`,
  );
}
