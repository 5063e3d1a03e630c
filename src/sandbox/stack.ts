// Reads the stack text of QuickJS: `    at name (file:line:column)`, innermost first.
import type { Location } from '../model/location.ts';

/** The innermost frames come first. A function may have a name of megabytes, and each of its lines looks like a frame. */
const LONGEST_CHARS = 64 * 1024;

/** The innermost frame inside one of the author's files. */
export function findLocation(stack: string, isAuthored: (file: string) => boolean): Location | undefined {
  for (const frame of stack.slice(0, LONGEST_CHARS).split('\n')) {
    const place = readPlace(frame);
    if (place === undefined) continue;
    const { named, line, column } = place;
    const file = filesOf(named).find(isAuthored);
    if (file !== undefined) return { file, line, column };
  }
  return undefined;
}

/** Read from the end, where what the author chose the words of cannot make it long. */
function readPlace(frame: string): { named: string; line: number; column: number } | undefined {
  if (!frame.trimStart().startsWith(AT)) return undefined;
  const text = frame.endsWith(')') ? frame.slice(0, -1) : frame;
  const [before, last] = cutNumber(text);
  if (last === undefined) return undefined;
  const [named, line] = cutNumber(before);
  return line === undefined ? { named: before, line: last, column: 1 } : { named, line, column: last };
}

const AT = 'at ';

/** `file.js:12` → `file.js`, 12. */
function cutNumber(text: string): [before: string, number: number | undefined] {
  const colon = text.lastIndexOf(':');
  const digits = text.slice(colon + 1);
  return colon >= 0 && /^\d{1,9}$/.test(digits) ? [text.slice(0, colon), Number(digits)] : [text, undefined];
}

/** What `    at name (file` may mean: names and directories may contain the parenthesis too. */
function filesOf(named: string): string[] {
  const start = named.indexOf(AT) + AT.length;
  const after = (index: number) => (index < 0 ? [] : [named.slice(index + 2)]);
  return [...after(named.indexOf(' (')), ...after(named.lastIndexOf(' (')), named.slice(start)];
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
