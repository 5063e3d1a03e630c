// `galley completion <shell>`: text that makes a shell complete command lines of galley. Knows no project: the names of
// one are asked for at each key press (cli/complete).
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import { formatSuggestion } from '../../model/suggest.ts';
import type { Run } from '../answer.ts';
import { COMPLETED_SHELLS } from '../complete/shells.ts';

/** What each calls the files of its language. */
const EXTENSIONS: Readonly<Record<(typeof COMPLETED_SHELLS)[number], string>> = {
  ...{ bash: 'bash', zsh: 'zsh', fish: 'fish', powershell: 'ps1' },
};

export const run: Run = async ({ files, runtimeDir }, { args: [name = ''] }) => {
  const shell = COMPLETED_SHELLS.find((known) => known === name);
  if (shell === undefined) {
    throw new Failure('USAGE', `Cannot complete in a shell "${name}": ${formatSuggestion(name, COMPLETED_SHELLS)}`);
  }
  const text = await files.readText(path.join(runtimeDir, 'shell', `complete.${EXTENSIONS[shell]}`));
  return { status: 0, stdout: text.trimEnd() };
};
