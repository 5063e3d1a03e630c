// The key of a package: everything that can change what it becomes, as one canonical value. Hashing is the system's.
import { canonicalJson, isJsonObject, type Json, type JsonObject } from './json.ts';

/** Raised when a part is added or its meaning changes: every key changes with it. */
export const KEY_SCHEMA = 1;

export interface KeyParts {
  identity: string;
  options: JsonObject;
  /** `linux-x86_64`. */
  platform: string;
  /** Relative path → sha256 of every file of the recipe. */
  recipe: Record<string, string>;
  /** What is fetched: name → sha256 or commit. */
  sources: Record<string, string>;
  /** The shell of string verbs, where one is used. */
  shell?: Json;
  /** Declared environment inputs, name → value; null when unset. */
  env: Record<string, string | null>;
  /** Name in the environment → key of the dependency, for all that a payload phase needs. */
  dependencies: Record<string, string>;
}

/** The value that is hashed (as canonical JSON) to give the key. */
export function keyValue(parts: KeyParts): Json {
  return { schema: KEY_SCHEMA, ...(parts as unknown as JsonObject) };
}

/** The first part that differs, as a path (`recipe.zlib.js`), or undefined when both are equal. */
export function findDifference(before: KeyParts, after: KeyParts): string | undefined {
  return firstDifference(before as unknown as Json, after as unknown as Json, []);
}

function firstDifference(a: Json | undefined, b: Json | undefined, path: string[]): string | undefined {
  if (isJsonObject(a) && isJsonObject(b)) {
    for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const found = firstDifference(a[name], b[name], [...path, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const equal = a !== undefined && b !== undefined ? canonicalJson(a) === canonicalJson(b) : a === b;
  return equal ? undefined : path.join('.');
}
