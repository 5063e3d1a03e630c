// Ten processes meet in one empty cache, and every package is built by one of them and once. What counts is a file
// outside of galley that every build writes a line into; the event streams of all processes have to say the same.
import { expect, test } from 'vitest';
import { Chance } from './rig/chance.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf } from './rig/disk.ts';
import { start } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';
import { rounds } from './rig/rounds.ts';

const PROCESSES = 10;
const RECIPES = 100;

interface Dish {
  name: string;
  /** Names of the dishes it is made of. */
  of: string[];
}

/** What a dish must hold: its name, and everything its parts hold. */
function tasteOf(dish: Dish, all: ReadonlyMap<string, Dish>): string {
  const parts = dish.of.map((name) => tasteOf(all.get(name) as Dish, all));
  return [`${dish.name}\n`, ...parts].join('');
}

function recipeOf({ name, of }: Dish, note: string): string {
  const parts = of.map((part) => `cat "$GALLEY_ASSET_${part.toUpperCase()}/dish" >> dish`);
  const script = [note, `echo ${name} > dish`, ...parts].join('; ');
  return `
    export const dependencies = ${JSON.stringify(of.map((part) => ({ recipe: `test.${part}@r1` })))};
    export const build = ${JSON.stringify(script)};`;
}

const names = Array.from({ length: RECIPES }, (_, index) => `dish${index}`);

const MENUS: Record<string, (chance: Chance) => Dish[]> = {
  'that need nothing': () => names.map((name) => ({ name, of: [] })),
  // Few of the latest, so that the graph is deep and the tastes stay short.
  'that need one another': (chance) =>
    names.map((name, index) => ({ name, of: chance.some(names.slice(Math.max(0, index - 30), index), index % 3) })),
};

const table = Object.entries(MENUS).flatMap(([title, make]) =>
  Array.from({ length: rounds(1, 10) }, (_, round) => [title, round + 1, make] as const),
);

test.each(table)('ten processes build each of 100 packages %s once, round %i', async (_title, _round, make) => {
  const chance = new Chance();
  const dishes = new Map(make(chance).map((dish) => [dish.name, dish]));
  const project = await createProject();
  const counter = createCounter(project);
  const recipes: Files = Object.fromEntries(
    [...dishes.values()].map((dish) => [`recipes/test.${dish.name}@r1.js`, recipeOf(dish, counter.note(dish.name))]),
  );
  await project.write(recipes);

  const runs = Array.from({ length: PROCESSES }, () => start(project, 'sync'));
  const all = await Promise.all(runs.map((run) => run.finished));

  const context = `seed ${chance.seed}: ${all.map(({ events }) => events.messages()).join('')}`;
  expect(
    all.map(({ status }) => status),
    context,
  ).toEqual(Array(PROCESSES).fill(0));
  expect((await counter.order()).sort(), context).toEqual([...names].sort());
  const published = all.flatMap(({ events }) => events.of('entry.published').map(({ key }) => key));
  expect(published.length, context).toBe(RECIPES);
  expect(new Set(published).size, context).toBe(RECIPES);
  for (const dish of dishes.values()) {
    expect(await assetOf(project, `test.${dish.name}@r1`), context).toEqual({ dish: tasteOf(dish, dishes) });
  }
});
