// What help says beyond the tables.
import type { CommandRow } from './command-row.ts';

export const PROGRAM_SUMMARY = 'Cooks recipes into binaries, and ships the binaries';

export const NO_COMMAND = `
Examples:
  $ galley init                   Start a project here
  $ galley sync                   Make everything galley.js wants
  $ galley run cc --version       Use what was made

Every option above can follow any command, and is also read from GALLEY_<OPTION> and from settings files.`;

export function examplesOf({ examples }: Pick<CommandRow, 'examples'>): string {
  const width = Math.max(...examples.map(({ command }) => command.length));
  const lines = examples.map(({ command, meaning }) => `  $ ${command.padEnd(width)}  ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}\n\nThe options of "galley --help" work here too.`;
}
