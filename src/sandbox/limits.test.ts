import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { systemClock } from '../system/clock.ts';
import { createSandboxRig, failureOf, type SandboxRig } from '../testing/sandbox.ts';

let rig: SandboxRig;
/** Meets no limit of time before the one that a test is about. */
let patient: SandboxRig;
beforeAll(() => {
  rig = createSandboxRig();
  patient = createSandboxRig({ limits: { sliceMs: 20_000 } });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await patient[Symbol.asyncDispose]();
});

/** A verb that is inside a host call until it is told to go on. */
function neighbour() {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<Json>();
  const host = () => {
    reached.resolve();
    return goOn.promise;
  };
  const end = rig.build('export const build = async (ctx) => [await ctx.run("slow"), await ctx.run("again")]', {
    host,
  });
  return { reached: reached.promise, goOn: goOn.resolve, end };
}

/** What the interrupt handler of the engine stops. */
const INTERRUPTED: [string, string][] = [
  ['a loop', 'for (;;) {}'],
  ['a loop that catches everything', 'for (;;) { try { for (;;) {} } catch {} }'],
  ['a loop after an await', 'await null; for (;;) {}'],
  ['a regular expression', '/^(a+)+$/.test("a".repeat(40) + "b")'],
  ['a flood of promises', 'const f = () => Promise.resolve().then(f); await f()'],
  ['a flood of thenables', 'await { then(r) { r(this) } }'],
  ['a flood of log messages', 'for (;;) ctx.log.debug("x")'],
  ['a getter in the result', 'return { get a() { for (;;) {} } }'],
];

test.each(INTERRUPTED)('%s is stopped by the slice', async (_, body) => {
  const failure = await failureOf(rig.build(`export async function build(ctx) {\n  ${body}\n}`, { host: () => null }));
  expect(failure).toMatchObject({
    code: 'SANDBOX_LIMIT',
    message: '"build" computed for more than 0.2 s without waiting for ctx',
    location: { file: expect.stringMatching(/recipe\.js$/) },
  });
});

test('a stopped loop tells the line it was in', async () => {
  const text = 'export function build() {\n  let n = 0;\n  for (;;) {\n    n += Math.sqrt(n);\n  }\n}';
  const failure = await failureOf(rig.build(text));
  expect(failure.location?.line).toBe(4);
});

test.each([
  ['many arrays', 'const a = []; for (;;) a.push(new Array(10000).fill("x"))', 'needs more than 64 MB of memory'],
  ['typed arrays', 'const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))', 'needs more than 64 MB of memory'],
  ['one large string', 'return "x".repeat(1 << 29)', 'needs more than 64 MB of memory'],
  ['a large result', 'return Array.from({ length: 40 }, () => "x".repeat(1 << 20))', 'needs more than 64 MB of memory'],
  ['a flood of promises', 'const f = () => Promise.resolve().then(f); await f()', 'needs more than 64 MB of memory'],
  [
    'promises that wait for themselves',
    'let a = Promise.resolve(); for (;;) a = a.then(() => a)',
    'needs more than 64 MB of memory',
  ],
  ['recursion', 'const f = () => f() + 1; f()', 'recurses too deeply'],
  ['deep data', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a', 'recurses too deeply'],
])('%s meet the limit of memory or stack', async (_, body, message) => {
  const failure = await failureOf(patient.build(`export async function build() {\n  ${body}\n}`));
  expect(failure).toMatchObject({ code: 'SANDBOX_LIMIT', message: `"build" ${message}` });
});

test('an evaluation after one that filled the memory is judged by itself', async () => {
  await using one = createSandboxRig({ workers: 1 });
  for (const [body, code] of [
    ['const a = []; try { for (;;) a.push([]) } catch {} throw null', 'SANDBOX_LIMIT'],
    ['throw null', 'RECIPE_THREW'],
    ['await new Promise(() => {})', 'NEVER_SETTLES'],
  ]) {
    expect(await failureOf(one.build(`export async function build() { ${body} }`))).toMatchObject({ code });
  }
});

/** What no interrupt handler sees: only the end of the thread helps. */
const NATIVE: [string, string][] = [
  ['a join of nothing', 'new Array(1e9) + ""'],
  ['a quadratic search', 'const s = "a".repeat(1e6); for (let i = 0; i < 50; i++) s.indexOf("a".repeat(5e5) + "b")'],
  ['a sparse reverse', 'const a = []; a[4e9] = 1; a.reverse()'],
];

test.each(NATIVE)('%s is ended by the watchdog, and a neighbour in a host call finishes', async (_, body) => {
  const other = neighbour();
  await other.reached;
  const failure = await failureOf(rig.build(`export function build() { ${body} }`));
  expect(failure).toMatchObject({ code: 'SANDBOX_LIMIT', message: expect.stringContaining('"build" was stopped') });
  other.goOn('done');
  expect(await other.end).toEqual(['done', 'done']);
});

test('pure work beside an offender is repeated, and the offender alone fails', async () => {
  const good = Array.from({ length: 20 }, (_, n) => rig.sandbox.describe(rig.module(`export const n = ${n}`)));
  const loop = failureOf(rig.sandbox.describe(rig.module('for (;;) {}')));
  const native = failureOf(rig.sandbox.describe(rig.module('new Array(1e9) + ""')));
  const more = Array.from({ length: 20 }, (_, n) => rig.sandbox.describe(rig.module(`export const n = ${20 + n}`)));
  const results = await Promise.all([...good, ...more]);
  expect(results.map(({ exports }) => exports.n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  expect(await loop).toMatchObject({ code: 'SANDBOX_LIMIT', message: expect.stringContaining('"recipe.js" computed') });
  expect(await native).toMatchObject({
    code: 'SANDBOX_LIMIT',
    message: expect.stringContaining('"recipe.js" was stopped'),
  });
});

test('a loop whose function has a name like a million frames does not stop what is evaluated beside it', async () => {
  const name = '["a", " (".repeat(400000), ":1".repeat(400000), "z\\nz"].join("")';
  const text = `function f() { for (;;) {} } Object.defineProperty(f, 'name', { value: ${name} }); f();`;
  const hostile = failureOf(rig.sandbox.describe(rig.module(text)));
  const other = rig.sandbox.describe(rig.module('export const n = 1'));
  expect(await hostile).toMatchObject({ code: 'SANDBOX_LIMIT', message: expect.stringContaining('computed for') });
  expect((await other).exports).toEqual({ n: 1 });
});

test('a cancel ends pure work in the middle of a loop, and what waits behind it', async () => {
  const cancel = new AbortController();
  await using cancelled = createSandboxRig({ limits: { sliceMs: 60_000, graceMs: 60_000 }, signal: cancel.signal });
  const ends = ['for (;;) {}', 'export const n = 1'].map((text) =>
    failureOf(cancelled.sandbox.describe(cancelled.module(text))),
  );
  await systemClock.sleep(100);
  cancel.abort(new Error('stop'));
  expect(await Promise.all(ends)).toMatchObject([{ message: 'stop' }, { message: 'stop' }]);
  expect(await failureOf(cancelled.sandbox.describe(cancelled.module('')))).toMatchObject({ message: 'stop' });
});

test('waiting for the host is not computing', async () => {
  const host = () => systemClock.sleep(700).then(() => 1);
  expect(await rig.build('export const build = (ctx) => ctx.run("sleep")', { host })).toBe(1);
});

test('each answer of the host begins a new slice', async () => {
  const text = `const work = () => { let n = 0; for (let i = 0; i < 3e5; i++) n += i; };
    export async function build(ctx) { for (let i = 0; i < 30; i++) { work(); await ctx.run("x"); } return "done" }`;
  expect(await rig.build(text)).toBe('done');
});

test('a worker serves the next verb after a clean one and after a stopped one', async () => {
  await using one = createSandboxRig({ workers: 1 });
  for (const body of ['return 1', 'for (;;) {}', 'return 1', 'new Array(1e9) + ""', 'return 1']) {
    const end = one.build(`export function build() { ${body} }`);
    if (body === 'return 1') expect(await end).toBe(1);
    else expect(await failureOf(end)).toMatchObject({ code: 'SANDBOX_LIMIT' });
  }
});

test('no more verbs are live than there are workers, and the longest waiting comes first', async () => {
  await using two = createSandboxRig({ workers: 2 });
  const order: number[] = [];
  const live: (() => void)[] = [];
  const host = (_: string, [n]: Json[]) => {
    order.push(n as number);
    return new Promise<undefined>((resolve) => live.push(() => resolve(undefined)));
  };
  const ends = [0, 1, 2, 3, 4].map((n) => two.build(`export const build = (ctx) => ctx.run(${n})`, { host }));
  for (let done = 0; done < 5; done++) {
    // Two that begin at the same time may do so in any order: the next place is free when both are there.
    while (order.length < Math.min(done + 2, 5)) await systemClock.sleep(5);
    expect(order.length - done).toBeLessThanOrEqual(2);
    live.shift()?.();
  }
  await Promise.all(ends);
  expect(order.filter((n) => n > 1)).toEqual([2, 3, 4]);
});

test('a cancel ends a verb that waits, one that computes, and one that queues', async () => {
  await using one = createSandboxRig({ workers: 1, limits: { sliceMs: 20_000 } });
  for (const body of ['return ctx.run("x")', 'await ctx.run("x"); for (;;) {}']) {
    const cancel = new AbortController();
    const called = Promise.withResolvers<void>();
    const host = (_: string, __: Json[], signal: AbortSignal) => {
      called.resolve();
      if (body.includes('for')) return null;
      return new Promise<Json>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    };
    const running = failureOf(
      one.build(`export async function build(ctx) { ${body} }`, { host, signal: cancel.signal }),
    );
    const queued = failureOf(one.build('export const build = () => 1', { signal: cancel.signal }));
    await called.promise;
    cancel.abort(new Error('stop'));
    expect(await running).toMatchObject({ message: 'stop' });
    expect(await queued).toMatchObject({ message: 'stop' });
  }
  expect(await one.build('export const build = () => 1')).toBe(1);
});
