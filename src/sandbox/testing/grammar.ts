// A small grammar of hostile programs: each is a verb made of poison, calls, strange values and ways to go on for ever.
import type { Chance } from '../../../functional_tests/rig/chance.ts';
import { ENDS, NAMES, REPLACE_ALL, VALUES } from './hostile.ts';

/** Deeper programs are only longer. */
const DEPTH = 4;
const METHODS = ['run', 'read', 'write', 'log.info', 'log.error', 'nope', 'path.join', 'template', 'fetch', 'exists'];

/** Expressions without parts. */
const ATOMS = [
  ...[
    '1',
    '-0',
    'NaN',
    '1e400',
    '7n',
    'null',
    'undefined',
    'true',
    '"x"',
    '"fail"',
    '"\\ud800"',
    '"a\\0b"',
    'ctx',
    'Symbol("s")',
  ],
  ...[
    '() => 1',
    'async () => { throw 1 }',
    'function* () { for (;;) yield 1 }',
    'class { static x = 1 }',
    'globalThis',
  ],
  ...['new Map([[1, 2]])', 'new Error("e")', '/(a+)+$/', 'new Uint8Array(9)', 'new Proxy({}, {})', 'new Proxy([], {})'],
  ...[
    'Promise.reject(1)',
    'Promise.resolve(2)',
    'new Promise(() => {})',
    'Object.create(null)',
    'Object.create({ a: 1 })',
  ],
  ...[
    '"y".repeat(1e6)',
    'new Array(1e5)',
    'Array.from({ length: 1000 }, () => [])',
    'deep(50)',
    'deep(1e5)',
    'JSON',
    'kept',
  ],
  ...[
    'JSON.parse(\'{"__proto__":{"then":1}}\')',
    '(() => { const o = {}; o.o = o; return o })()',
    'revoked()',
    'import.meta',
  ],
  'new Proxy({}, { get() { throw 1 }, ownKeys() { return kept ?? ["a"] }, has() { return true } })',
  'new Proxy(() => 1, { apply() { return ctx.run("x") }, get(t, k) { return k === "then" ? undefined : t } })',
];

/** What goes on until somebody ends it. */
const ENDLESS = [
  ...['for (;;);', 'for (;;) { try { throw 1 } catch {} }', 'for (const x of (function* () { for (;;) yield 1 })());'],
  ...['const g = () => Promise.resolve().then(g); await g();', '/^(a+)+$/.test("a".repeat(40) + "b");'],
  ...['const a = []; for (;;) a.push(new Array(1e4).fill(1));', 'const f = (n) => f(n + 1) + 1; f(0);'],
  ...['for (;;) ctx.log.info("x");', 'for (;;) ctx.read("a").catch(() => {});', 'new Array(1e9) + "";'],
  ...['await { then(r) { r(this) } };', 'await new Promise(() => {});', 'let s = "x"; for (;;) s += s;'],
  'for await (const x of (async function* () { for (;;) yield 1 })());',
];

const POISON = [
  ...NAMES.flatMap((name) => VALUES.map((value) => `Object.prototype[${JSON.stringify(name)}] = ${value};`)),
  ...['Object', 'Array', 'Function', 'Promise', 'String', 'JSON', 'Error', 'Symbol'].map(
    (holder) => `try { globalThis.${holder} = ${holder === 'JSON' ? 'null' : '() => { throw 3 }'} } catch {}`,
  ),
  'Promise.prototype.constructor = function () { throw 4 };',
  'Promise.prototype.then = (r) => r(5);',
  'Object.prototype.then = function (r) { delete Object.prototype.then; r(6) };',
  'Array.prototype[Symbol.iterator] = function* () { yield ctx; };',
  'Function.prototype[Symbol.hasInstance] = () => true;',
  'Object.defineProperty(Object.prototype, "__proto__", { get() { throw 7 }, set() { throw 8 } });',
  'Error.prototype.toString = () => ({}); Error.prototype.name = Symbol("n");',
  'String.prototype.concat = () => "{"; Number.prototype.toString = () => ctx;',
  '{ const d = Object.getOwnPropertyDescriptors; for (const k of Reflect.ownKeys(Reflect)) Reflect[k] = () => ctx; }',
  `{ ${REPLACE_ALL} replaceAll(); }`,
];

const WHOLE = Object.values(ENDS).map(([body]) => body);

/** The text of a module that exports `build`. */
export function hostileProgram(chance: Chance): string {
  const pick = <T>(list: readonly T[]): T => list[chance.below(list.length)] as T;
  const times = (most: number, make: () => string, between: string): string =>
    Array.from({ length: 1 + chance.below(most) }, make).join(between);

  /** Inside a getter nobody waits. */
  const atOnce = (text: string) => text.replaceAll('await ', '');

  function value(depth: number): string {
    if (depth <= 0 || chance.below(3) === 0) return `(${pick(ATOMS)})`;
    const part = () => value(depth - 1);
    const forms = [
      () => `[${times(3, part, ', ')}]`,
      () => `{ a: ${part()}, ${JSON.stringify(pick(NAMES))}: ${part()} }`,
      () => `{ get a() { ${atOnce(`${statement(depth - 1)} return ${part()}`)} } }`,
      () =>
        `{ then(r, j) { ${pick(['r', 'j', 'r(1); r'])}(${atOnce(part())}); ${pick(['', 'throw 9;', 'r(this);'])} } }`,
      () =>
        `{ toJSON() { return ${atOnce(part())} }, [Symbol.toPrimitive]() { return ${part()} }, valueOf: ${part()} }`,
      () => `await (${part()})`,
      () => call(depth - 1),
      () => `eval(${JSON.stringify(`(${pick(ATOMS)})`)})`,
      () => `(() => { try { return ${pick(ATOMS)} } finally { ${pick(POISON)} } })()`,
    ];
    return `(${pick(forms)()})`;
  }

  function call(depth: number): string {
    const args = times(3, () => value(depth - 1), ', ');
    return `${pick(['', 'await '])}ctx.${pick(METHODS)}(${args})`;
  }

  function statement(depth: number): string {
    if (depth <= 0) return pick(POISON);
    const inner = () => statement(depth - 1);
    const forms = [
      () => pick(POISON),
      () => `${call(depth)};`,
      () => `kept = ${value(depth - 1)};`,
      () => `try { ${inner()} } catch (error) { kept = error; ${inner()} }`,
      () => `Promise.resolve(${value(depth - 1)}).then(() => { kept = 1 }, (error) => { kept = error });`,
      () => `await Promise.${pick(['all', 'race', 'allSettled', 'any'])}([${times(3, () => value(depth - 1), ', ')}]);`,
      () => `for (let i = 0; i < ${pick(['2', '200'])}; i++) { ${inner()} }`,
      () => `if (kept) { ${inner()} }`,
      () => `throw ${value(depth - 1)};`,
      () => `return ${value(depth - 1)};`,
      () => `throw Object.assign(kept ?? {}, { ${pick(NAMES)}: ${value(0)} });`,
    ];
    return pick(forms)();
  }

  const rest = () => (chance.below(12) === 0 ? pick(ENDLESS) : chance.below(10) === 0 ? `{ ${pick(WHOLE)} }` : '');
  return `${chance.below(4) === 0 ? pick(POISON).replaceAll('ctx', '1') : ''}
let kept;
const deep = (n) => { let a = 1; for (let i = 0; i < n; i++) a = i % 2 ? [a] : { a }; return a; };
const revoked = () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; };
export async function build(ctx) {
  ${times(5, () => statement(DEPTH), '\n  ')}
  ${rest()}
  return ${value(2)};
}`;
}
