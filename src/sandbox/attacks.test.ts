// Programs that attack the bridge between a recipe and the host. What an author does to the language may hurt that
// author's own code; it may not change what crosses, forge where a failure comes from, or end in a bug of ours.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { createSandboxRig, failureOf, type SandboxRig } from '../testing/sandbox.ts';
import { ENDS, host, inBuild, NAMES, PROBE, PROBED, REPLACE_ALL, VALUES } from './testing/hostile.ts';

let rig: SandboxRig;
beforeAll(() => {
  rig = createSandboxRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

const run = (text: string) => rig.build(text, { host });

test.each(NAMES)('what all objects inherit as "%s" changes nothing that crosses', async (name) => {
  const [key] = [JSON.stringify(name)];
  const ways = [
    ...VALUES.map((value) => `Object.prototype[${key}] = ${value};`),
    `Object.defineProperty(Object.prototype, ${key}, { get() { throw 1 }, set() { throw 2 } });`,
  ];
  for (const way of ways) {
    expect(await run(inBuild(way + PROBE)), way).toEqual(PROBED);
    expect(await run(way + inBuild(PROBE)), `${way} at the top`).toEqual(PROBED);
  }
});

test.each([
  ['before a call', `${REPLACE_ALL} replaceAll(); ${PROBE}`],
  [
    'in the middle of a call',
    `${REPLACE_ALL} await ctx.run('x', { get cwd() { replaceAll(); return '.'; } }); ${PROBE}`,
  ],
  [
    'by names of the global object',
    `for (const name of Object.getOwnPropertyNames(globalThis)) try { globalThis[name] = null } catch {} ${PROBE}`,
  ],
])('every built-in function replaced %s leaves the bridge as it is', async (_, body) => {
  expect(await run(inBuild(body))).toEqual(PROBED);
});

test.each(Object.entries(ENDS))('%s ends as it should, and the next verb is right', async (_, [body, end]) => {
  const ended = await run(inBuild(body)).catch((error: unknown) =>
    error instanceof Failure ? error.code : `a bug: ${error}`,
  );
  expect(ended).toEqual(end);
  expect(await run(inBuild(PROBE))).toEqual(PROBED);
});

/** Ways to code that was not there, and what it could reach. */
const CODE = [
  '(() => {}).constructor(source)()',
  '(async () => {}).constructor(source)()',
  '(function* () {}).constructor(source)().next().value',
  '(async function* () {}).constructor(source)().next().then(({ value }) => value)',
  'ctx.run.constructor(source)()',
  'ctx.run("x").constructor.constructor(source)()',
  'eval("(() => {" + source + "})()")',
  '(0, eval)("(() => {" + source + "})()")',
  'Reflect.construct(Function, [source])()',
];
const REACHED =
  'process require module global window self Deno Bun WebAssembly Worker fetch setTimeout queueMicrotask structuredClone Date performance Atomics SharedArrayBuffer WeakRef FinalizationRegistry console std os scriptArgs print gc kit send';

test.each(CODE)('code made by %s finds nothing of the host', async (way) => {
  const source = `return [${REACHED.split(' ').map((name) => `typeof ${name}`)}, typeof Math.random].filter((kind) => kind !== 'undefined')`;
  const text = inBuild(
    `const source = ${JSON.stringify(source)}; const found = await ${way}; await ctx.run('x'); return found ?? []`,
  );
  expect(await run(text)).toEqual([]);
});

test.each([
  ['the caller of a function', '(function () { return arguments.callee.caller })()', 'TypeError'],
  ['the caller of a ctx function', 'ctx.run.caller', 'TypeError'],
  ['the arguments of a ctx function', 'ctx.run.arguments', 'TypeError'],
  ['the meta data of a module', 'Object.keys(import.meta).length', 0],
  ['a hook of stack texts', 'typeof Error.prepareStackTrace + typeof Error.captureStackTrace', 'undefinedundefined'],
  ['the handler of ctx', 'Object.getPrototypeOf(ctx) === Object.prototype && Object.isFrozen(ctx)', true],
  [
    'private members of a call',
    'Reflect.ownKeys(Object.getPrototypeOf(ctx.log.info("x") ?? {})).includes("kit")',
    false,
  ],
])('%s leads nowhere', async (_, expression, found) => {
  const text = inBuild(`try { return ${expression} } catch (error) { return error.name }`);
  expect(await run(text)).toEqual(found);
});

test('what a verb left in a global or in a module of its own is gone in the next, of whichever recipe', async () => {
  await using one = createSandboxRig({ workers: 1 });
  const lib = 'export const kept = {};';
  const text = `import { kept } from './lib.js';
    export async function build(ctx) {
      const before = [typeof globalThis.ctx, Object.keys(kept).length, typeof Array.prototype.ctx];
      globalThis.ctx = kept.ctx = Array.prototype.ctx = ctx;
      return [...before, (await ctx.run('x')).stdout];
    }`;
  const recipes = [one.module({ 'a.js': text, 'lib.js': lib }), one.module({ 'b.js': text, 'lib.js': lib })];
  for (const module of [...recipes, ...recipes]) {
    expect(await one.build('', { module, host })).toEqual(['undefined', 0, 'undefined', 'out']);
  }
});

test('a ctx that is called when its verb is over is not heard', async () => {
  await using one = createSandboxRig({ workers: 1 });
  const heard: Json[] = [];
  const listen = async (_: string, [path]: Json[]) => void heard.push(path as Json);
  const late = `export function build(ctx) {
    let promise = Promise.resolve();
    for (let i = 0; i < 20; i++) promise = promise.then(() => {});
    promise.then(() => { ctx.write('late'); ctx.log.info('late') });
    return 'over';
  }`;
  expect(await one.build(late, { host: listen })).toBe('over');
  expect(await one.build(inBuild(`await ctx.write('next'); return 'next'`), { host: listen })).toBe('next');
  expect(heard).toEqual(['next']);
});

test('an export of pure work cannot make itself a ctx, and is never waited for in vain', async () => {
  const context = `Object.prototype.context = { facts: {}, methods: ['run'], verb: 'x' };
    Object.prototype.args = []; Object.prototype.functions = false;`;
  const module = rig.module(`${context} export const f = (ctx) => ctx.run('x'); export const a = 1;`);
  expect((await rig.sandbox.describe(module)).exports).toEqual({ a: 1, f: { $function: 'f' } });
  expect(await failureOf(rig.sandbox.evaluate(module, ['f'], [{}]))).toMatchObject({ code: 'RECIPE_THREW' });
});

test('a then that all objects inherit when the module is loaded does not become the verb', async () => {
  const text = `Object.prototype.then = function (r) { delete Object.prototype.then; r({ value: () => 'hijacked' }) };
    export const build = () => 'asked for';`;
  expect(await run(text)).toBe('asked for');
});
