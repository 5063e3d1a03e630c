// What a recipe asks or tells faster than the host can serve it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
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
  expect(failure).toMatchObject({ code: 'SANDBOX_LIMIT', message: expect.stringContaining('more than 32 MB of them') });
  expect(told).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(await small.build(inBuild('return 1'))).toBe(1);
});

test('calls that wait are counted together, however many answers come in between', async () => {
  await using small = createSandboxRig({ limits: { memoryMb: 32 } });
  const text = inBuild(
    'const s = "x".repeat(1e5); const go = () => { for (let i = 0; i < 50; i++) ctx.read(s).then(go, go); }; go(); await new Promise(() => {})',
  );
  const failure = await failureOf(small.build(text, { host: () => null }));
  expect(failure).toMatchObject({
    code: 'SANDBOX_LIMIT',
    message: '"build" makes ctx calls faster than they are served: more than 32 MB of them wait',
    hint: 'Await some of them before the next are made',
    location: { line: 2 },
  });
});

test('what was served and told is counted no more', async () => {
  await using small = createSandboxRig({ limits: { memoryMb: 32 } });
  const text = inBuild(
    'const s = "x".repeat(1e6); for (let i = 0; i < 20; i++) { ctx.log.info(s); await ctx.read(s); } return "done"',
  );
  expect(await small.build(text, { host: async () => null })).toBe('done');
});

test('long answers wait for a verb that computes instead of piling up in front of it', async () => {
  let served = 0;
  const long = async () => {
    served += 1;
    return 'x'.repeat(1e5);
  };
  const text = inBuild(
    'for (let i = 0; i < 400; i++) ctx.read("a").then(() => { for (;;); }); await new Promise(() => {})',
  );
  expect(await failureOf(rig.build(text, { host: long }))).toMatchObject({ code: 'SANDBOX_LIMIT' });
  expect(served).toBeLessThanOrEqual(33);
});

test('a verb that tells more than somebody reads waits, and ends when it is cancelled', async () => {
  const cancel = new AbortController();
  const seen: string[] = [];
  const reached = Promise.withResolvers<void>();
  const standStill = (method: string, _: Json[], signal: AbortSignal) => {
    seen.push(method);
    if (method !== 'log') return null;
    reached.resolve();
    return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const text = inBuild('for (;;) { ctx.log.info("a"); ctx.log.info("b"); await ctx.read("x"); }');
  const running = failureOf(rig.build(text, { host: standStill, signal: cancel.signal }));
  await reached.promise;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen).toEqual(['log']);
  cancel.abort(new Error('stop'));
  expect(await running).toMatchObject({ message: 'stop' });
  expect(seen).toEqual(['log']);
});

test('of failures that a verb goes on after, so many are kept, and of their outputs the end', async () => {
  const fail = async (method: string) => {
    if (method === 'read') throw new Failure('COMMAND_FAILED', 'first', { facts: { stdout: 'x'.repeat(1e5) } });
    throw new Failure('COMMAND_FAILED', 'later');
  };
  const after = (failures: number) =>
    inBuild(`
    let kept; await ctx.read('a').catch((error) => { kept = error; });
    for (let i = 0; i < ${failures}; i++) await ctx.run('b').catch(() => {});
    throw kept;`);
  const first = await failureOf(rig.build(after(10), { host: fail }));
  expect([first.message, String(first.facts.stdout).length]).toEqual(['first', 16_385]);
  expect(await failureOf(rig.build(after(4096), { host: fail }))).toMatchObject({
    code: 'RECIPE_THREW',
    message: expect.stringContaining('more than 4096 have failed after that'),
  });
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
