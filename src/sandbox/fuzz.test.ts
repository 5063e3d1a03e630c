// Programs made by chance, run against the sandbox: whatever they do, the host goes on, and the next verb is right.
// `GALLEY_TEST_SEED` repeats a run.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../../functional_tests/rig/chance.ts';
import { rounds } from '../../functional_tests/rig/rounds.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { createSandboxRig, type SandboxRig } from '../testing/sandbox.ts';
import { hostileProgram } from './testing/grammar.ts';
import { inBuild, PROBE, PROBED, host as probeHost } from './testing/hostile.ts';

let rig: SandboxRig;
beforeAll(() => {
  // One worker: the next verb comes into the thread of the last.
  rig = createSandboxRig({ workers: 1, limits: { sliceMs: 100, graceMs: 300, memoryMb: 32 } });
});
afterAll(() => rig[Symbol.asyncDispose]());

const EXPECTED = new Set([
  ...['SANDBOX_LIMIT', 'RECIPE_THREW', 'NEVER_SETTLES', 'UNAWAITED_CALL', 'INVALID_ARGUMENT', 'INVALID_RESULT'],
  ...['COMMAND_FAILED', 'MODULE_THREW', 'MODULE_SYNTAX', 'IMPORT_REFUSED'],
]);
/** A slice, the watchdog and a busy machine; a program has a new slice for each answer it awaits. */
const LONGEST_MS = 30_000;
const MOST_MB = 600;

const ANSWERS: (Json | undefined)[] = [
  undefined,
  null,
  'text',
  { exit_code: 0, stdout: 'x\0\ud800' },
  [1, [2]],
  -0,
  true,
];

/** Answers by chance, at once or later, and fails at times. */
function hostBy(chance: Chance) {
  return async (_: string, args: Json[]): Promise<Json | undefined> => {
    // What came is plain JSON: a second journey changes nothing.
    expect(JSON.parse(JSON.stringify(args))).toEqual(args);
    if (chance.below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (args[0] === 'fail' || chance.below(10) === 0)
      throw new Failure('COMMAND_FAILED', 'no', { facts: { exit_code: 2, stdout: 'o' } });
    return ANSWERS[chance.below(ANSWERS.length)];
  };
}

async function endOf(text: string, chance: Chance): Promise<string> {
  try {
    const value = await rig.build(text, { host: hostBy(chance) });
    if (value !== undefined) expect(JSON.parse(JSON.stringify(value))).toEqual(value);
    return 'a value';
  } catch (error) {
    if (error instanceof Failure && EXPECTED.has(error.code)) return error.code;
    throw new Error(`A program ended with ${error instanceof Failure ? error.code : 'a bug'}: ${error}\n${text}`, {
      cause: error,
    });
  }
}

test('no program harms the host or the next verb', async () => {
  const chance = new Chance();
  const many = rounds(150, 12_000);
  const ends: Record<string, number> = {};
  let slowestMs = 0;
  let mostMb = 0;
  process.stdout.write(`hostile programs: seed ${chance.seed}\n`);
  for (let round = 1; round <= many; round++) {
    const text = hostileProgram(chance);
    const begunMs = performance.now();
    const end = await endOf(text, chance);
    const tookMs = performance.now() - begunMs;
    expect(tookMs, text).toBeLessThan(LONGEST_MS);
    expect(await rig.build(inBuild(PROBE), { host: probeHost }), `after ${text}`).toEqual(PROBED);
    ends[end] = (ends[end] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, tookMs);
    mostMb = Math.max(mostMb, process.memoryUsage().rss / 1e6);
    if (round % 1000 === 0 || round === many)
      process.stdout.write(
        `${round}: ${JSON.stringify(ends)}, slowest ${Math.round(slowestMs)} ms, ${Math.round(mostMb)} MB\n`,
      );
  }
  expect(mostMb).toBeLessThan(MOST_MB);
  expect(ends['a value']).toBeGreaterThan(0);
}, 7_200_000);
