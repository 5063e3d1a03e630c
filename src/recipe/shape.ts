// A small language for saying what a value must look like. Reading collects every problem of a value instead of stopping
// at the first. Hand-written because a cold sync reads a hundred recipes, and loading a schema library takes longer than that.
import type { Json, JsonObject } from '../model/json.ts';
import { shorten } from '../model/shorten.ts';
import { findNearest } from '../model/suggest.ts';
import type { FunctionRef } from '../model/verb.ts';
import type { Cursor } from './cursor.ts';
import { type Kind, type Kinds, kindOf } from './kind.ts';

/** Answers the checked value, or undefined once it has reported why there is none. */
type Reader<K extends Kind, T> = (value: Kinds[K], at: Cursor) => T | undefined;

/** What a value may be: one reader for each kind of JSON that is accepted. A union of shapes is a union of readers. */
export interface Shape<T> {
  /** Ends the sentence "expected …". */
  readonly expected: string;
  readonly readers: { readonly [K in Kind]?: Reader<K, T> };
}

type ValueOf<S> = S extends Shape<infer T> ? T : never;

export function read<T>(shape: Shape<T>, value: Json, at: Cursor): T | undefined {
  const reader = shape.readers[kindOf(value)] as ((value: Json, at: Cursor) => T | undefined) | undefined;
  return reader ? reader(value, at) : at.mismatch(value, shape.expected);
}

/** A text that `parse` can read; its answer is the value. */
export function matching<T>(expected: string, parse: (text: string) => T | undefined): Shape<T> {
  return { expected, readers: { text: (text, at) => parse(text) ?? at.mismatch(text, expected) } };
}

/** Any text but the empty one. The system ends its strings at a NUL, so no path and no script can have one. */
export const text: Shape<string> = {
  expected: 'a text that is not empty',
  readers: {
    text: (value, at) =>
      value.includes('\0') ? at.mismatch(value, 'a text without NUL') : value || at.mismatch(value, text.expected),
  },
};

/** One of some words, with a suggestion for a mistyped one. */
export function oneOf<T extends string>(words: readonly T[]): Shape<T> {
  const expected = words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`;
  const find = (word: string, at: Cursor): T | undefined => {
    const nearest = findNearest(word, words);
    const help = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    return words.find((known) => known === word) ?? at.mismatch(word, expected + help);
  };
  return { expected, readers: { text: find } };
}

export const flag: Shape<boolean> = { expected: 'true or false', readers: { boolean: (value) => value } };

export const number: Shape<number> = { expected: 'a number', readers: { number: (value) => value } };

/** A whole number, 0 or more. */
export const count: Shape<number> = {
  expected: 'a whole number, 0 or more',
  readers: {
    number: (value, at) => (Number.isSafeInteger(value) && value >= 0 ? value : at.mismatch(value, count.expected)),
  },
};

/** A function that the sandbox can find again by its path in the exports. */
export const callable: Shape<FunctionRef> = {
  expected: 'a function',
  readers: {
    function: (_, at) =>
      at.origin.call
        ? at.refuse(`${at.subject} is a function, expected data: only functions that a module exports can be called`)
        : { form: 'function', path: [...at.path] },
  },
};

export function list<T>(item: Shape<T>, expected = 'a list'): Shape<T[]> {
  const readItems = (values: Json[], at: Cursor): T[] =>
    values.map((value, index) => read(item, value, at.enter(index))).filter((value) => value !== undefined);
  return { expected, readers: { list: readItems } };
}

/** What the author may call something. */
export interface NameRule {
  expected: string;
  pattern: RegExp;
}

/** Names become names of files, variables and columns; who writes a longer one has made a mistake. */
const LONGEST_NAME = 128;

/** Why this is not such a name, or undefined when it is. */
function refuseName(key: string, rule: NameRule): string | undefined {
  if (rule !== ANY_NAME && key.length > LONGEST_NAME)
    return `Name "${shorten(key, LONGEST_NAME)}" has ${key.length} characters, at most ${LONGEST_NAME} are allowed`;
  return rule.pattern.test(key) ? undefined : `Name "${shorten(key, LONGEST_NAME)}" is not ${rule.expected}`;
}

/** In data, which is not ours. */
const ANY_NAME: NameRule = { expected: 'a name', pattern: /(?:)/ };

/** A table whose names the author chooses. */
export function record<T>(name: NameRule, item: Shape<T>, expected = 'a table'): Shape<Record<string, T>> {
  const readMembers = (members: JsonObject, at: Cursor): Record<string, T> => {
    const checked = Object.entries(members).map(([key, value]) => {
      const field = at.enter(key);
      const refusal = refuseName(key, name);
      if (refusal !== undefined) field.refuse(refusal, { atKey: true });
      return [key, read(item, value, field)] as const;
    });
    // Not by assignment: a member called `__proto__` would become the prototype.
    return Object.fromEntries(checked.filter((member): member is [string, T] => member[1] !== undefined));
  };
  return { expected, readers: { table: readMembers } };
}

type Fields = Record<string, Shape<unknown>>;
type NoFields = Record<never, never>;
type FieldValues<R extends Fields, O extends Fields> = { [K in keyof R]: ValueOf<R[K]> } & {
  [K in keyof O]?: ValueOf<O[K]>;
};

interface TableForm<R extends Fields, O extends Fields> {
  required?: R;
  optional?: O;
  /** Names that are known and not for this table, with the reason: `is only for a recipe with "check"`. */
  refused?: Record<string, string>;
  expected?: string;
}

/** A table with known names. Without a value when a field is missing or refused: what follows from that is no news. */
export function table<R extends Fields = NoFields, O extends Fields = NoFields>(
  form: TableForm<R, O>,
): Shape<FieldValues<R, O>> {
  const { expected = 'a table' } = form;
  const refused = new Map(Object.entries(form.refused ?? {}));
  const shapes = new Map<string, Shape<unknown>>(Object.entries({ ...form.required, ...form.optional }));
  const required = Object.keys(form.required ?? {});
  const readFields = (fields: JsonObject, at: Cursor): FieldValues<R, O> | undefined => {
    const checked: [string, unknown][] = [];
    for (const [name, value] of Object.entries(fields)) {
      const shape = shapes.get(name);
      if (shape) checked.push([name, read(shape, value, at.enter(name))]);
      else if (refused.has(name)) at.enter(name).misplaced(refused.get(name) ?? '');
      else at.unknown(name, [...shapes.keys()]);
    }
    for (const name of required) {
      if (!Object.hasOwn(fields, name)) at.missing(name, shapes.get(name)?.expected ?? '');
    }
    const isWhole =
      checked.every(([, value]) => value !== undefined) && required.every((name) => Object.hasOwn(fields, name));
    return isWhole ? (Object.fromEntries(checked) as FieldValues<R, O>) : undefined;
  };
  return { expected, readers: { table: readFields } };
}

/** A value that one of the shapes accepts. No two of them may accept the same kind of JSON. */
export function either<S extends Shape<unknown>[]>(...shapes: S): Shape<ValueOf<S[number]>> {
  const words = shapes.map((shape) => shape.expected);
  const expected = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return { expected, readers: Object.assign({}, ...shapes.map((shape) => shape.readers)) };
}

/** The value of a shape, looked at again as a whole: turned into something else, or refused. */
export function refine<T, U>(shape: Shape<T>, look: (value: T, at: Cursor) => U | undefined): Shape<U> {
  const refined = Object.entries(shape.readers).map(([kind, reader]) => {
    const readAndLook = (value: Json, at: Cursor): U | undefined => {
      const checked = (reader as Reader<Kind, T>)(value as never, at);
      return checked === undefined ? undefined : look(checked, at);
    };
    return [kind, readAndLook];
  });
  return { expected: shape.expected, readers: Object.fromEntries(refined) };
}

/** A table whose own content tells what it must look like. */
export function choose<T>(expected: string, shapeOf: (table: JsonObject) => Shape<T>): Shape<T> {
  return { expected, readers: { table: (value, at) => read(shapeOf(value), value, at) } };
}

/** Any JSON: no function at any depth, as it could neither be hashed nor called. */
export const data: Shape<Json> = {
  expected: 'data',
  readers: {
    text: (value) => value,
    number: (value) => value,
    boolean: (value) => value,
    null: (value) => value,
    list: (values, at) => list(data).readers.list?.(values, at),
    table: (fields, at) => dataTable.readers.table?.(fields, at),
  },
};

export const dataTable: Shape<JsonObject> = record(ANY_NAME, data, 'a table of data');
