// Where a value stands in the text of a JSON file. It knows nothing of what the file means, and takes for granted that
// the text is valid, as whoever asks has parsed it.
import type { ValuePath } from '../model/diagnostic.ts';
import type { Location } from '../model/location.ts';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Offset of the value at the path; of the nearest value around it when the path leads nowhere. */
export function findJsonOffset(text: string, target: ValuePath): number {
  const path: (string | number)[] = [];
  let best = { depth: -1, offset: 0 };
  let expectsName = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '}' || token === ']') path.pop();
    else if (token === ',') {
      const last = path.at(-1);
      expectsName = typeof last === 'string';
      if (typeof last === 'number') path[path.length - 1] = last + 1;
    } else if (token === ':') expectsName = false;
    else if (expectsName) path[path.length - 1] = JSON.parse(token) as string;
    else {
      // A value begins here. Deeper is better, and of two with one name the first is shown.
      const onTheWay = path.every((step, depth) => step === target[depth]);
      if (onTheWay && path.length > best.depth) best = { depth: path.length, offset: index };
      if (token === '{') path.push('');
      if (token === '[') path.push(0);
      expectsName = token === '{';
    }
  }
  return best.offset;
}

/** The place of the value at the path, or of its name; a squiggle covers what of it is on one line. */
export function findJsonSpot(text: string, path: ValuePath, atKey: boolean): Omit<Location, 'file'> {
  const value = findJsonOffset(text, path);
  const name = JSON.stringify(String(path.at(-1)));
  const named = atKey ? text.lastIndexOf(name, value) : -1;
  const offset = named < 0 ? value : named;
  const lines = text.slice(0, offset).split('\n');
  const rest = text.slice(offset).split('\n', 1)[0] as string;
  const [token = ''] = /^(?:"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+|[{[].*[}\]]|.)/.exec(rest) ?? [];
  return { line: lines.length, column: (lines.at(-1) as string).length + 1, length: Math.max(1, token.length) };
}
