// Recipes that a function fetches, with packages that have to be there first. The graph grows while others build, and
// still every run chooses alike, whatever the cache has.
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf, listNames, removeAll } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const PRINTER = 'test.printer@r1';
const MENU = 'test.menu@r1';

/** A manifest that wants a recipe which the printer prints: `print <identity> <lines of the recipe>`. */
const manifest = (prerequisite: string, ...others: string[]): string => `
  export const recipe_roots = ['recipes'];
  const source = {
    dependencies: [${prerequisite}],
    fetch: async (ctx) => {
      const { stdout } = await ctx.run('"$GALLEY_ASSET_PRINTER/print"');
      await ctx.write(ctx.path.join(ctx.fetch_dir, 'recipe.js'), stdout);
    },
  };
  export const packages = [{ recipe: '${MENU}', source }, ...${JSON.stringify(others)}];`;

/** A package with a program that prints a recipe. */
function printer(recipe: string, before = 'true'): string {
  const lines = ['#!/bin/sh', "cat <<'END'", `export { identity }; const identity = '${MENU}';`, recipe, 'END'];
  return `export const install = async (ctx) => {
    await ctx.run(${JSON.stringify(before)});
    await ctx.write('print', ${JSON.stringify(`${lines.join('\n')}\n`)});
    await ctx.chmod('print', 0o755);
  };`;
}

/** The keys under which recipes of the menu are kept; each has its fingerprint beside it. */
async function keptMenus({ cacheDir }: Project): Promise<string[]> {
  const names = await listNames(`${cacheDir}/recipes/${MENU}`);
  return names.filter((name) => !name.endsWith('.fingerprint'));
}

const STEW = `export const install = 'echo stew > dish';`;

test('a recipe is fetched once its prerequisites are there, and is built like any other', async () => {
  const project = await createProject();
  const counter = createCounter(project);
  await project.write({
    'galley.js': manifest(`{ recipe: '${PRINTER}' }`),
    [`recipes/${PRINTER}.js`]: printer(STEW, counter.note('printer')),
  });
  const cold = await succeed(project, 'sync');
  expect(cold.events.outcomes()).toEqual({ [PRINTER]: 'built', [MENU]: 'built' });
  expect(await assetOf(project, MENU)).toEqual({ dish: 'stew\n' });
  const warm = await succeed(project, 'sync');
  expect(warm.events.outcomes()).toEqual({ [PRINTER]: 'cached', [MENU]: 'cached' });
  expect(await counter.count('printer')).toBe(1);
  expect(await keptMenus(project)).toHaveLength(1);
});

test('another recipe out of the same function is another key', async () => {
  const project = await createProject({
    'galley.js': manifest(`{ recipe: '${PRINTER}' }`),
    [`recipes/${PRINTER}.js`]: printer(STEW),
  });
  await succeed(project, 'sync');
  await project.write({ [`recipes/${PRINTER}.js`]: printer(`export const install = 'echo soup > dish';`) });
  expect((await succeed(project, 'sync')).events.outcomes()[MENU]).toBe('built');
  expect(await keptMenus(project)).toHaveLength(2);
});

test('a prerequisite may be weak: the match, else the fallback', async () => {
  const project = await createProject({
    'galley.js': manifest(`{ recipe: 'printer', weak: { recipe: '${PRINTER}' } }`, 'acme.printer@r1'),
    [`recipes/${PRINTER}.js`]: printer(STEW),
    'recipes/acme.printer@r1.js': printer(`export const install = 'echo soup > dish';`),
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, MENU)).toEqual({ dish: 'soup\n' });
  await removeAll(project.cacheDir);
  await project.write({ 'galley.js': manifest(`{ recipe: 'printer', weak: { recipe: '${PRINTER}' } }`) });
  await succeed(project, 'sync');
  expect(await assetOf(project, MENU)).toEqual({ dish: 'stew\n' });
});

/** The fetched recipe brings the very package that a weak dependency of another one matches. */
async function writeSurprise(project: Project, before: string): Promise<void> {
  await project.write({
    'galley.js': manifest(`{ recipe: '${PRINTER}' }`, 'test.bread@r1'),
    [`recipes/${PRINTER}.js`]: printer(`export const dependencies = [{ recipe: 'best.jam@r1' }]; ${STEW}`, before),
    'recipes/best.jam@r1.js': `export const install = 'echo best > jam';`,
    'recipes/acme.jam@r1.js': `export const install = 'echo acme > jam';`,
    'recipes/test.bread@r1.js': `
      export const dependencies = [{ recipe: 'jam', weak: { recipe: 'acme.jam@r1' } }];
      export const build = 'cp "$GALLEY_ASSET_JAM/jam" got';`,
  });
}

test('a choice waits for what prerequisites will bring, so that a cold cache and a warm one choose alike', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await writeSurprise(project, control.script('printing'));
  const run = start(project, 'sync');
  // The printer is being built: what the menu needs is not known yet.
  const printing = await control.next('printing');
  await run.event('recipe.loaded', (event) => event.package === 'test.bread@r1');
  await printing.exit();
  const cold = await run.finished;
  expect(cold.status).toBe(0);
  expect(await assetOf(project, 'test.bread@r1')).toEqual({ got: 'best\n' });
  const warm = await succeed(project, 'sync');
  expect(warm.events.outcomes()['test.bread@r1']).toBe('cached');
  const loaded = (identity: string) =>
    cold.events.all.findIndex((e) => e.type === 'recipe.loaded' && e.package === identity);
  const resolved = cold.events.all.findIndex((e) => e.type === 'package.resolved' && e.package === 'test.bread@r1');
  expect(resolved).toBeGreaterThan(loaded(MENU));
});

test('a choice waits for no build that has nothing to do with it', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await writeSurprise(project, 'true');
  await project.write({
    'galley.js': manifest(`{ recipe: '${PRINTER}' }`, 'test.bread@r1', 'test.slow@r1'),
    'recipes/test.slow@r1.js': `export const install = ${JSON.stringify(control.script('slow'))};`,
  });
  const run = start(project, 'sync --jobs 4');
  const slow = await control.next('slow');
  await run.event('package.finished', (event) => event.package === 'test.bread@r1' && event.outcome === 'built');
  await slow.exit();
  expect((await run.finished).status).toBe(0);
});

test('a choice waits for no other process that holds a lock', async () => {
  const project = await createProject();
  const control = await openControl(project);
  await writeSurprise(project, 'true');
  await project.write({
    'other/galley.js': `export const recipe_roots = ['../recipes']; export const packages = ['test.slow@r1'];`,
    'galley.js': manifest(`{ recipe: '${PRINTER}' }`, 'test.bread@r1', 'test.slow@r1'),
    'recipes/test.slow@r1.js': `export const install = ${JSON.stringify(control.script('slow'))};`,
  });
  const holder = start(project, 'sync', { cwd: 'other' });
  const slow = await control.next('slow');
  const run = start(project, 'sync');
  await run.event('lock.waiting', (event) => event.package === 'test.slow@r1');
  await run.event('package.finished', (event) => event.package === 'test.bread@r1' && event.outcome === 'built');
  await slow.exit();
  expect([(await run.finished).status, (await holder.finished).status]).toEqual([0, 0]);
});

test('a recipe whose prerequisite fails is blocked, and all the rest is built', async () => {
  const project = await createProject();
  await writeSurprise(project, 'exit 7');
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.outcomes()).toMatchObject({ [PRINTER]: 'failed', [MENU]: 'blocked', 'test.bread@r1': 'built' });
  // What the menu would have brought is not there.
  expect(await assetOf(project, 'test.bread@r1')).toEqual({ got: 'acme\n' });
});

test('a prerequisite that nothing matches is an error at its place', async () => {
  const project = await createProject({
    'galley.js': manifest(`{ recipe: 'printer' }`),
    [`recipes/${PRINTER}.js`]: printer(STEW),
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.problems()).toMatchObject([
    { code: 'DEPENDENCY_UNMATCHED', location: { file: project.at('galley.js'), line: 4 } },
  ]);
});

test('what can only be loaded after a choice is no match for it', async () => {
  const project = await createProject({
    'galley.js': `
      const needs = (recipe) => ({ dependencies: [{ recipe }], fetch: () => null });
      export const packages = [
        { recipe: 'test.hen@r1', source: needs('egg') },
        { recipe: 'test.egg@r1', source: needs('hen') },
      ];`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  expect(events.problems().map(({ code, message }) => `${code} ${message}`)).toEqual([
    'DEPENDENCY_UNMATCHED Dependency "egg" of test.hen@r1 matches no package',
    'DEPENDENCY_UNMATCHED Dependency "hen" of test.egg@r1 matches no package',
  ]);
});

test('a dependency of a recipe may be fetched by a function of that recipe, with its options', async () => {
  const project = await createProject({
    [`recipes/${PRINTER}.js`]: printer(`export const options = { dish: { type: 'string' } }; ${STEW}`),
    'galley.js': `export const recipe_roots = ['recipes']; export const packages = ['test.host@r1', 'test.guest@r1'];`,
    'recipes/test.host@r1.js': asker(`{ recipe: '${PRINTER}' }`),
    // The same bytes are the same recipe, whoever fetched them.
    'recipes/test.guest@r1.js': asker(`{ recipe: '${PRINTER}' }`),
  });
  expect((await succeed(project, 'sync')).events.outcomes()).toMatchObject({
    [`${MENU}{"dish":"stew"}`]: 'built',
    'test.guest@r1': 'built',
  });
  expect(await assetOf(project, 'test.host@r1')).toEqual({ got: 'stew\n' });
  expect(await keptMenus(project)).toHaveLength(1);
  // Other bytes are another recipe, though the two functions stand at the same place of their files.
  await project.write({
    'recipes/test.guest@r1.js': asker(`{ recipe: '${PRINTER}' }`, ' > r && echo // >> r && cat r'),
  });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.problems()[0]?.code]).toEqual([2, 'SOURCE_CONFLICT']);
});

test('a prerequisite for another platform, or under the name of a second one, is refused at its place', async () => {
  const project = await createProject({
    'galley.js': manifest(
      `{ recipe: '${PRINTER}' }, { recipe: 'acme.printer@r1', as: 'PRINTER' }, { recipe: 'test.other@r1' }`,
    ),
    [`recipes/${PRINTER}.js`]: printer(STEW),
    'recipes/acme.printer@r1.js': printer(STEW),
    'recipes/test.other@r1.js': `export const platforms = ['windows']; export const install = 'touch it';`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  const told = events.problems().map(({ code, location }) => `${code} ${location?.line}`);
  expect(told).toEqual(expect.arrayContaining(['DEPENDENCY_NAME_CLASH 4', 'PLATFORM_UNSUPPORTED 4']));
});

/** A recipe that needs the menu, and fetches its recipe by itself. */
function asker(prerequisite: string, filter = ''): string {
  return `const source = {
    dependencies: [${prerequisite}],
    fetch: async (ctx) => {
      const { stdout } = await ctx.run('"$GALLEY_ASSET_PRINTER/print"${filter}');
      await ctx.write(ctx.path.join(ctx.fetch_dir, 'recipe.js'), ctx.options.dish === 'stew' ? stdout : 'no options');
    },
  };
  export const dependencies = [{ recipe: '${MENU}', source, options: { dish: 'stew' } }];
  export const build = 'cp "$GALLEY_ASSET_MENU/dish" got';`;
}
