// The kinds of value that a module can hold once it has crossed from the sandbox, and their names for people. A function
// crosses as `{ "$function": "name" }`.
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { redactUrl } from '../model/redact.ts';

/** The value that each kind of JSON holds. */
export interface Kinds {
  text: string;
  number: number;
  boolean: boolean;
  null: null;
  list: Json[];
  table: JsonObject;
  function: JsonObject;
}

export type Kind = keyof Kinds;

export function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (isJsonObject(value)) return Object.hasOwn(value, '$function') ? 'function' : 'table';
  return typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean');
}

/** The value as a message shows it: scalars without secrets, the others by their kind. */
export function describe(value: Json): string {
  const kind = kindOf(value);
  if (kind === 'list' || kind === 'table' || kind === 'function') return `a ${kind}`;
  const text = redactUrl(JSON.stringify(value));
  // A script that stands in the wrong place must not fill the screen.
  return text.length <= 60 ? text : `${text.slice(0, 56)}…"`;
}
