// Answers for programs.
import type { Json } from '../model/json.ts';

/** An answer as plain JSON: what is undefined is left out, which the type of an interface cannot promise. */
export function toJson(answer: object): Json {
  return JSON.parse(JSON.stringify(answer)) as Json;
}
