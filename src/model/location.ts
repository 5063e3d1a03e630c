/** A place in a text file: line and column count from 1; `length` is how much of the line a squiggle covers. */
export interface Location {
  file: string;
  line: number;
  column: number;
  length?: number;
}

export function formatLocation(at: Location): string {
  return `${at.file}:${at.line}:${at.column}`;
}
