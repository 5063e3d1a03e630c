// Locks as users meet them: who waits, for whom, how long, and who must not. Owners are real processes that are stopped,
// killed or in the way.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Chance } from './rig/chance.ts';
import { openControl } from './rig/control.ts';
import { createCounter } from './rig/counter.ts';
import { assetOf, listNames } from './rig/disk.ts';
import { galley, nestedGalley, start, succeed } from './rig/galley.ts';
import { createProject, type Files } from './rig/project.ts';
import { rounds } from './rig/rounds.ts';
import { expectText } from './rig/told.ts';

const TOOL = 'test.tool@r1';
const FILE = `recipes/${TOOL}.js`;

/** Longer than proper-lockfile would wait for an owner that shows no life, in the long run. */
const STOPPED_MS = rounds(3_000, 12_000);

test('a stopped owner keeps its lock, and those who wait are told who it is', async () => {
  const project = await createProject();
  const [counter, control] = [createCounter(project), await openControl(project)];
  const script = `${counter.note('built')}; ${control.script('build')}; echo a > a`;
  await project.write({ [FILE]: `export const build = ${JSON.stringify(script)};` });
  const owner = start(project, 'sync');
  const command = await control.next('build');
  owner.kill('SIGSTOP');
  const waiter = start(project, 'sync');
  const { owner: told } = await waiter.event('lock.waiting');
  expect(told?.pid).toBe(owner.pid);
  expect(told?.command).toMatch(/^galley .*sync$/);
  const acquired = waiter.event('lock.acquired').then(() => 'robbed');
  expect(await Promise.race([acquired, sleep(STOPPED_MS, 'waits')])).toBe('waits');
  owner.kill('SIGCONT');
  await command.exit();
  expect((await owner.finished).events.outcomes()).toEqual({ [TOOL]: 'built' });
  expect((await waiter.finished).events.outcomes()).toEqual({ [TOOL]: 'cached' });
  expect(await counter.count('built')).toBe(1);
});

test('a dead owner is replaced at once, and its commands do not spoil what is built now', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const script = `echo one >> all; ${control.script('build')}; echo two >> "$GALLEY_STAGE_DIR/all"`;
  // Whatever the author says of its environment, the command is known.
  const env = "{ env: { GALLEY_TMP_DIR: '/elsewhere' } }";
  await project.write({ [FILE]: `export const build = (ctx) => ctx.run(${JSON.stringify(script)}, ${env});` });
  const owner = start(project, 'sync');
  const orphan = await control.next('build');
  const waiter = start(project, 'sync');
  await waiter.event('lock.waiting');
  const diedAt = Date.now();
  owner.kill('SIGKILL');
  const { at } = await waiter.event('lock.acquired');
  process.stdout.write(`a dead owner was replaced after ${at - diedAt} ms\n`);
  expect(at - diedAt).toBeLessThan(1_000);
  const command = await control.next('build');
  await orphan.gone;
  await command.exit();
  expect((await waiter.finished).events.outcomes()).toEqual({ [TOOL]: 'built' });
  expect(await assetOf(project, TOOL)).toEqual({ all: 'one\ntwo\n' });
  // What the dead said that it uses stays for whoever comes next to clear away.
  await succeed(project, 'sync');
});

test('a galley inside a recipe that would wait for its own ancestor fails at once', async () => {
  const project = await createProject();
  const nested = nestedGalley(`install --manifest "${project.at('galley.js')}" --cache-root "${project.cacheDir}"`);
  await project.write({ [FILE]: `export const build = ${JSON.stringify(`${nested} || echo "nested $?"`)};` });
  const { events } = await succeed(project, 'sync');
  const output = events.output(TOOL).join('\n');
  expect(output).toContain('LOCK_ANCESTOR');
  expectText('LOCK_ANCESTOR', output.replace(/\nnested 3$/, ''), project, 'install');
  expect(output).toContain('nested 3');
});

test('a galley inside a recipe may make other packages', async () => {
  const project = await createProject();
  const nested = nestedGalley(
    `asset --manifest "${project.at('inner/galley.js')}" --cache-root "${project.cacheDir}" other`,
  );
  await project.write({
    'inner/galley.js': `export const recipe_roots = ['../parts']; export const packages = ['test.other@r1'];`,
    'parts/test.other@r1.js': `export const identity = 'test.other@r1'; export const install = 'echo inner > a';`,
    [FILE]: `export const build = ${JSON.stringify(`cp "$(${nested})/a" a`)};`,
  });
  await succeed(project, 'sync');
  expect(await assetOf(project, TOOL)).toEqual({ a: 'inner\n' });
});

/** Packages of all kinds that need those before them, from some phase on. */
function tangle(names: readonly string[], chance: Chance, note: (name: string) => string): Files {
  const files: Files[] = names.map((name, index) => {
    const dependencies = chance.some(names.slice(0, index), 3).map((part) => {
      const recipe = `test.${part}@r1`;
      const neededBy = ['fetch', 'stage', 'build', 'install', 'setup', 'deploy'][chance.below(6)];
      return chance.below(3) > 0
        ? { recipe, needed_by: neededBy }
        : { recipe: part, weak: { recipe }, needed_by: neededBy };
    });
    const isWrapper = chance.below(4) === 0;
    const verbs = isWrapper
      ? `export const check = 'test -f "$HOME/${name}"'; export const install = '${note(name)}; touch "$HOME/${name}"';`
      : `export const build = '${note(name)}'; export const install = 'touch made';`;
    return {
      [`recipes/test.${name}@r1.js`]: `export const dependencies = ${JSON.stringify(dependencies)};\n${verbs}`,
    };
  });
  return Object.assign({}, ...files);
}

test.each(Array.from({ length: rounds(2, 20) }, (_, round) => round))(
  'two projects that want the same packages in opposite orders do not wait in a ring, round %i',
  async () => {
    const chance = new Chance();
    const names = Array.from({ length: 16 }, (_, index) => `p${index}`);
    const project = await createProject();
    const counter = createCounter(project);
    const manifest = (roots: string, order: readonly string[]): string =>
      `export const recipe_roots = ['${roots}'];
      export const packages = ${JSON.stringify(order.map((name) => `test.${name}@r1`))};`;
    await project.write({
      ...tangle(names, chance, (name) => counter.note(name).replaceAll("'", '')),
      'galley.js': manifest('recipes', names),
      'other/galley.js': manifest('../recipes', names.toReversed()),
    });
    const runs = ['.', 'other', '.', 'other'].map((cwd) => start(project, 'sync --jobs 1', { cwd }));
    const all = await Promise.all(runs.map((run) => run.finished));
    const context = `seed ${chance.seed}: ${all.map(({ events }) => events.messages()).join('')}`;
    expect(
      all.map(({ status }) => status),
      context,
    ).toEqual([0, 0, 0, 0]);
    expect((await counter.order()).sort(), context).toEqual([...names].sort());
  },
);

test('what is waited for in vain is not left in the directory of locks', async () => {
  const project = await createProject({ [FILE]: `export const build = 'exit 1';` });
  const all = await Promise.all(Array.from({ length: 4 }, () => galley(project, 'sync')));
  expect(all.map(({ status }) => status)).toEqual([1, 1, 1, 1]);
  expect(await listNames(`${project.cacheDir}/locks`)).toEqual([]);
});
