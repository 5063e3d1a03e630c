// Options of a recipe: the schema an author writes, and the one canonical set of values a package is made with.
import semver from 'semver';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import { shorten } from './shorten.ts';
import { formatSuggestion } from './suggest.ts';

export const OPTION_TYPES = ['string', 'int', 'float', 'boolean', 'semver', 'list', 'table'] as const;
export type OptionType = (typeof OPTION_TYPES)[number];

export interface OptionRule {
  type: OptionType;
  default?: Json;
  required?: boolean;
  choices?: Json[];
  /** Inclusive bounds of a number, or a semver range. */
  range?: [number, number] | string;
  /** False: the value cannot change what is built (a verbosity), so it stays out of the key. */
  affects_key?: boolean;
}

/** Who wrote more of them has not mistyped a name. */
const MOST_UNKNOWN = 20;

/** So much of a name or value is told in a message. */
const SHOWN_CHARS = 200;

export type OptionSchema = Record<string, OptionRule>;

/** One reason why a value is refused, with the option it belongs to. */
export interface OptionProblem {
  option: string;
  code: 'UNKNOWN_OPTION' | 'INVALID_OPTION';
  message: string;
}

/**
 * Fills in defaults and checks every value: unknown names, then required, type, choices and range of each.
 *
 * @returns the canonical options, names sorted, or all problems
 */
export function fillOptions(
  schema: OptionSchema,
  given: JsonObject,
): { options: JsonObject; problems: OptionProblem[] } {
  const problems: OptionProblem[] = [];
  const options: [string, Json][] = [];
  const known = Object.keys(schema);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(schema, name));
  for (const name of unknown.sort().slice(0, MOST_UNKNOWN)) problems.push(unknownOption(name, known));
  for (const name of known.toSorted()) {
    const rule = schema[name] as OptionRule;
    const value = Object.hasOwn(given, name) ? given[name] : rule.default;
    if (value === undefined) {
      if (rule.required)
        problems.push({ option: name, code: 'INVALID_OPTION', message: `Option "${name}" is required` });
      continue;
    }
    const expected = findMismatch(rule, value);
    if (expected === undefined) options.push([name, value]);
    else
      problems.push({
        option: name,
        code: 'INVALID_OPTION',
        message: `Option "${name}" is ${shorten(JSON.stringify(value), SHOWN_CHARS)}, expected ${expected}`,
      });
  }
  // Not by assignment: an option called `__proto__` would become the prototype and be lost.
  return { options: Object.fromEntries(options), problems };
}

/** The options that go into the key: all but those the schema says cannot change the result. */
export function keyOptions(schema: OptionSchema, options: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([name]) => schema[name]?.affects_key !== false));
}

function unknownOption(name: string, known: string[]): OptionProblem {
  const help = known.length === 0 ? 'the recipe has none' : formatSuggestion(name, known);
  return { option: name, code: 'UNKNOWN_OPTION', message: `Unknown option "${shorten(name, SHOWN_CHARS)}"; ${help}` };
}

/** What was expected instead, or undefined when the value is fine. */
export function findMismatch(rule: OptionRule, value: Json): string | undefined {
  if (!hasType(rule.type, value)) return `a value of type ${rule.type}`;
  if (rule.choices && !rule.choices.some((choice) => canonicalJson(choice) === canonicalJson(value))) {
    return `one of ${rule.choices.map((choice) => JSON.stringify(choice)).join(', ')}`;
  }
  if (typeof rule.range === 'string') {
    const fits = semver.satisfies(String(value), rule.range, { includePrerelease: true });
    return fits ? undefined : `a version in ${rule.range}`;
  }
  const [low, high] = rule.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return typeof value === 'number' && (value < low || value > high) ? `a number from ${low} to ${high}` : undefined;
}

function hasType(type: OptionType, value: Json): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'int':
      return Number.isSafeInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'semver':
      return typeof value === 'string' && isVersion(value);
    case 'list':
      return Array.isArray(value);
    case 'table':
      return isJsonObject(value);
  }
}

/** Strictly `1.2.3` with its suffixes: `v1.2.3` would be a second name of the same version, and a second key. */
export function isVersion(text: string): boolean {
  return /^\d\S*$/.test(text) && semver.valid(text) !== null;
}

export function isVersionRange(text: string): boolean {
  return semver.validRange(text) !== null;
}
