import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isJsonObject, type Json } from './json.ts';

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** The same value with the members of every object in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]): [string, Json] => [name, shuffled(member)])
      .reverse(),
  );
}

test('canonical JSON is the text of RFC 8785', () => {
  // Its section 3.2.3: names sorted by UTF-16 code units, so U+1F600 (D83D DE00) comes before U+FB33.
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
  expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
  expect(canonicalJson([1e21, 1e-7, -0, 4.5, 333333333.3333333, '\u000f\n"\\/'])).toBe(
    '[1e+21,1e-7,0,4.5,333333333.3333333,"\\u000f\\n\\"\\\\/"]',
  );
});

test('canonical JSON reads back as the same value, so different values differ', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(value);
    }),
  );
});

test('canonical JSON does not depend on the order of members', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
    }),
  );
});

test('member called __proto__ is kept', () => {
  expect(canonicalJson(JSON.parse('{"__proto__":{"b":1},"a":2}') as Json)).toBe('{"__proto__":{"b":1},"a":2}');
});
