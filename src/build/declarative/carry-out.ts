// Does what a plan says, step by step. The commands run without a shell, so the project's default shell is nothing to
// them.

import path from 'node:path';
import type { Call } from '../call.ts';
import { formatCommand } from '../quote.ts';
import { demandSuccess, execute } from '../script.ts';
import { linkIfThere, placePrograms, unwrap } from './placing.ts';
import type { Step } from './plan.ts';

/** @throws Failure of the first step that fails */
export async function carryOut(steps: readonly Step[], call: Call): Promise<void> {
  for (const step of steps) await doStep(step, call);
}

async function doStep(step: Step, call: Call): Promise<void> {
  switch (step.form) {
    case 'command': {
      const { argv, cwd, env } = step;
      const result = await execute({ argv, script: formatCommand(argv) }, call, { cwd, env });
      return demandSuccess(result, nameOf(argv), call);
    }
    case 'unwrap':
      return unwrap(step.destDir, call);
    case 'programs':
      return placePrograms(step.fromDir, call);
    case 'link':
      return linkIfThere(step, call);
  }
}

/** What people call a command: `cmake --build`, `cargo build`, `configure`. */
function nameOf([program = '', first = '']: readonly string[]): string {
  const name = path.basename(program);
  return /^(--)?[a-z]+$/.test(first) ? `${name} ${first}` : name;
}
