// Recipes that compute without end, take all memory or poison what they can reach: each fails alone, with a message that
// names the verb, while a neighbour that is in the middle of a command finishes and everybody else is built.
import { expect, test } from 'vitest';
import { openControl } from './rig/control.ts';
import { assetOf } from './rig/disk.ts';
import { galley, start } from './rig/galley.ts';
import { createProject, type Files, type Project } from './rig/project.ts';

/** The offending line is the third of its recipe. */
const inBuild = (body: string): string => `\nexport async function build(ctx) {\n  ${body}\n}`;
const asRecipes = (recipes: Readonly<Record<string, string>>): Files =>
  Object.fromEntries(Object.entries(recipes).map(([name, text]) => [`recipes/test.${name}@r1.js`, text]));

/**
 * Bodies of a verb, and the line that is told: the very one where the engine can say it, else where the verb begins.
 */
const GREEDY: Record<string, { body: string; says: string; line: number }> = {
  loop: { body: 'for (;;) {}', says: 'computed for more than 2 s', line: 2 },
  'loop-after-a-command': { body: `await ctx.run('true'); for (;;) {}`, says: 'computed for more than 2 s', line: 3 },
  expression: { body: `/^(a+)+$/.test('a'.repeat(40) + 'b')`, says: 'computed for more than 2 s', line: 3 },
  promises: {
    body: 'const f = () => Promise.resolve().then(f); await f();',
    says: 'more than 64 MB of memory',
    line: 2,
  },
  arrays: {
    body: `const a = []; for (;;) a.push(new Array(10000).fill('x'));`,
    says: 'more than 64 MB of memory',
    line: 3,
  },
  bytes: {
    body: 'const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1));',
    says: 'more than 64 MB of memory',
    line: 3,
  },
  recursion: { body: 'const f = () => f() + 1; f();', says: 'recurses too deeply', line: 3 },
  join: { body: `new Array(1e9) + '';`, says: 'one operation', line: 2 },
  search: {
    body: `const s = 'a'.repeat(1e6); for (let i = 0; i < 50; i++) s.indexOf('a'.repeat(5e5) + 'b');`,
    says: 'one operation',
    line: 2,
  },
};

test('a verb that meets a limit fails alone, and a neighbour in a command finishes', async () => {
  const project = await createProject();
  const control = await openControl(project);
  const slow = JSON.stringify(control.script('neighbour'));
  await project.write({
    ...asRecipes(Object.fromEntries(Object.entries(GREEDY).map(([name, { body }]) => [name, inBuild(body)]))),
    'recipes/test.neighbour@r1.js': inBuild(`await ctx.run(${slow}); await ctx.write('made', 'whole');`),
  });
  const run = start(project, 'sync --jobs 3');
  const neighbour = await control.next('neighbour');
  for (const name of Object.keys(GREEDY)) {
    await run.event('package.finished', ({ package: label }) => label === `test.${name}@r1`);
  }
  await neighbour.exit();
  const { status, events } = await run.finished;
  expect(status).toBe(1);
  const found = Object.keys(GREEDY).map((name) => {
    const { code, message = '', location } = events.of('package.finished', `test.${name}@r1`)[0]?.error ?? {};
    const says = GREEDY[name]?.says ?? '';
    return [
      name,
      code,
      message.includes(`build of test.${name}@r1`),
      message.includes(says) ? says : message,
      location?.line,
    ];
  });
  expect(found).toEqual(
    Object.entries(GREEDY).map(([name, { says, line }]) => [name, 'SANDBOX_LIMIT', true, says, line]),
  );
  expect(await assetOf(project, 'test.neighbour@r1')).toEqual({ made: 'whole' });
});

/** What is evaluated beside other recipes, in one worker. */
const PURE: Record<string, string> = {
  top: `new Array(1e9) + '';`,
  options: 'export const options = () => { for (;;) {} };',
  dependencies: 'export const dependencies = () => { const a = []; for (;;) a.push(new Array(10000)); };',
  products: 'export const products = () => { const f = () => f() + 1; f(); };',
};

test('a recipe that cannot be evaluated fails alone, and those beside it are built', async () => {
  const good = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`good${index}`, `export const install = 'echo ${index} > made';`]),
  );
  const project = await createProject(asRecipes({ ...PURE, ...good }));
  const { events } = await galley(project, 'sync');
  const outcomes = events.outcomes();
  const ends = (names: string[]) => names.map((name) => [name, outcomes[`test.${name}@r1`]]);
  expect(ends(Object.keys(good))).toEqual(Object.keys(good).map((name) => [name, 'built']));
  expect(ends(Object.keys(PURE))).toEqual(Object.keys(PURE).map((name) => [name, 'failed']));
  expect(new Set(events.codes())).toEqual(new Set(['SANDBOX_LIMIT']));
});

/** Body of a verb → how the package ends: `built`, or the code of its failure. */
const POISON: Record<string, { body: string; ends: string }> = {
  'unawaited-call': { body: `ctx.run('sleep 5');`, ends: 'UNAWAITED_CALL' },
  'unawaited-in-the-end': { body: `await ctx.write('a', 'a'); ctx.read('a');`, ends: 'UNAWAITED_CALL' },
  'never-settles': { body: 'await new Promise(() => {});', ends: 'NEVER_SETTLES' },
  'strange-thenable': { body: 'return { then() {} };', ends: 'NEVER_SETTLES' },
  'array-prototype': {
    body: `Array.prototype.push = Array.prototype.map = Array.prototype.join = () => { throw 1 }; await ctx.write('a', 'a');`,
    ends: 'built',
  },
  'object-prototype': {
    body: `Object.prototype.code = 'X'; Object.prototype.then = undefined; Object.prototype.cwd = '/'; await ctx.write('a', 'a');`,
    ends: 'built',
  },
  'to-json': { body: `String.prototype.toJSON = () => ({}); await ctx.write('a', 'a');`, ends: 'built' },
  'json-replaced': {
    body: `JSON.stringify = JSON.parse = () => '{"poison":1}'; await ctx.write('a', 'a');`,
    ends: 'built',
  },
  'promise-then': {
    body: `Promise.prototype.then = function () { return this }; await ctx.write('a', 'a');`,
    ends: 'built',
  },
  'cyclic-argument': { body: `const a = {}; a.a = a; await ctx.run('true', { env: a });`, ends: 'INVALID_ARGUMENT' },
  'function-argument': { body: 'await ctx.read(() => 1);', ends: 'INVALID_ARGUMENT' },
  'bigint-argument': { body: 'await ctx.chmod("a", 1n);', ends: 'INVALID_ARGUMENT' },
  'getter-argument': { body: `await ctx.run('true', { get cwd() { throw new Error('got') } });`, ends: 'RECIPE_THREW' },
  'proxy-argument': {
    body: `await ctx.run('true', new Proxy({}, { ownKeys() { throw new Error('asked') } }));`,
    ends: 'RECIPE_THREW',
  },
  'proto-argument': {
    body: `await ctx.run('true', JSON.parse('{"__proto__": {"cwd": "/"}}'));`,
    ends: 'INVALID_ARGUMENT',
  },
  'throws-nothing': { body: 'throw undefined;', ends: 'RECIPE_THREW' },
  'throws-a-proxy': { body: `throw new Proxy({}, { get() { throw 1 } });`, ends: 'RECIPE_THREW' },
  'throws-a-failure': { body: `throw Object.assign(new Error('mine'), { code: 'INTERNAL' });`, ends: 'RECIPE_THREW' },
  'call-by-itself': { body: 'await globalThis.__call("run", ["true"]);', ends: 'RECIPE_THREW' },
  'function-constructor': {
    body: `await ctx.write('a', String((function () {}).constructor('return typeof process + typeof require')()));`,
    ends: 'built',
  },
  'ctx-is-frozen': { body: `ctx.read = () => 'x'; await ctx.write('a', 'a');`, ends: 'RECIPE_THREW' },
};

test('values and prototypes that are poisoned hurt nobody but their recipe', async () => {
  const project = await createProject(
    asRecipes(Object.fromEntries(Object.entries(POISON).map(([name, { body }]) => [name, inBuild(`${body}`)]))),
  );
  const { status, events } = await galley(project, 'sync --jobs 4');
  expect(status).toBe(1);
  expect(endsOf(events, Object.keys(POISON))).toEqual(
    Object.fromEntries(Object.entries(POISON).map(([name, { ends }]) => [name, ends])),
  );
  expect(await assetOf(project, 'test.function-constructor@r1')).toEqual({ a: 'undefinedundefined' });
  await expectUnharmed(project);
});

function endsOf(events: Awaited<ReturnType<typeof galley>>['events'], names: string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const { error, outcome } = events.of('package.finished', `test.${name}@r1`)[0] ?? {};
      return [name, error?.code ?? (outcome === 'ran' ? 'built' : outcome)];
    }),
  );
}

async function expectUnharmed(project: Project): Promise<void> {
  expect(await assetOf(project, 'test.json-replaced@r1')).toEqual({ a: 'a' });
  expect(await assetOf(project, 'test.to-json@r1')).toEqual({ a: 'a' });
}
