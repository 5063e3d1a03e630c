import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLadderRig, NAMES, type Name } from '../testing/ladder.ts';

test('a ring is refused with its whole path, and leaves no trace', async () => {
  const { ladder, add, link } = createLadderRig();
  for (const key of ['a', 'b', 'c']) add(key);
  link('a', 'b', { neededBy: 'build' });
  link('b', 'c', { neededBy: 'fetch' });
  const close = () => link('c', 'a', { neededBy: 'fetch' });
  expect(close).toThrow(expect.objectContaining({ code: 'DEPENDENCY_CYCLE', facts: { path: ['c', 'a', 'b', 'c'] } }));
  expect(close).toThrow('they would wait in a ring, c → a → b → c');
  await ladder.reach('a', 'done');
});

test('a node cannot wait for itself, unless for a lower rung', () => {
  const { add, link } = createLadderRig();
  add('a');
  expect(() => link('a', 'a', { neededBy: 'build', through: 'build' })).toThrow('a → a');
  link('a', 'a', { neededBy: 'build', through: 'fetch' });
});

test('two nodes may need low rungs of each other', async () => {
  const { ladder, add, link } = createLadderRig();
  for (const key of ['a', 'b']) add(key);
  link('a', 'b', { neededBy: 'build', through: 'done' });
  link('b', 'a', { neededBy: 'resolve', through: 'recipe' });
  await Promise.all([ladder.reach('a', 'done'), ladder.reach('b', 'done')]);
});

// Two searches take turns; a crowd on one side lets the other side be the first to find the ring.
test.each([
  ['dependents', (crowd: string): [string, string] => [crowd, 'a']],
  ['needs', (crowd: string): [string, string] => ['b', crowd]],
])('a ring is found and told alike when a node on it has many %s', (_, ends) => {
  const { add, link } = createLadderRig();
  for (const key of ['a', 'b', 'c']) add(key);
  for (let i = 0; i < 20; i++) {
    add(`x${i}`);
    const [from, to] = ends(`x${i}`);
    link(from, to);
  }
  link('b', 'c');
  link('c', 'a');
  expect(() => link('a', 'b')).toThrow('a → b → c → a');
});

test('settling does not hide a ring', async () => {
  const { ladder, add, link } = createLadderRig();
  add('a', { recipe: () => 'settled' });
  add('b');
  link('a', 'b');
  await ladder.reach('a', 'recipe');
  expect(() => link('b', 'a')).toThrow('b → a → b');
});

interface Wait {
  from: number;
  to: number;
  neededBy: Name;
  through: Name;
}

/** Brute force: lets advance whatever can, until nothing can. */
function finishes(nodes: number, waits: readonly Wait[]): boolean {
  const next = Array.from({ length: nodes }, () => 0);
  const isFree = ({ to, through }: Wait) => (next[to] ?? 0) > NAMES.indexOf(through);
  const canAdvance = (node: number, rank: number) =>
    rank < NAMES.length && waits.every((wait) => wait.from !== node || wait.neededBy !== NAMES[rank] || isFree(wait));
  for (let moved = true; moved; ) {
    moved = false;
    for (const [node, rank] of next.entries()) {
      if (!canAdvance(node, rank)) continue;
      next[node] = rank + 1;
      moved = true;
    }
  }
  return next.every((rank) => rank === NAMES.length);
}

test('a link is refused exactly when it would hang, and what was accepted finishes', async () => {
  const name = fc.constantFrom(...NAMES);
  const graph = fc.integer({ min: 2, max: 7 }).chain((nodes) => {
    const node = fc.nat(nodes - 1);
    const wait = fc.record({ from: node, to: node, neededBy: name, through: name });
    return fc.record({ nodes: fc.constant(nodes), waits: fc.array(wait, { maxLength: 3 * nodes, size: 'max' }) });
  });
  const counts = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(graph, async ({ nodes, waits }) => {
      const { ladder, add, link } = createLadderRig();
      const keys = Array.from({ length: nodes }, (_, node) => `${node}`);
      for (const key of keys) add(key);
      const accepted: Wait[] = [];
      for (const wait of waits) {
        const legal = finishes(nodes, [...accepted, wait]);
        const close = () => link(`${wait.from}`, `${wait.to}`, { neededBy: wait.neededBy, through: wait.through });
        if (!legal) expect(close).toThrow('they would wait in a ring');
        else close();
        if (legal) accepted.push(wait);
        counts[legal ? 'accepted' : 'refused']++;
      }
      await Promise.all(keys.map((key) => ladder.reach(key, 'done')));
    }),
    { numRuns: 300 },
  );
  expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(300);
});
