// Whole climbs from random plans: what a round knows must not depend on who was quicker.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLadderRig, type Name } from '../testing/ladder.ts';

interface Plan {
  nodes: { held: boolean; settles: Name | undefined; grows: boolean; fails: boolean }[];
  edges: { from: number; to: number; neededBy: Name; through: Name }[];
  /** Turns that each successive step takes, again and again. */
  turns: number[];
}

/** Climbs the plan with its own timing; answers what was loaded at every round, and how every node ended. */
async function carryOut({ nodes, edges, turns }: Plan): Promise<{ rounds: string[][]; outcomes: string[] }> {
  const rig = createLadderRig();
  const { ladder, add, link, events } = rig;
  let steps = 0;
  const takeTime = async () => {
    for (let turn = turns[steps++ % turns.length]!; turn > 0; turn--)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const held: { key: string; release: () => void }[] = [];
  const recipe = async (key: string, { held: isHeld, grows, fails }: Plan['nodes'][number]) => {
    await takeTime();
    if (fails) throw new Error('boom');
    if (isHeld) held.push({ key, release: ladder.hold(key, 'resolve') });
    if (!grows) return;
    start(`${key}-child`, { held: isHeld, settles: undefined, grows: false, fails: false });
    void ladder.reach(`${key}-child`, 'recipe');
  };
  const start = (key: string, plan: Plan['nodes'][number]) => {
    const settle = () => takeTime().then(() => 'settled' as const);
    const settling = plan.settles === undefined ? {} : { [plan.settles]: settle };
    add(key, { resolve: takeTime, fetch: takeTime, build: takeTime, ...settling, recipe: () => recipe(key, plan) });
  };
  for (const [i, plan] of nodes.entries()) start(`${i}`, plan);
  for (const { from, to, neededBy, through } of edges) {
    try {
      link(`${from}`, `${to}`, { neededBy, through });
    } catch {
      // A ring: the plan goes without it.
    }
  }
  const loaded = () =>
    events.filter(({ type, rung }) => type === 'finished' && rung === 'recipe').map(({ key }) => key);
  const rounds: string[][] = [];
  ladder.onQuiet('recipe', () => {
    rounds.push(loaded().sort());
    held
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .shift()
      ?.release();
    return 1;
  });
  const reached = await Promise.allSettled(nodes.map((_, i) => ladder.reach(`${i}`, 'done')));
  await ladder.idle();
  return { rounds, outcomes: reached.map(({ status }) => status) };
}

test('every plan ends, and rounds see the same whatever the timing', async () => {
  const rung = (...names: Name[]) => fc.constantFrom(...names);
  const node = fc.record({
    held: fc.boolean(),
    settles: fc.option(rung('check', 'import'), { nil: undefined }),
    grows: fc.boolean(),
    fails: fc.integer({ max: 7, min: 0 }).map((dice) => dice === 0),
  });
  const edge = fc.record({
    from: fc.nat(7),
    to: fc.nat(7),
    neededBy: rung('recipe', 'resolve', 'fetch', 'build', 'setup'),
    through: rung('recipe', 'resolve', 'setup', 'done'),
  });
  const nodes = fc.array(node, { minLength: 8, maxLength: 8 });
  const edges = fc.array(edge, { minLength: 4, maxLength: 14 });
  const turns = fc.array(fc.nat(6), { minLength: 1, maxLength: 12 });
  let moreThanOne = 0;
  await fc.assert(
    fc.asyncProperty(nodes, edges, turns, turns, async (nodes, edges, once, again) => {
      const first = await carryOut({ nodes, edges, turns: once });
      const second = await carryOut({ nodes, edges, turns: again });
      expect(second).toEqual(first);
      if (first.rounds.length > 1) moreThanOne++;
    }),
    { numRuns: 300 },
  );
  expect(moreThanOne).toBeGreaterThan(100);
});
