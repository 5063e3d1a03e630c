import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ValuePath } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { findJsonOffset } from './json-offset.ts';

const at = (text: string, path: ValuePath) => text.slice(findJsonOffset(text, path));

test('findJsonOffset points at the value when strings around it look like JSON', () => {
  const text = '{ "a": "{\\"b\\": 1}", "b": [true, { "b": "x,]" }, []], "c": {}, "d": 5 }';
  expect(at(text, ['b', 1, 'b'])).toMatch(/^"x,\]"/);
  expect(at(text, ['b', 2])).toMatch(/^\[\]\], "c"/);
  expect(at(text, ['d'])).toBe('5 }');
  expect(at(text, [])).toBe(text);
});

test('findJsonOffset points at the nearest value around when the path leads nowhere', () => {
  expect(at('{"a": {"b": 1}}', ['a', 'x', 'y'])).toBe('{"b": 1}}');
});

test('findJsonOffset finds every value of any JSON text', () => {
  const paths = (value: Json): ValuePath[] => {
    if (value === null || typeof value !== 'object') return [[]];
    return [
      [],
      ...Object.keys(value).flatMap((name) =>
        paths((value as Record<string, Json>)[name] as Json).map((rest) => [
          Array.isArray(value) ? Number(name) : name,
          ...rest,
        ]),
      ),
    ];
  };
  const lookUp = (value: Json, path: ValuePath): Json =>
    path.reduce<Json>((inner, step) => (inner as Record<string, Json>)[step] as Json, value);
  fc.assert(
    fc.property(fc.jsonValue(), (generated) => {
      const value = JSON.parse(JSON.stringify(generated)) as Json;
      const text = JSON.stringify(value, undefined, 1);
      for (const path of paths(value)) {
        const compact = JSON.stringify(lookUp(value, path));
        expect(at(text, path).replace(/\n */g, '').replaceAll('": ', '":')).toContain(compact.slice(0, 1));
        expect(at(JSON.stringify(value), path).startsWith(compact)).toBe(true);
      }
    }),
  );
});
