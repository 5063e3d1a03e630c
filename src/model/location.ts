/** A place in a text file: line and column count from 1; `length` is how much of the line a squiggle covers. */
export interface Location {
  file: string;
  line: number;
  column: number;
  length?: number;
}

/** In the order of files and lines; what has no place comes last. */
export function comparePlaces(a: Location | undefined, b: Location | undefined): number {
  if (!a || !b) return Number(b !== undefined) - Number(a !== undefined);
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}

export function formatLocation(at: Location): string {
  return `${at.file}:${at.line}:${at.column}`;
}
