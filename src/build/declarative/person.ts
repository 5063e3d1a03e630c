// What of the person's environment counts in a build: where packages of a language come from, and by whose leave.
import type { Facts } from './plan.ts';

/** The variables whose names match. */
export function personVariables(names: RegExp, { person }: Facts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(person).filter((entry): entry is [string, string] => entry[1] !== undefined && names.test(entry[0])),
  );
}
