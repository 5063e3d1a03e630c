// What a package is made of is its key: each input is changed in turn, and what depends on it is built again, counted
// outside of galley, and nothing else is.
import { cp, rm, utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createCounter } from './rig/counter.ts';
import { type RunOptions, succeed } from './rig/galley.ts';
import { createProject, type Files, type Project } from './rig/project.ts';

/** What a manifest of the kitchen may be given. */
interface Wishes {
  jam?: object;
  cake?: object;
  shell?: string;
}

const manifest = ({ jam = {}, cake = {}, shell = '"bash"' }: Wishes = {}): string => `
  export const recipe_roots = ['recipes'];
  export const env = ['TOKEN'];
  export const default_shell = ${shell};
  export const packages = [
    ${JSON.stringify({ recipe: 'test.jam@r1', ...jam })}, ${JSON.stringify({ recipe: 'test.cake@r1', ...cake })},
    'test.bread@r1', 'test.table@r1', 'test.plate@r1', 'test.sauce@r1',
  ];`;

const JAM = `import { sugar } from './sugar/much.js';
  export const options = { fruit: { type: 'string', default: 'plum' }, chatty: { type: 'boolean', affects_key: false } };
  export const env = ['JAM_MOOD'];`;

/**
 * Bread needs jam for its build; a table needs bread and cake, but only once it is made. Cake is a directory recipe, a
 * plate runs no script, and sauce is made of a tree of the project.
 */
function kitchen(project: Project): Files {
  const { note } = createCounter(project);
  const make = (name: string): string => `export const install = ${JSON.stringify(`${note(name)}; touch it`)};`;
  return {
    'galley.js': manifest(),
    'recipes/test.jam@r1.js': `${JAM} ${make('jam')}`,
    'recipes/sugar/much.js': 'export const sugar = 1;',
    'recipes/sugar/unused.js': 'export const sugar = 2;',
    'recipes/test.bread@r1.js': `export const dependencies = [{ recipe: 'jam' }]; ${make('bread')}`,
    'recipes/test.table@r1.js': `
      export const dependencies = [{ recipe: 'bread', needed_by: 'deploy' }, { recipe: 'cake', needed_by: 'setup' }];
      ${make('table')}`,
    'recipes/test.cake@r1/recipe.js': make('cake'),
    'recipes/test.cake@r1/decoration/cherry.txt': 'red',
    'recipes/test.plate@r1/recipe.js': `export const fetch = { path: 'plate.txt' };`,
    'recipes/test.plate@r1/plate.txt': 'white',
    'recipes/test.sauce@r1.js': `export const fetch = { path: '../tree', exclude: ['*.log'] }; ${make('sauce')}`,
    'tree/herbs/basil.txt': 'green',
    'tree/cook.log': 'hot',
  };
}

/** Packages that run a script: a plate does not. */
const COOKED = ['bread', 'cake', 'jam', 'sauce', 'table'];

interface Change {
  change?(project: Project): Promise<unknown>;
  run?: RunOptions;
  /** What is made again. */
  rebuilt: string[];
}

const rewrite = (name: string, from: string, to: string) => (project: Project) =>
  project.write({ [name]: (kitchen(project)[name] as string).replace(from, to) });
const wish = (wishes: Wishes) => (project: Project) => project.write({ 'galley.js': manifest(wishes) });

const CHANGES: Record<string, Change> = {
  'the text of a recipe': {
    change: rewrite('recipes/test.jam@r1.js', 'touch it', 'touch it again'),
    rebuilt: ['bread', 'jam'],
  },
  'a comment in a recipe': {
    change: rewrite('recipes/test.bread@r1.js', 'export', '/* fresh */ export'),
    rebuilt: ['bread'],
  },
  'an imported file': { change: rewrite('recipes/sugar/much.js', '1', '3'), rebuilt: ['bread', 'jam'] },
  'a file beside a recipe that nobody imports': { change: rewrite('recipes/sugar/unused.js', '2', '4'), rebuilt: [] },
  'a file of a directory recipe': {
    change: rewrite('recipes/test.cake@r1/decoration/cherry.txt', 'red', 'black'),
    rebuilt: ['cake'],
  },
  'a new file of a directory recipe': {
    change: (project) => project.write({ 'recipes/test.cake@r1/candle.txt': 'hot' }),
    rebuilt: ['cake'],
  },
  'a file less in a directory recipe': {
    change: (project) => rm(project.at('recipes/test.cake@r1/decoration/cherry.txt')),
    rebuilt: ['cake'],
  },
  'an option': { change: wish({ jam: { options: { fruit: 'fig' } } }), rebuilt: ['bread', 'jam'] },
  'an option that says what its default says': { change: wish({ jam: { options: { fruit: 'plum' } } }), rebuilt: [] },
  'an option that does not affect the key': { change: wish({ jam: { options: { chatty: true } } }), rebuilt: [] },
  'the default of an option': {
    change: rewrite('recipes/test.jam@r1.js', `'plum'`, `'pear'`),
    rebuilt: ['bread', 'jam'],
  },
  'the shell': { change: wish({ shell: '"sh"' }), rebuilt: COOKED },
  'the words of the shell': { change: wish({ shell: '{ inline: ["bash", "-e", "-c"] }' }), rebuilt: COOKED },
  'a variable that is an input': { run: { env: { JAM_MOOD: 'sour' } }, rebuilt: ['bread', 'jam'] },
  'a variable that nobody declared': { run: { env: { BREAD_MOOD: 'sour' } }, rebuilt: [] },
  'a variable that commands only see': { run: { env: { TOKEN: 'secret' } }, rebuilt: [] },
  'the platforms of an entry': { change: wish({ cake: { platforms: ['linux', 'darwin'] } }), rebuilt: [] },
  'a file of a local source': { change: rewrite('tree/herbs/basil.txt', 'green', 'brown'), rebuilt: ['sauce'] },
  'a new file of a local source': { change: (project) => project.write({ 'tree/salt.txt': '' }), rebuilt: ['sauce'] },
  'a file that a local source excludes': { change: rewrite('tree/cook.log', 'hot', 'cold'), rebuilt: [] },
  'what version control keeps in a local source': {
    change: (project) => project.write({ 'tree/.git/HEAD': 'ref', 'tree/herbs/.galley/x': '' }),
    rebuilt: [],
  },
  'nothing but the times of files': {
    change: async (project) => {
      for (const name of Object.keys(kitchen(project))) await utimes(project.at(name), new Date(), new Date());
    },
    rebuilt: [],
  },
};

test('each input of a key, changed in turn, makes again what depends on it and nothing else', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write(kitchen(project));
  await succeed(project, 'sync');
  let before = (await counter.order()).length;
  expect(before).toBe(COOKED.length);
  for (const [name, { change, run, rebuilt }] of Object.entries(CHANGES)) {
    await change?.(project);
    const { events } = await succeed(project, 'sync', run);
    const made = (await counter.order()).slice(before).sort();
    const built = events.of('package.finished').filter(({ outcome }) => outcome === 'built');
    before += made.length;
    expect(made, name).toEqual(rebuilt);
    expect(built, name).toHaveLength(rebuilt.length);
    for (const dir of ['recipes', 'tree']) await rm(project.at(dir), { recursive: true });
    await project.write(kitchen(project));
  }
  // Everything is as it was, and all of it is still there.
  await succeed(project, 'sync');
  expect(await counter.order()).toHaveLength(before);
});

test('a package without scripts has a key without the shell, and notices its own file', async () => {
  const project = await createProject();
  await project.write(kitchen(project));
  await succeed(project, 'sync');
  await project.write({ 'recipes/test.plate@r1/plate.txt': 'blue' });
  expect((await succeed(project, 'sync')).events.outcomes()['test.plate@r1']).toBe('built');
});

test('another checkout of the same project finds everything in the cache', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write(kitchen(project));
  await succeed(project, 'sync');
  const before = await counter.order();
  await cp(project.dir, `${project.rootDir}/elsewhere`, { recursive: true });
  const { events } = await succeed(project, 'sync', { cwd: '../elsewhere' });
  expect(new Set(Object.values(events.outcomes()))).toEqual(new Set(['cached']));
  expect(await counter.order()).toEqual(before);
});
