// `galley hook <shell>`: text for the start-up file of a shell. Knows no project, and makes nothing.
import path from 'node:path';
import { rosterDir } from '../../build/roster.ts';
import { Failure } from '../../model/failure.ts';
import { findNearest } from '../../model/suggest.ts';
import type { Run } from '../answer.ts';
import { quoteFor } from '../quote.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const run: Run = async ({ env, files, runtimeDir }, { args: [name = ''], flags }) => {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) throw unknownShell(name);
  const text = await files.readText(path.join(runtimeDir, 'shell', `hook.${shell}`));
  const given = { __galley_roster: rosterDir(env), __galley_sync: flags.sync ? '1' : '' };
  const settings = Object.entries(given).map(([variable, value]) => assign(shell, variable, value));
  return { status: 0, stdout: [...settings, text.trimEnd()].join('\n') };
};

function assign(shell: (typeof SHELLS)[number], name: string, value: string): string {
  return shell === 'fish' ? `set -g ${name} ${quoteFor.fish(value)}` : `${name}=${quoteFor.sh(value)}`;
}

function unknownShell(name: string): Failure {
  const nearest = findNearest(name, SHELLS);
  const hint = nearest ? `Did you mean "${nearest}"?` : `It can be ${SHELLS.join(', ')}`;
  return new Failure('USAGE', `There is no integration for a shell "${name}"`, { hint });
}
