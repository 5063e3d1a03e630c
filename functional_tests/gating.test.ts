// When a dependency has to be there: before the phase that needs it and not earlier, and for a package from the cache
// only if it is still needed. And what a verb sees of it: path, variable, place on PATH, and nothing undeclared.
import path from 'node:path';
import { expect, test } from 'vitest';
import { NEEDED_BY } from '../src/model/phase.ts';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf, entryOf } from './rig/disk.ts';
import { galley, start, succeed } from './rig/galley.ts';
import { createProject, type Project } from './rig/project.ts';

const TOOL = 'test.tool@r1';
const USER = 'test.user@r1';

/** A manifest that wants one package, so that everything else is there because somebody needs it. */
const wants = (...packages: string[]): string =>
  `export const recipe_roots = ['recipes']; export const packages = ${JSON.stringify(packages)};`;

/** What a package does on its way, in this order. A fetch function without pins runs in `resolve` already. */
const ORDER = ['fetch', 'stage', 'build', 'install', 'setup', 'deploy'];

/** A recipe that notes every phase it is in, and has something to do in each. */
function writesAll(project: Project, dependency: object): string {
  const { note } = createCounter(project);
  const check = JSON.stringify(`${note('check')}; test -f "$HOME/user"`);
  return `
    export const dependencies = [${JSON.stringify({ recipe: TOOL, ...dependency })}];
    export async function fetch(ctx) { await ctx.run(${JSON.stringify(note('fetch'))}); }
    export const stage = ${JSON.stringify(note('stage'))};
    export const build = ${JSON.stringify(note('build'))};
    export const install = ${JSON.stringify(`${note('install')}; touch made "$HOME/user"`)};
    export const setup = { host: { check: ${JSON.stringify(`${note('setup')}; true`)}, install: 'true' } };
    export const deploy = ${JSON.stringify(note('deploy'))};
    ${'needed_by' in dependency && dependency.needed_by === 'check' ? `export const check = ${check};` : ''}`;
}

test.each(NEEDED_BY)('a dependency needed by %s is there before that phase, and others do not wait', async (phase) => {
  const project = await createProject();
  const [counter, control] = [createCounter(project), await openControl(project)];
  await project.write({
    'galley.js': `export const recipe_roots = ['recipes'];
      export const packages = [{ recipe: '${USER}', setup: ['host'] }, '${TOOL}'];`,
    [`recipes/${TOOL}.js`]: `export const install = ${JSON.stringify(`${control.script('tool')}; ${counter.note('tool')}`)};`,
    [`recipes/${USER}.js`]: writesAll(project, { needed_by: phase }),
  });
  const run = start(project, 'sync --jobs 2');
  const tool = await control.next('tool');
  // The user of the tool climbs meanwhile, up to the phase that needs the tool.
  const below = phase === 'fetch' || phase === 'check' ? 'resolve' : phase;
  await run.event('phase.blocked', (event) => event.package === USER && event.phase === below);
  await tool.exit();
  expect((await run.finished).status, (await run.finished).events.messages()).toBe(0);
  const order = await counter.order();
  const before = order.slice(0, order.indexOf('tool'));
  expect([...new Set(before)]).toEqual(ORDER.slice(0, Math.max(0, ORDER.indexOf(phase))));
  expect(order).toContain(phase);
});

const GREEDY = (member: string, needed: string): string => `
  export const dependencies = [{ recipe: '${TOOL}', needed_by: '${needed}' }];
  export async function stage(ctx) { await ctx.write('seen', await ctx.${member}); }`;

const OFFERS = `export const products = { spoon: 'bin/spoon' }; export const install = 'mkdir bin; touch bin/spoon';`;

test.each([
  ['asset', `asset('tool')`, 'asset "tool"'],
  ['product', `product('spoon')`, 'product "spoon"'],
])('ctx.%s answers for a dependency that is declared for the phase or an earlier one', async (_name, member, what) => {
  const project = await createProject({ 'galley.js': wants(USER), [`recipes/${TOOL}.js`]: OFFERS });
  for (const needed of ['fetch', 'stage']) {
    await project.write({ [`recipes/${USER}.js`]: GREEDY(member, needed) });
    expect((await succeed(project, 'sync')).events.outcomes()[USER]).toBe('built');
  }
  await project.write({ [`recipes/${USER}.js`]: GREEDY(member, 'build') });
  const late = await galley(project, 'sync');
  expect(late.status).toBe(1);
  expect(late.events.codes()).toEqual(['UNDECLARED_DEPENDENCY']);
  expect(late.events.messages()).toBe(
    `Cannot answer ${what} to ${USER} in its stage phase: ${TOOL} is needed by build\n` +
      'Declare the dependency with needed_by: "stage"',
  );
  await project.write({ [`recipes/${USER}.js`]: GREEDY(member, 'build').replace(/export const dep.*/, '') });
  const none = await galley(project, 'sync');
  expect(none.events.messages()).toBe(
    `Cannot answer ${what} to ${USER} in its stage phase: no dependency offers it\n` +
      'Add it to the "dependencies" of the recipe',
  );
});

test('ctx.asset knows a dependency by its alias and by every form of its name', async () => {
  const project = await createProject({
    'galley.js': wants(USER),
    [`recipes/${TOOL}.js`]: OFFERS,
    [`recipes/${USER}.js`]: `
      export const dependencies = [{ recipe: '${TOOL}', as: 'Big.spoon-2' }];
      export async function build(ctx) {
        const queries = ['Big.spoon-2', 'tool', 'test.tool', 'tool@r1', '${TOOL}'];
        const found = new Set();
        for (const query of queries) found.add(await ctx.asset(query));
        if (found.size !== 1) throw new Error([...found].join());
        await ctx.run('test "$GALLEY_ASSET_BIG_SPOON_2" = "$ANSWER"', { env: { ANSWER: [...found][0] } });
        await ctx.write('ok', 'ok');
      }`,
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, USER)).toEqual({ ok: 'ok' });
});

test('of two dependencies with one name ctx.asset means the one whose name in the environment it is', async () => {
  const project = await createProject({
    'galley.js': wants(USER),
    'recipes/test.tool@r1.js': `export const install = 'echo old > age';`,
    'recipes/test.tool@r2.js': `export const install = 'echo new > age';`,
    [`recipes/${USER}.js`]: `
      export const dependencies = [{ recipe: 'test.tool@r1', as: 'old' }, { recipe: 'test.tool@r2' }];
      export async function build(ctx) {
        await ctx.write('old', await ctx.read((await ctx.asset('old')) + '/age'));
        await ctx.write('tool', await ctx.read((await ctx.asset('tool')) + '/age'));
        await ctx.run('cp $GALLEY_ASSET_TOOL/age by-variable');
      }`,
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, USER)).toEqual({ old: 'old\n', tool: 'new\n', 'by-variable': 'new\n' });
});

test('dependencies that would have one name in the environment are an error that asks for an alias', async () => {
  const project = await createProject({
    'recipes/test.dir@r1.js': `export const install = 'true';`,
    'recipes/one.tool@r1.js': `export const install = 'true';`,
    'recipes/two.tool@r1.js': `export const install = 'true';`,
    [`recipes/${USER}.js`]: `
      export const dependencies = [
        { recipe: 'one.tool@r1' },
        { recipe: 'two.tool@r1' },
        { recipe: 'test.dir@r1' },
      ];
      export const install = 'true';`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(2);
  const [first, second] = events.problems();
  expect(first).toMatchObject({
    code: 'DEPENDENCY_NAME_CLASH',
    message: `Dependencies one.tool@r1 and two.tool@r1 of ${USER} are both GALLEY_ASSET_TOOL`,
    hint: 'Give one of them another name with "as"',
    location: { file: project.at('recipes', `${USER}.js`), line: 4 },
  });
  // GALLEY_ASSET_DIR is the package's own directory.
  expect(second).toMatchObject({
    code: 'DEPENDENCY_NAME_CLASH',
    message: `Dependency test.dir@r1 of ${USER} would be GALLEY_ASSET_DIR, which is the asset of ${USER} itself`,
    location: { line: 5 },
  });
});

/** Makes two packages, and removes the asset of the one from the cache that the other needs. */
async function loseTool(project: Project, dependency: object, install: string): Promise<void> {
  await project.write({
    'galley.js': wants(USER),
    [`recipes/${TOOL}.js`]: `export const install = ${JSON.stringify(`${createCounter(project).note('tool')}; touch it`)};`,
    [`recipes/${USER}.js`]: `
      export const dependencies = [${JSON.stringify({ recipe: TOOL, ...dependency })}];
      export const install = ${JSON.stringify(install)};`,
  });
  await succeed(project, 'sync');
  await succeed(project, 'cache remove tool --yes');
}

test('a package from the cache demands no dependency that it needed for its build', async () => {
  const project = await createProject();
  await loseTool(project, {}, 'touch made');
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [USER]: 'cached' });
  expect(await createCounter(project).count('tool')).toBe(1);
});

test('a package from the cache demands what is declared as runtime', async () => {
  const project = await createProject();
  await loseTool(project, { runtime: true }, 'touch made');
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [USER]: 'cached', [TOOL]: 'built' });
  expect(await createCounter(project).count('tool')).toBe(2);
});

test('a package from the cache demands the assets whose paths its files hold', async () => {
  const project = await createProject();
  await loseTool(project, {}, 'echo "exec $GALLEY_ASSET_TOOL/it" > made');
  expect((await succeed(project, 'sync')).events.outcomes()).toEqual({ [USER]: 'cached', [TOOL]: 'built' });
  expect(await assetOf(project, USER)).toEqual({
    made: `exec ${path.join(await entryOf(project, TOOL), 'asset')}/it\n`,
  });
});
