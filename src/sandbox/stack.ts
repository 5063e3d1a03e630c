// Reads the stack text of QuickJS: `    at name (file:line:column)`, innermost first.
import type { Location } from '../model/location.ts';

const FRAME = /^\s*at (?:.*? \()?(.+?):(\d+)(?::(\d+))?\)?$/;

/** The innermost frame inside one of the author's files. */
export function findLocation(stack: string, isAuthored: (file: string) => boolean): Location | undefined {
  for (const frame of stack.split('\n')) {
    const [, file = '', line, column = '1'] = FRAME.exec(frame) ?? [];
    if (isAuthored(file)) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** A place as the prelude tells it: file, line, column. Functions of the engine itself have none. */
export function parseLocation([file = '', line, column]: string[]): Location | undefined {
  return Number(line) > 0 ? { file, line: Number(line), column: Number(column) } : undefined;
}

/** Where one of some texts first stands in a source. */
export function locateText(file: string, source: string, ...needles: string[]): Location | undefined {
  const index = Math.max(...needles.map((needle) => source.indexOf(needle)));
  if (index < 0) return undefined;
  const before = source.slice(0, index);
  return { file, line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}
