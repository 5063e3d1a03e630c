// What a recipe asks or tells faster than the host can serve it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { createSandboxRig, failureOf, type SandboxRig } from '../testing/sandbox.ts';
import { host, inBuild } from './testing/hostile.ts';

let rig: SandboxRig;
beforeAll(() => {
  rig = createSandboxRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

const run = (text: string) => rig.build(text, { host });

test('thousands of calls at once are all served, few at a time', async () => {
  let live = 0;
  let most = 0;
  const slow = async () => {
    most = Math.max(most, ++live);
    await new Promise((resolve) => setImmediate(resolve));
    live -= 1;
    return 1;
  };
  const text = inBuild(
    'let n = 0; for (let i = 0; i < 10; i++) n += (await Promise.all(Array.from({ length: 500 }, () => ctx.read("a")))).length; return n',
  );
  expect(await rig.build(text, { host: slow })).toBe(5000);
  expect(most).toBe(32);
});

test.each([
  ['calls', 'for (;;) ctx.write("a", s)'],
  ['logs', 'for (;;) { try { ctx.log.info(s) } catch {} }'],
])('a flood of %s with long texts ends before it fills the memory of the host', async (_, body) => {
  await using small = createSandboxRig({ limits: { memoryMb: 32, sliceMs: 20_000, graceMs: 20_000 } });
  let told = 0;
  const count = async (_: string, args: Json[]) => {
    told += JSON.stringify(args).length;
    return null;
  };
  const failure = await failureOf(small.build(inBuild(`const s = 'x'.repeat(1e6); ${body}`), { host: count }));
  expect(failure).toMatchObject({ code: 'SANDBOX_LIMIT', message: '"build" needs more than 32 MB of memory' });
  expect(told).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(await small.build(inBuild('return 1'))).toBe(1);
});

test('an error with a text of megabytes is told in few words', async () => {
  const failure = await failureOf(
    run(inBuild('throw Object.assign(new Error("x".repeat(2e6)), { name: "N".repeat(2e6) })')),
  );
  expect(failure).toMatchObject({ code: 'RECIPE_THREW' });
  expect(failure.message.length).toBeLessThan(10_000);
});

test('a member with a name of megabytes is refused, and no nearest name is looked for', async () => {
  const failure = await failureOf(run(inBuild('ctx["x".repeat(2e6)]')));
  expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
});
