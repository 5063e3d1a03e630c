import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from './json.ts';
import { canonicalJson } from './json.ts';
import {
  fillOptions,
  findMismatch,
  isVersion,
  keyOptions,
  OPTION_TYPES,
  type OptionRule,
  type OptionSchema,
} from './options.ts';

const messages = (schema: OptionSchema, given: JsonObject) =>
  fillOptions(schema, given).problems.map(({ message }) => message);

test('options get their defaults and stay sorted', () => {
  const schema: OptionSchema = { z: { type: 'int', default: 1 }, a: { type: 'string' }, m: { type: 'list' } };
  expect(JSON.stringify(fillOptions(schema, { m: [] }).options)).toBe('{"m":[],"z":1}');
});

test.each<[OptionSchema, JsonObject, string[]]>([
  [{ version: { type: 'semver' } }, { versoin: '1.0.0' }, ['Unknown option "versoin"; did you mean "version"?']],
  [{ version: { type: 'semver' } }, { lto: true }, ['Unknown option "lto"; known: version']],
  [{}, { lto: true }, ['Unknown option "lto"; the recipe has none']],
  [{ a: { type: 'int', required: true } }, {}, ['Option "a" is required']],
  [{ a: { type: 'int' } }, { a: 1.5 }, ['Option "a" is 1.5, expected a value of type int']],
  [{ a: { type: 'int' } }, { a: null }, ['Option "a" is null, expected a value of type int']],
  [{ a: { type: 'semver' } }, { a: 'v1.2.3' }, ['Option "a" is "v1.2.3", expected a value of type semver']],
  [{ a: { type: 'table' } }, { a: [] }, ['Option "a" is [], expected a value of type table']],
  [{ a: { type: 'string', choices: ['x', 'y'] } }, { a: 'z' }, ['Option "a" is "z", expected one of "x", "y"']],
  [{ a: { type: 'float', range: [0, 1] } }, { a: 1.1 }, ['Option "a" is 1.1, expected a number from 0 to 1']],
  [{ a: { type: 'semver', range: '^1.2' } }, { a: '2.0.0' }, ['Option "a" is "2.0.0", expected a version in ^1.2']],
  [
    { b: { type: 'int' }, a: { type: 'int', required: true } },
    { b: '', c: 1 },
    ['Unknown option "c"; known: b, a', 'Option "a" is required', 'Option "b" is "", expected a value of type int'],
  ],
])('options of %j are refused: %j', (schema, given, expected) => {
  expect(messages(schema, given)).toEqual(expected);
});

test('choice of a table counts whatever the order of its fields', () => {
  const rule: OptionRule = { type: 'table', choices: [{ a: 1, b: 2 }] };
  expect(findMismatch(rule, { b: 2, a: 1 })).toBeUndefined();
});

test('bounds of a range are inside it', () => {
  expect(messages({ a: { type: 'int', range: [0, 9] } }, { a: 9 })).toEqual([]);
  expect(messages({ a: { type: 'int', range: [0, 9] } }, { a: 0 })).toEqual([]);
});

test('key has no options that cannot change the result', () => {
  expect(keyOptions({ a: { type: 'int', affects_key: false }, b: { type: 'int' } }, { a: 1, b: 2 })).toEqual({ b: 2 });
});

test('version is written in one way only', () => {
  expect(['1.2.3', '1.2.3-rc.1+build'].every(isVersion)).toBe(true);
  expect(['v1.2.3', '=1.2.3', ' 1.2.3', '1.2.3 ', '1.2', ''].some(isVersion)).toBe(false);
});

const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', '10'), fc.string());
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const rule: fc.Arbitrary<OptionRule> = fc.record(
  { type: fc.constantFrom(...OPTION_TYPES), default: json, required: fc.boolean(), affects_key: fc.boolean() },
  { requiredKeys: ['type'] },
);
const table = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(name, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries));

test('every name is either filled in, refused or absent without a default', () => {
  fc.assert(
    fc.property(table(rule), table(json), (schema, given) => {
      const { options, problems } = fillOptions(schema, given);
      for (const option of new Set([...Object.keys(schema), ...Object.keys(given)])) {
        const rule = Object.hasOwn(schema, option) ? schema[option] : undefined;
        const value = Object.hasOwn(given, option) ? given[option] : rule?.default;
        const isFilled = Object.hasOwn(options, option);
        const isRefused = problems.some((problem) => problem.option === option);
        const isAbsent = rule !== undefined && value === undefined && !rule.required;
        expect([isFilled, isRefused, isAbsent].filter(Boolean)).toHaveLength(1);
        if (isFilled) expect(options[option]).toEqual(value);
      }
    }),
  );
});

const backwards = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).reverse());

test('filling does not depend on any order', () => {
  fc.assert(
    fc.property(table(rule), table(json), (schema, given) => {
      expect(JSON.stringify(fillOptions(backwards(schema), backwards(given)).options)).toBe(
        JSON.stringify(fillOptions(schema, given).options),
      );
    }),
  );
});

test('filled options are accepted as they are', () => {
  fc.assert(
    fc.property(table(rule), table(json), (schema, given) => {
      const { options } = fillOptions(schema, given);
      const again = fillOptions(schema, options).options;
      for (const [name, value] of Object.entries(options)) {
        expect(canonicalJson(Object.getOwnPropertyDescriptor(again, name)?.value)).toBe(canonicalJson(value));
      }
    }),
  );
});

test('a name or value of megabytes is told by its beginning', () => {
  const { problems } = fillOptions({ n: { type: 'int' } }, { n: 'x'.repeat(8e6), ['y'.repeat(8e6)]: 1 });
  expect(problems.map(({ message }) => message)).toEqual([
    `Unknown option "${'y'.repeat(200)}…"; known: n`,
    `Option "n" is "${'x'.repeat(199)}…, expected a value of type int`,
  ]);
});

test('of unknown options without number some are told', () => {
  const given = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`b${index}`, 1]));
  expect(messages({ a: { type: 'int' } }, given)).toHaveLength(20);
});
