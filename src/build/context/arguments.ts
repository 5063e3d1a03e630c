// Arguments of ctx functions as they come from an author: checked here, so that every function says the same thing about
// a wrong one.
import { Failure } from '../../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { shorten } from '../../model/shorten.ts';
import { findNearest } from '../../model/suggest.ts';

/** So much of what was given is told. */
const SHOWN_CHARS = 80;

/** A text argument; `what` is its name in the documentation: `ctx.read(path)`. */
export function text(value: Json | undefined, what: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(what, value, 'a text that is not empty');
  if (value.includes('\0')) throw wrong(what, value, 'a text without NUL');
  return value;
}

export function count(value: Json | undefined, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(what, value, 'a whole number, 0 or more');
  return value as number;
}

/** An options object with no members but the known ones; absent is empty. */
export function options(value: Json | undefined, known: readonly string[], what: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw wrong(what, value, 'an object');
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const nearest = findNearest(name, known);
    throw new Failure(
      'INVALID_ARGUMENT',
      `${what} has no "${shorten(name, SHOWN_CHARS)}"; ${nearest ? `did you mean "${nearest}"?` : `known: ${known.join(', ')}`}`,
    );
  }
  return value;
}

/** An optional member of an options object with the right type, if it is there. */
export function optional<T extends 'string' | 'number' | 'boolean'>(
  given: JsonObject,
  name: string,
  type: T,
): { string: string; number: number; boolean: boolean }[T] | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type) throw wrong(`"${name}"`, value, `a ${type}`);
  return value as { string: string; number: number; boolean: boolean }[T];
}

export function wrong(what: string, found: Json | undefined, expected: string): Failure {
  const shown = found === undefined ? 'nothing' : shorten(JSON.stringify(found), SHOWN_CHARS);
  return new Failure('INVALID_ARGUMENT', `${what} got ${shown}, expected ${expected}`);
}
