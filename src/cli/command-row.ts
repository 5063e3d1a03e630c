// What is said of one command: its arguments, flags and examples, and where its code is.
import type { Run } from './answer.ts';

export interface CommandRow {
  /** Heading in the help of galley, for this command and those after it. */
  begins?: string;
  /** Two words for a command of a group: `cache info`. */
  name: string;
  summary: string;
  /** `<required>`, `[optional]`, with `...` for several. */
  arguments: readonly ArgumentRow[];
  flags: readonly FlagRow[];
  examples: readonly { command: string; meaning: string }[];
  /** Everything after the first argument belongs to somebody else. */
  passThrough?: true;
  /** What follows `--` is for the program that the command starts. */
  hasRest?: true;
  /** Its events are those of another run, and keep their time: of itself it tells nothing. */
  retells?: true;
  load(): Promise<{ run: Run }>;
}

export interface ArgumentRow {
  name: string;
  meaning: string;
  /** All that it can be. */
  choices?: readonly string[];
}

export interface FlagRow {
  /** `--path`, or `--recipe <identity>` with a value. */
  flag: string;
  meaning: string;
  /** May be given several times; all values count. */
  repeats?: true;
}

export const JSON_FLAG: FlagRow = { flag: '--json', meaning: 'Print the result as JSON' };
