// The `check` of a user-managed package or of a setup pair: a script that exits 0, or a function that answers true.
import { Problems } from '../model/problems.ts';
import type { Verb } from '../model/verb.ts';
import { type Call, type CallPhase, withCall } from './call.ts';
import { inLane } from './lane.ts';
import { loadedOf, type Package } from './package.ts';
import { runScript } from './script.ts';
import { callVerb } from './verbs.ts';
import type { Run } from './world.ts';

export type CheckTime = 'pre-lock' | 'post-lock' | 'final';

/** Asks the recipe's own check, and tells what it answered. */
export async function runCheck(pkg: Package, run: Run, when: CheckTime): Promise<boolean> {
  const { check } = loadedOf(pkg).recipe;
  if (check === undefined) throw new Error(`${pkg.label} has no check`);
  const result = await answer(check, 'check', { pkg, run, phase: 'check' });
  run.world.emit({ type: 'check.finished', package: pkg.label, when, result });
  return result;
}

/** Asks one check. Any status but 0 of a script is false; anything but a boolean of a function is an error. */
export async function answer(
  check: Verb,
  name: string,
  at: { pkg: Package; run: Run; phase: CallPhase },
): Promise<boolean> {
  const { pkg, run, phase } = at;
  const ask = async (call: Call): Promise<boolean> => {
    if (check.form === 'shell') return (await runScript(check.script, call)).exitCode === 0;
    const result = await callVerb(check, name, call);
    if (typeof result === 'boolean') return result;
    const message = `The ${name} of ${pkg.label} answered ${JSON.stringify(result ?? null)}, expected true or false`;
    const { file } = loadedOf(pkg).recipe;
    const hint = 'Return whether the package is there';
    throw new Problems([{ code: 'INVALID_RESULT', message, file, path: check.path, hint }]);
  };
  return inLane('cpu', pkg, run, () => withCall(pkg, run, phase, ask));
}
