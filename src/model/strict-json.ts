// JSON of strangers that other programs read too: what two of them could read differently is refused.
import { findJson, type Json } from './json.ts';

/** Far more than any document of ours has, and far less than would fill a stack. */
const MOST_LEVELS = 64;

/** The value; undefined for what is no JSON, names a member twice, or is nested deeper than anybody writes by hand. */
export function findStrictJson(text: string): Json | undefined {
  const value = findJson(text);
  return value === undefined || hasFault(text) ? undefined : value;
}

/** @param text is JSON */
function hasFault(text: string): boolean {
  const levels: (Set<string> | undefined)[] = [];
  const signs = /["[\]{}]/g;
  for (let found = signs.exec(text); found; found = signs.exec(text)) {
    const [sign] = found;
    if (sign === '{' || sign === '[') levels.push(sign === '{' ? new Set() : undefined);
    else if (sign !== '"') levels.pop();
    else {
      signs.lastIndex = endOfString(text, found.index);
      if (isName(text, signs.lastIndex) && !isNew(text.slice(found.index, signs.lastIndex), levels.at(-1))) return true;
    }
    if (levels.length > MOST_LEVELS) return true;
  }
  return false;
}

/** By hand: a pattern would need a stack as deep as a string has escapes. */
function endOfString(text: string, start: number): number {
  let end = start;
  let escapes: number;
  do {
    end = text.indexOf('"', end + 1);
    escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
  } while (escapes % 2 === 1);
  return end + 1;
}

function isName(text: string, end: number): boolean {
  const behind = /\s*(.)/y;
  behind.lastIndex = end;
  return behind.exec(text)?.[1] === ':';
}

function isNew(string: string, names = new Set<string>()): boolean {
  const name = JSON.parse(string) as string;
  return !names.has(name) && names.add(name) !== undefined;
}
