import { expect, test } from 'vitest';
import { createLadderRig, type LadderRig, quiesce } from '../testing/ladder.ts';

/** Records the steps that had begun at each round, and then lets `decide` answer how much it changed. */
function recordRounds({ ladder, started }: LadderRig, decide: () => number | Promise<number>): string[][] {
  const rounds: string[][] = [];
  ladder.onQuiet('recipe', () => {
    rounds.push(started());
    return decide();
  });
  return rounds;
}

/** A node that is held below `resolve` from its recipe on, and the way to let it go. */
function addHeld(rig: LadderRig, key: string): () => number {
  let release = () => {};
  rig.add(key, {
    recipe: () => {
      release = rig.ladder.hold(key, 'resolve');
    },
  });
  return () => {
    release();
    return 1;
  };
}

test('a round waits for every recipe that can load', async () => {
  const rig = createLadderRig();
  const loaded = Promise.withResolvers<void>();
  const release = addHeld(rig, 'weak');
  rig.add('slow', { recipe: () => loaded.promise });
  const rounds = recordRounds(rig, release);
  const done = Promise.all([rig.ladder.reach('weak', 'done'), rig.ladder.reach('slow', 'done')]);
  await quiesce();
  expect(rounds).toHaveLength(0);
  loaded.resolve();
  await done;
  expect(rounds).toHaveLength(1);
});

test('a round waits for what a node between two rungs is about to demand', async () => {
  const rig = createLadderRig();
  const { ladder, add, link } = rig;
  const recipe = Promise.withResolvers<void>();
  const release = addHeld(rig, 'weak');
  add('app', {
    recipe: async () => {
      await recipe.promise;
      add('lib');
      link('app', 'lib', { neededBy: 'resolve', through: 'resolve' });
    },
  });
  const rounds = recordRounds(rig, release);
  const done = Promise.all([ladder.reach('app', 'done'), ladder.reach('weak', 'done')]);
  await quiesce();
  recipe.resolve();
  await done;
  expect(rounds).toHaveLength(1);
  expect(rounds[0]).toContain('lib:recipe');
});

test('nobody is looked at again and again while a recipe is slow to load', async () => {
  let looks = 0;
  const defer = (callback: () => void) => {
    looks++;
    setImmediate(callback);
  };
  const rig = createLadderRig({ defer });
  const loaded = Promise.withResolvers<void>();
  const rounds = recordRounds(rig, addHeld(rig, 'weak'));
  rig.add('slow', { recipe: () => loaded.promise });
  const done = Promise.all([rig.ladder.reach('weak', 'done'), rig.ladder.reach('slow', 'done')]);
  for (let i = 0; i < 20; i++) await quiesce();
  expect(looks).toBeLessThan(5);
  loaded.resolve();
  await done;
  expect(rounds).toHaveLength(1);
});

test('nobody held, no round', async () => {
  const rig = createLadderRig();
  const rounds = recordRounds(rig, () => 0);
  rig.add('a');
  await rig.ladder.reach('a', 'done');
  await quiesce();
  expect(rounds).toHaveLength(0);
});

test('nobody held any more, no round', async () => {
  const rig = createLadderRig();
  const rounds = recordRounds(rig, () => 0);
  rig.add('a');
  rig.ladder.hold('a', 'resolve')();
  await quiesce();
  expect(rounds).toHaveLength(0);
});

test('a hold taken when all recipes are loaded gets its round', async () => {
  const rig = createLadderRig();
  let release = () => {};
  const rounds = recordRounds(rig, () => {
    release();
    return 1;
  });
  rig.add('a');
  await rig.ladder.reach('a', 'recipe');
  release = rig.ladder.hold('a', 'resolve');
  await rig.ladder.reach('a', 'done');
  expect(rounds).toHaveLength(1);
});

test('a round does not wait for builds', async () => {
  const rig = createLadderRig();
  const compiled = Promise.withResolvers<void>();
  const release = addHeld(rig, 'weak');
  rig.add('builds', { build: () => compiled.promise });
  recordRounds(rig, release);
  const built = rig.ladder.reach('builds', 'done');
  await quiesce();
  await rig.ladder.reach('weak', 'done');
  compiled.resolve();
  await built;
});

test('a round does not wait for a recipe whose prerequisite is held', async () => {
  const rig = createLadderRig();
  const { ladder, add, link, started } = rig;
  const release = addHeld(rig, 'tool');
  add('other', { recipe: () => add('zlib') });
  add('a');
  link('a', 'tool', { neededBy: 'recipe' });
  const rounds = recordRounds(rig, () => {
    link('tool', 'zlib', { neededBy: 'fetch' });
    return release();
  });
  await Promise.all([ladder.reach('a', 'done'), ladder.reach('other', 'done')]);
  expect(rounds).toHaveLength(1);
  expect(started().indexOf('zlib:setup')).toBeLessThan(started().indexOf('tool:fetch'));
  expect(started().indexOf('tool:setup')).toBeLessThan(started().indexOf('a:recipe'));
});

test('a round waits for a prerequisite that can finish', async () => {
  const rig = createLadderRig();
  const { ladder, add, link } = rig;
  const compiled = Promise.withResolvers<void>();
  const release = addHeld(rig, 'weak');
  add('tool', { build: () => compiled.promise });
  add('a');
  link('a', 'tool', { neededBy: 'recipe' });
  const rounds = recordRounds(rig, release);
  const done = Promise.all([ladder.reach('a', 'done'), ladder.reach('weak', 'done')]);
  await quiesce();
  expect(rounds).toHaveLength(0);
  compiled.resolve();
  await done;
  expect(rounds[0]).toContain('a:recipe');
});

test('a recipe whose prerequisite fails holds no round up', async () => {
  const rig = createLadderRig();
  const { ladder, add, link } = rig;
  const release = addHeld(rig, 'weak');
  add('tool', { build: () => Promise.reject(new Error('boom')) });
  add('a');
  link('a', 'tool', { neededBy: 'recipe' });
  recordRounds(rig, release);
  const [a, weak] = await Promise.allSettled([ladder.reach('a', 'done'), ladder.reach('weak', 'done')]);
  expect([a.status, weak.status]).toEqual(['rejected', 'fulfilled']);
});

test.each([
  ['waits for a prerequisite that may settle', 'settled', 'a:recipe'],
  ['comes once it is certain that a prerequisite does not settle', undefined, 'tool:import'],
] as const)('a round %s instead of needing a held node', async (_, answer, last) => {
  const rig = createLadderRig();
  const { ladder, add, link } = rig;
  const imported = Promise.withResolvers<'settled' | undefined>();
  const release = addHeld(rig, 'weak');
  add('tool', { import: async () => (await imported.promise) ?? undefined });
  add('a');
  link('a', 'tool', { neededBy: 'recipe' });
  link('tool', 'weak', { neededBy: 'fetch' });
  const rounds = recordRounds(rig, release);
  const done = Promise.all([ladder.reach('a', 'done'), ladder.reach('weak', 'done')]);
  await quiesce();
  expect(rounds).toHaveLength(0);
  imported.resolve(answer);
  await done;
  expect(rounds[0]).toContain(last);
  expect(rounds[0]?.includes('a:recipe')).toBe(answer === 'settled');
});

test('a round waits for a settled prerequisite, whatever it would have needed', async () => {
  const rig = createLadderRig();
  const { ladder, add, link } = rig;
  const compiled = Promise.withResolvers<void>();
  const release = addHeld(rig, 'weak');
  add('tool', { check: () => 'settled' });
  add('runtime', { build: () => compiled.promise });
  add('a');
  link('a', 'tool', { neededBy: 'recipe' });
  link('tool', 'weak');
  link('tool', 'runtime', { always: true });
  const rounds = recordRounds(rig, release);
  const done = Promise.all([ladder.reach('a', 'done'), ladder.reach('weak', 'done')]);
  await quiesce();
  expect(rounds).toHaveLength(0);
  compiled.resolve();
  await done;
  expect(rounds[0]).toContain('a:recipe');
});

test('rounds follow one another while somebody is held, never two at once', async () => {
  const rig = createLadderRig();
  const releases = ['a', 'b', 'c'].map((key) => addHeld(rig, key));
  let running = 0;
  const rounds = recordRounds(rig, async () => {
    expect(++running).toBe(1);
    await quiesce();
    running--;
    return releases.pop()?.() ?? 0;
  });
  await Promise.all(['a', 'b', 'c'].map((key) => rig.ladder.reach(key, 'done')));
  expect(rounds).toHaveLength(3);
});

test('what a round adds is loaded before the next round', async () => {
  const rig = createLadderRig();
  const { ladder, add, link } = rig;
  const release = addHeld(rig, 'weak');
  const rounds = recordRounds(rig, () => {
    if (rounds.length > 1) return release();
    add('fallback');
    link('weak', 'fallback', { neededBy: 'resolve', through: 'resolve' });
    void ladder.reach('fallback', 'recipe');
    return 1;
  });
  await ladder.reach('weak', 'done');
  expect(rounds).toHaveLength(2);
  expect(rounds[1]).toContain('fallback:recipe');
});

test('a round that changes nothing rejects what it leaves held, as a bug of ours', async () => {
  const rig = createLadderRig();
  addHeld(rig, 'weak');
  const rounds = recordRounds(rig, () => 0);
  await expect(rig.ladder.reach('weak', 'done')).rejects.toThrow('a round changed nothing, and left held "weak"');
  await quiesce();
  expect(rounds).toHaveLength(1);
});

test('a round that throws rejects what it leaves held with its error', async () => {
  const rig = createLadderRig();
  addHeld(rig, 'weak');
  recordRounds(rig, () => {
    throw new Error('no match');
  });
  await expect(rig.ladder.reach('weak', 'done')).rejects.toThrow('no match');
});

test('idle waits for the rounds of nodes that nobody wants higher up', async () => {
  const rig = createLadderRig();
  const release = addHeld(rig, 'weak');
  const rounds = recordRounds(rig, release);
  await rig.ladder.reach('weak', 'recipe');
  await rig.ladder.idle();
  expect(rounds).toHaveLength(1);
});
