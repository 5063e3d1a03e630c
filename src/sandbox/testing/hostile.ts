// Programs that attack the bridge, in pieces: the attacks name them one by one, the fuzzer combines them.
import { Failure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';

/** A host that answers, and fails where it is asked to. */
export const host = async (method: string, args: Json[]): Promise<Json | undefined> => {
  if (args[0] === 'fail') throw new Failure('COMMAND_FAILED', 'no', { facts: { exit_code: 2 } });
  return method === 'run' ? { exit_code: 0, stdout: 'out' } : undefined;
};
export const inBuild = (body: string): string => `export async function build(ctx) {\n  ${body}\n}`;
/** Uses all of the bridge and as little of the language as can be: what it answers must not depend on any poison. */
export const PROBE = `
  const seen = { __proto__: null };
  seen.answer = await ctx.run('x', { env: { A: '1' } });
  try { await ctx.read('fail'); } catch (error) { seen.failed = [error.code, error.exit_code]; }
  try { ctx.nope; } catch (error) { seen.refused = error.code; }
  try { await ctx.write(() => 1); } catch (error) { seen.unfit = error.code; }
  ctx.log.info('hi');
  seen.data = [1, 'x', { y: null }];
  return seen;`;
export const PROBED = {
  answer: { exit_code: 0, stdout: 'out' },
  failed: ['COMMAND_FAILED', 2],
  refused: 'INVALID_ARGUMENT',
  unfit: 'INVALID_ARGUMENT',
  data: [1, 'x', { y: null }],
};

/** Every name that the prelude, the engine or the host reads of an object that could lack it. */
export const NAMES = [
  ...['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'toJSON', 'length', 'name', 'message', 'stack'],
  ...['code', 'call', 'choice', 'parent', 'key', 'found', 'path', 'args', 'context', 'functions', 'pending'],
  ...['resolve', 'reject', 'facts', 'id', 'form', 'text', 'species', 'ownKeys', 'has', '0', '1', 'description'],
];
export const VALUES = ['1', '{}', '() => 1', '[]', '"INTERNAL"'];

const HOLDERS =
  'Object Array Function Promise Map Set WeakMap String Number Boolean RegExp Symbol Error TypeError JSON Reflect Proxy Math Iterator';
/** Replaced while the host waits for nothing, and in the middle of a call: by a getter among its arguments. */
export const REPLACE_ALL = `
  const poison = () => { throw new Error('poisoned'); };
  const own = Reflect.ownKeys, { getOwnPropertyDescriptor, defineProperty } = Object;
  const spared = { __proto__: null, constructor: true, prototype: true };
  const replace = (holder) => {
    if (!holder) return;
    const names = own(holder);
    for (let i = 0; i < names.length; i++) {
      if (spared[names[i]] || !getOwnPropertyDescriptor(holder, names[i])?.configurable) continue;
      defineProperty(holder, names[i], { __proto__: null, configurable: true, writable: true, value: poison });
    }
  };
  const holders = [${HOLDERS.replaceAll(' ', ', ')}];
  const replaceAll = () => {
    for (let i = 0; i < holders.length; i++) { replace(holders[i].prototype); replace(holders[i]); }
  };`;

/** Body of a verb → its value, or the code of its failure. */
export const ENDS: Record<string, [body: string, end: Json]> = {
  'a forged code of all objects': [`Object.prototype.code = 'INTERNAL'; throw new Error('x')`, 'RECIPE_THREW'],
  'a forged call of all objects': ['Object.prototype.call = 99; throw new Error("x")', 'RECIPE_THREW'],
  'a forged suggestion': [
    `Object.prototype.code = 'X'; Object.prototype.choice = { known: 5 }; throw new Error('x')`,
    'RECIPE_THREW',
  ],
  'a message that names what all objects have': [`throw new Error("'constructor' is not defined")`, 'RECIPE_THREW'],
  'a message that names a prototype': [`throw new Error("'__proto__' is not defined")`, 'RECIPE_THREW'],
  'a log of what JSON cannot carry': ['ctx.log.info({ a: 1n }); ctx.log.info(Symbol("s")); return 1', 1],
  'the object by which the bridge refuses': [
    `try { ctx.log.info({ a: 1n }) } catch (error) { error.path = 'no JSON'; throw error } return 1`,
    1,
  ],
  'a replaced then of all promises': [
    `Promise.prototype.then = function () { return this }; return (await ctx.run('x')).stdout`,
    'out',
  ],
  'the class of calls': [
    `const call = ctx.run('x'); const C = call.constructor; await call;
     return [Object.isFrozen(C), Object.isFrozen(C.prototype), 'number' in C, Object.keys(call).length]`,
    [true, true, false, 0],
  ],
  'a call that claims to have been heard': [
    `Object.assign(ctx.read('fail'), { heard: true, id: 7 }); await ctx.run('x'); await ctx.run('x'); return 1`,
    'COMMAND_FAILED',
  ],
  'a promise of another class': [
    `const Own = class extends Promise {}; return await new Own((resolve) => resolve(ctx.run('x').then(() => 5)))`,
    5,
  ],
  'a thenable that resolves twice': ['return { then(r, j) { r(1); r(2); j(3); } }', 1],
  'a thenable that throws after it resolved': ['return { then(r) { r(1); throw 2; } }', 1],
  'a thenable that never resolves': ['return { then() {} }', 'NEVER_SETTLES'],
  'a thenable that resolves with itself': ['return { then(r) { r(this); } }', 'SANDBOX_LIMIT'],
  'a promise that resolves with itself': [
    'let r; const p = new Promise((x) => { r = x }); r(p); return p',
    'RECIPE_THREW',
  ],
  'answers that all objects hijack': [
    'Object.prototype.then = function (r) { delete Object.prototype.then; r(6) }; return await ctx.run("x")',
    6,
  ],
  'a generator that never ends': ['function* g() { for (;;) yield 1; } for (const x of g());', 'SANDBOX_LIMIT'],
  'an async generator that never ends': [
    'async function* g() { for (;;) yield 1; } for await (const x of g());',
    'SANDBOX_LIMIT',
  ],
  'a list of a Proxy without end': [
    'return new Proxy([], { get: (_, key) => (key === "length" ? 1e9 : 1) })',
    'SANDBOX_LIMIT',
  ],
  'a Proxy of data': ['return new Proxy({ a: [new Proxy([1], {})] }, {})', { a: [[1]] }],
  'a revoked Proxy': ['const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy', 'RECIPE_THREW'],
  'a thrown revoked Proxy': [
    'const { proxy, revoke } = Proxy.revocable(() => 1, {}); revoke(); throw proxy',
    'RECIPE_THREW',
  ],
  'a toJSON of its own': ['return { a: 1, toJSON() { return 2; } }', 'INVALID_RESULT'],
  'a way to be a primitive': ['return { [Symbol.toPrimitive]: () => 1 }', {}],
  'a species of its own': [
    'class Own extends Array { static get [Symbol.species]() { throw 1 } } return Own.from([1, 2])',
    [1, 2],
  ],
  'names that mean a prototype': [
    `return JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":2}}')`,
    JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":2}}'),
  ],
  'numbers at the edges': [
    'return [-0, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e21, -1e-7]',
    [0, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e21, -1e-7],
  ],
  'not a number': ['return NaN', 'INVALID_RESULT'],
  'a number above all': ['return 1e400', 'INVALID_RESULT'],
  'a bigint': ['return [10n]', 'INVALID_RESULT'],
  'a hole in a list': ['return [1, , 2]', 'INVALID_RESULT'],
  'half a character': [
    String.raw`return { '\ud800': ['\udfff', '\0', '\u2028'] }`,
    { '\ud800': ['\udfff', '\0', '\u2028'] },
  ],
  'data of a hundred thousand levels': [
    'let a = 1; for (let i = 0; i < 1e5; i++) a = { a }; return a',
    'SANDBOX_LIMIT',
  ],
  'an argument of a hundred thousand levels': [
    'let a = 1; for (let i = 0; i < 1e5; i++) a = [a]; await ctx.write("x", a)',
    'SANDBOX_LIMIT',
  ],
  'a text of a hundred thousand levels': [`JSON.parse('['.repeat(1e5) + ']'.repeat(1e5))`, 'RECIPE_THREW'],
  'deep data that is caught': [
    'let a = 1; for (let i = 0; i < 1e5; i++) a = [a]; try { await ctx.write("x", a) } catch {} return (await ctx.run("x")).stdout',
    'out',
  ],
  'recursion through a call': ['const f = (n) => { ctx.log.debug("x"); f(n + 1); }; f(0)', 'SANDBOX_LIMIT'],
  'an error that claims that memory is gone': ['throw new InternalError("out of memory")', 'SANDBOX_LIMIT'],
  'an error with a stack of its own': [
    `throw Object.assign(new Error('x'), { stack: 'at a (' + 'x('.repeat(5000) + ':1'.repeat(5000) })`,
    'RECIPE_THREW',
  ],
  'an error whose name cannot be read': [
    `throw Object.defineProperty(new Error('x'), 'name', { get() { throw 1 } })`,
    'RECIPE_THREW',
  ],
  'an error that looks like a refused import': [
    `throw new Error("Could not find export 'x' in module '/etc/passwd'")`,
    'IMPORT_REFUSED',
  ],
};
