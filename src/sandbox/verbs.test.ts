import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { createSandboxRig, failureOf, type SandboxRig } from '../testing/sandbox.ts';

let rig: SandboxRig;
beforeAll(() => {
  rig = createSandboxRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

test('a verb gets facts, calls the host, and returns JSON', async () => {
  const calls: Json[] = [];
  const host = async (method: string, args: Json[]) => {
    calls.push([method, ...args]);
    return { exit_code: 0, stdout: 'ü\u0000\ud83d\ude00' };
  };
  const text = `export async function build(ctx, extra) {
    const { stdout } = await ctx.run(["make", "-j"], { env: { A: "1" } }, undefined);
    return [stdout, ctx.options.version, extra];
  }`;
  const result = await rig.build(text, { host, facts: { options: { version: '1.2' } }, args: ['more'] });
  expect(result).toEqual(['ü\u0000\ud83d\ude00', '1.2', 'more']);
  expect(calls).toEqual([['run', ['make', '-j'], { env: { A: '1' } }]]);
});

test('a large text crosses unharmed in both directions', async () => {
  const large = '\ud83d\ude00a'.repeat(500_000);
  const written: Json[] = [];
  const host = (method: string, args: Json[]) => {
    if (method === 'write') written.push(args[1] as Json);
    return method === 'read' ? large : undefined;
  };
  await rig.build('export const build = async (ctx) => { await ctx.write("f", await ctx.read("f")); }', { host });
  expect(written[0] === large).toBe(true);
});

test('a text of 16 MiB can be read', async () => {
  await using patient = createSandboxRig({ limits: {} });
  const host = () => 'x'.repeat(16 * 1024 * 1024);
  expect(await patient.build('export const build = async (ctx) => (await ctx.read("f")).length', { host })).toBe(
    2 ** 24,
  );
});

test.each(['a\0b', '\ud83d', ''])('the text %j is read as it is', async (text) => {
  expect(await rig.build('export const build = (ctx) => ctx.read("f")', { host: () => text })).toBe(text);
});

test('calls run at the same time, and answers come in any order', async () => {
  const first = Promise.withResolvers<string>();
  const host = async (_: string, [name]: Json[]) => {
    if (name === 'a') return first.promise;
    first.resolve('from b');
    return 'b';
  };
  const text = 'export const build = (ctx) => Promise.all([ctx.run("a"), ctx.run("b")])';
  expect(await rig.build(text, { host })).toEqual(['from b', 'b']);
});

test('an uncaught failure of the host comes out whole, with the line of the call', async () => {
  const thrown = new Failure('COMMAND_FAILED', 'make ended with 2', {
    hint: 'look',
    facts: { exit_code: 2, stderr: 'no' },
  });
  const text = `async function inner(ctx) {
  await null;
  await ctx.run("make");
}
export async function build(ctx) { await inner(ctx); }`;
  const failure = await failureOf(rig.build(text, { host: () => Promise.reject(thrown) }));
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ code: 'COMMAND_FAILED', message: thrown.message, hint: 'look', facts: thrown.facts });
  expect(failure.location).toMatchObject({ line: 3, column: 16 });
});

test('a failure of the host can be caught, and has code and facts', async () => {
  const thrown = new Failure('COMMAND_FAILED', 'bad', { facts: { exit_code: 2, stdout: 'o', stderr: 'e' } });
  const text = `export async function build(ctx) {
    try { await ctx.run("x"); } catch (error) {
      return [error instanceof Error, error.code, error.message, error.exit_code, error.stdout, error.stderr];
    }
  }`;
  const result = await rig.build(text, { host: () => Promise.reject(thrown) });
  expect(result).toEqual([true, 'COMMAND_FAILED', 'bad', 2, 'o', 'e']);
});

test('a failed call that nobody awaited is not lost', async () => {
  const host = async (method: string) => {
    if (method === 'write') throw new Failure('IO_ERROR', 'disk');
    return null;
  };
  const text =
    'export async function build(ctx) {\n  ctx.write("a", "b");\n  await ctx.run("x");\n  await ctx.run("y");\n}';
  expect(await failureOf(rig.build(text, { host }))).toMatchObject({ code: 'IO_ERROR', location: { line: 2 } });
});

test('a bug in the host cannot be caught by a recipe', async () => {
  const text = 'export async function build(ctx) { try { await ctx.run("x") } catch {} return 1 }';
  const failure = await failureOf(rig.build(text, { host: () => Promise.reject(new TypeError('ours')) }));
  expect(failure).toBeInstanceOf(TypeError);
});

test.each([
  ['an Error', 'throw new RangeError("deep")', '"build" threw RangeError: deep'],
  ['a string', 'throw "text"', '"build" threw an error: "text"'],
  ['undefined', 'throw undefined', '"build" threw an error: undefined'],
  ['an object', 'throw { a: 1 }', '"build" threw an error: {"a":1}'],
  ['a symbol', 'throw Symbol("s")', '"build" threw an error: Symbol(s)'],
  ['an object that cannot be read', 'throw { get a() { throw 1 } }', '"build" threw an error: an object'],
  [
    'an Error that cannot be read',
    'const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw 1 } }); throw e',
    '"build" threw an error: ',
  ],
  [
    'an Error with a code of its own',
    'throw Object.assign(new Error("x"), { code: "COMMAND_FAILED" })',
    '"build" threw an error: x',
  ],
])('a verb that throws %s is RECIPE_THREW', async (_, body, message) => {
  const failure = await failureOf(rig.build(`export async function build() { ${body} }`));
  expect(failure).toMatchObject({ code: 'RECIPE_THREW', message });
});

test('names known from other places get a hint', async () => {
  const failure = await failureOf(rig.build('export function build() {\n  return new Date();\n}'));
  expect(failure).toMatchObject({
    code: 'RECIPE_THREW',
    location: { line: 2 },
    hint: expect.stringContaining('every day'),
  });
});

test('a call that is open when the verb ends is UNAWAITED_CALL, and is ended first', async () => {
  let wasEnded = false;
  const host = (_: string, __: Json[], signal: AbortSignal) =>
    new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => {
        wasEnded = true;
        resolve(undefined);
      });
    });
  const failure = await failureOf(rig.build('export function build(ctx) {\n  ctx.run("x");\n}', { host }));
  expect(failure).toMatchObject({
    code: 'UNAWAITED_CALL',
    message: '"build" ended while ctx.run() was not finished',
    location: { line: 2 },
  });
  expect(wasEnded).toBe(true);
});

test('the error of a verb is told although another call is open', async () => {
  const host = (_: string, __: Json[], signal: AbortSignal) =>
    new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  const failure = await failureOf(
    rig.build('export function build(ctx) { ctx.run("x"); throw new Error("first") }', { host }),
  );
  expect(failure).toMatchObject({ code: 'RECIPE_THREW' });
});

test('logs and mark_install_complete need no await, and their failures fail the verb', async () => {
  const heard: Json[] = [];
  const host = async (method: string, args: Json[]) => {
    heard.push([method, ...args]);
    if (method === 'mark_install_complete') throw new Failure('CHECK_OWNS_NO_ASSET', 'no');
    return null;
  };
  const text =
    'export function build(ctx) {\n  ctx.log.info("hi");\n  ctx.log.warn({ a: 1 });\n  ctx.mark_install_complete();\n}';
  const failure = await failureOf(rig.build(text, { host, methods: ['mark_install_complete'] }));
  expect(heard).toEqual([['log', 'info', 'hi'], ['log', 'warn', '{"a":1}'], ['mark_install_complete']]);
  expect(failure).toMatchObject({ code: 'CHECK_OWNS_NO_ASSET', location: { line: 4 } });
});

test.each([
  ['a promise without end', 'await new Promise(() => {})'],
  ['a poisoned thenable', 'await { then() {} }'],
])('a verb that waits for %s is NEVER_SETTLES, with the place of the verb', async (_, body) => {
  const failure = await failureOf(rig.build(`\nexport async function build() { ${body} }`));
  expect(failure).toMatchObject({ code: 'NEVER_SETTLES', location: { line: 2 } });
});

test.each([
  ['ctx.fetch({})', 'ctx.fetch() belongs to the fetch phase, and this is "build"'],
  ['ctx.mark_install_complete()', 'ctx.mark_install_complete() belongs to the install phase, and this is "build"'],
  ['ctx.instal_dir', 'ctx has no member "instal_dir" in "build"'],
  ['ctx.run(() => 1)', 'ctx.run() cannot take a function (at [0] of its arguments)'],
  ['ctx.path.join("a", 1)', 'ctx.path.join() needs a string, found number'],
  ['ctx.template("{{a}} {{b}}", { a: 1 })', 'ctx.template() has no text for "{{b}}"; values given: a'],
])('%s is INVALID_ARGUMENT with its line', async (call, message) => {
  const failure = await failureOf(rig.build(`export async function build(ctx) {\n  await ${call};\n}`));
  expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', message, location: { line: 2 } });
});

test('helpers compute without the host', async () => {
  const text = `export const build = ({ path, template }) => [
    path.join("a", "../b", "./c/"), path.join("/", ".."), path.join("..", "x"), path.basename("/a/b.tar.gz"),
    path.dirname("/a/b"), path.dirname("a"), path.dirname("/a"), path.stem("a/b.tar.gz"), path.ext("b.tar.gz"),
    path.ext(".bashrc"), path.stem(".bashrc"), template("{{ a.b }}-{{n}}", { "a.b": "x", n: 1 }),
  ]`;
  expect(await rig.build(text)).toEqual([
    'b/c',
    '/',
    '../x',
    'b.tar.gz',
    '/a',
    '.',
    '/',
    'b.tar',
    '.gz',
    '',
    '.bashrc',
    'x-1',
  ]);
});

test('ctx and its facts are frozen', async () => {
  const text = `export function build(ctx) {
    const attempts = [() => { ctx.run = 1 }, () => { ctx.options.v = 2 }, () => { ctx.options.list.push(1) },
      () => { ctx.path.join = 1 }, () => { delete ctx.run }, () => { Object.defineProperty(ctx, "x", { value: 1 }) }];
    return attempts.map((attempt) => { try { attempt(); return "changed" } catch (error) { return error.name } });
  }`;
  const result = await rig.build(text, { facts: { options: { v: 1, list: [] } } });
  expect(result).toEqual(Array.from({ length: 6 }, () => 'TypeError'));
});

test.each([
  ['Infinity', '1 / 0', '"a.1"', 'Infinity'],
  ['a cycle', '(() => { const o = {}; o.o = o; return o })()', '"a.1.o"', 'a cycle'],
  ['a bigint', '1n', '"a.1"', 'a bigint'],
  ['a function', '() => 1', '"a.1"', 'a function'],
  ['undefined in a list', 'undefined', '"a.1"', 'undefined'],
  ['a Map', 'new Map()', '"a.1"', 'not a plain object'],
  ['a promise', 'Promise.resolve(1)', '"a.1"', 'a promise that was not awaited'],
  ['an Error', 'new Error("x")', '"a.1"', 'an Error'],
])('a result with %s is INVALID_RESULT with its path', async (_, value, path, found) => {
  const failure = await failureOf(rig.build(`\nexport function build() { return { a: [1, ${value}] } }`));
  expect(failure).toMatchObject({
    code: 'INVALID_RESULT',
    message: `"build" returned what is no plain data: ${path} is ${found}`,
    location: { line: 2 },
  });
});

test('a cycle in an export is INVALID_VALUE with its path', async () => {
  const module = rig.module('export const a = { b: [] }; a.b.push(a);');
  const failure = await failureOf(rig.sandbox.describe(module));
  expect(failure).toMatchObject({ code: 'INVALID_VALUE', facts: { path: ['a', 'b', '0'] } });
});

test('evaluate calls a function, goes on into what it returns, and keeps `this`', async () => {
  const module = rig.module(`export const dependencies = async (options) => [{
    source: { word: "hi", fetch(n) { return [this.word, options.v, n] } } }];`);
  const described = await rig.sandbox.evaluate(module, ['dependencies'], [{ v: 1 }]);
  expect(described).toEqual([{ source: { word: 'hi', fetch: { $function: 'fetch' } } }]);
  const steps = ['dependencies', { call: [{ v: 2 }] }, 0, 'source', 'fetch'];
  expect(await rig.sandbox.evaluate(module, steps, [3])).toEqual(['hi', 2, 3]);
});

test('a function that is gone since the module was described is an error and not a bug', async () => {
  const failure = await failureOf(rig.build('export const other = 1'));
  expect(failure).toMatchObject({
    code: 'INVALID_VALUE',
    message: '"build" is not a function in this module any more',
  });
});

test('poisoned prototypes reach neither the result nor the host', async () => {
  const text = `
    Object.prototype.toJSON = () => "poison"; Array.prototype.toJSON = () => "poison"; String.prototype.toJSON = () => "p";
    Array.prototype.push = () => { throw 1 }; Array.prototype.map = null; Object.keys = null; JSON.stringify = null;
    JSON.parse = () => "poison"; Reflect.apply = null; Object.prototype.then = undefined; Map.prototype.get = null;
    Object.defineProperty(Object.prototype, "0", { set() { throw 2 }, get() { return "poison" }, configurable: true });
    export async function build(ctx) { const { a } = await ctx.run("x", [1, 2]); return { a: [a, "b"], n: null } }`;
  const calls: Json[] = [];
  const host = async (method: string, args: Json[]) => {
    calls.push(method, args);
    return { a: 5 };
  };
  expect(await rig.build(text, { host })).toEqual({ a: [5, 'b'], n: null });
  expect(calls).toEqual(['run', ['x', [1, 2]]]);
});

test('nothing of the bridge can be found by author code', async () => {
  const text = `export const build = (ctx) => [Object.getOwnPropertyNames(globalThis).filter((name) => /call|send|kit|bridge/i.test(name)),
    (() => { try { return typeof ctx.run.caller } catch (error) { return error.name } })()]`;
  expect(await rig.build(text)).toEqual([[], 'TypeError']);
});
