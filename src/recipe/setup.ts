// Setup pairs: the host state that a recipe keeps beside its asset, and the order among the pairs of one recipe.
import type { SetupPair } from '../model/verb.ts';
import type { Cursor } from './cursor.ts';
import { PAIR_NAME, platforms } from './name.ts';
import { choose, list, oneOf, record, refine, type Shape, table } from './shape.ts';
import { verb } from './verb.ts';

type Pairs = Record<string, SetupPair>;

export const setupPairs: Shape<Pairs> = choose('a table of setup pairs { check, install }', (pairs) =>
  refine(record(PAIR_NAME, pairAmong(Object.keys(pairs))), refuseRing),
);

/** A pair may wait only for pairs of the same recipe. */
function pairAmong(names: string[]): Shape<SetupPair> {
  const form = table({
    required: { check: verb, install: verb },
    optional: { platforms, depends: list(oneOf(names), 'a list of names of setup pairs') },
    expected: 'a setup pair { check, install }',
  });
  return refine(form, (pair) => ({ platforms: [], depends: [], ...pair }));
}

function refuseRing(pairs: Pairs, at: Cursor): Pairs | undefined {
  const waiting = new Map(Object.entries(pairs));
  const nextOf = (name: string) => waiting.get(name)?.depends.find((other) => waiting.has(other));
  // Take away whoever waits for nobody, until all that are left lead into a ring.
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size;
    for (const name of [...waiting.keys()]) if (nextOf(name) === undefined) waiting.delete(name);
  }
  const trail: string[] = [];
  let [name] = waiting.keys();
  for (; name !== undefined && !trail.includes(name); name = nextOf(name)) trail.push(name);
  if (name === undefined) return pairs;
  const ring = [...trail.slice(trail.indexOf(name)), name];
  return at
    .enter(name)
    .enter('depends')
    .refuse(`Setup pairs wait for one another in a ring: ${ring.join(' → ')}`);
}
