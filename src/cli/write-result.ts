// A result that goes to stdout, or whole into a file that somebody names.
import path from 'node:path';
import type { Services } from '../build/services.ts';
import type { Answer, Options } from './answer.ts';
import { flagText } from './flags.ts';

/** @param text without its last line break */
export async function writeResult(
  text: string,
  { flags, settings }: Pick<Options, 'flags' | 'settings'>,
  { files, cwd, emit }: Services,
): Promise<Answer> {
  const output = flagText(flags, 'output');
  if (output === undefined) return { status: 0, stdout: text };
  const file = path.resolve(cwd, output);
  if (settings.dryRun) emit({ type: 'log.message', level: 'info', text: `Would write ${file}` });
  else await files.writeAtomic(file, `${text}\n`);
  return { status: 0 };
}
