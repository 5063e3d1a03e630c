// Answers for programs.
import type { Json } from '../model/json.ts';

/** An answer as plain JSON: what is undefined is left out, which the type of an interface cannot promise. */
export function toJson(answer: object): Json {
  return JSON.parse(JSON.stringify(answer)) as Json;
}

/** An answer about one thing: its own names as scripts see them everywhere, `asset_dir`; those of authors as they are. */
export function toJsonRow(row: object): Json {
  const named = Object.entries(row).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return toJson(Object.fromEntries(named));
}
