// The key of a package: everything that can change what it becomes, as one canonical value. Hashing is the system's.
import type { Json, JsonObject } from './json.ts';

/** Raised when a part is added or its meaning changes: every key changes with it. */
export const KEY_SCHEMA = 1;

export interface KeyParts {
  identity: string;
  options: JsonObject;
  /** `linux-x86_64`. */
  platform: string;
  /** Relative path → sha256 of every file of the recipe. */
  recipe: Record<string, string>;
  /** What is fetched: source and sha256 or commit, sorted. A list, as one path may be taken with several selections. */
  sources: string[];
  /** The shell of string verbs, where one is used. */
  shell?: Json;
  /** How galley drives build systems, where a recipe may leave its build to one. */
  driving?: number;
  /** Declared environment inputs, name → sha256 of the value; null when unset. */
  env: Record<string, string | null>;
  /** Name in the environment → key of the dependency, for all that a payload phase needs. */
  dependencies: Record<string, string>;
}

/** The value that is hashed (as canonical JSON) to give the key. */
export function keyValue(parts: KeyParts): Json {
  return { schema: KEY_SCHEMA, ...(parts as unknown as JsonObject) };
}
