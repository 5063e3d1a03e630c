// Asks a program that a person has configured, such as a helper for credentials, and answers what it prints. Neither its
// answer nor what it is told is shown to anybody.
import { Failure, isFailure } from '../model/failure.ts';
import type { Clock } from '../system/clock.ts';
import { runProgram } from '../system/program.ts';
import { stripControl } from '../system/terminal.ts';

export interface Question {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin?: string;
  /** What it prints when it has no answer, with a status other than 0. */
  nothing?: RegExp;
  signal: AbortSignal;
}

/** Not the project: a name with a slash in it must not find a program of somebody else's there. */
const NOWHERE = '/';
/** Credentials are short; beyond this it is something else. */
const MOST_BYTES = 1024 * 1024;

/**
 * Undefined when the program has nothing.
 *
 * @throws Failure FETCH_FAILED with what the program complains of, COMMAND_NOT_FOUND
 */
export async function askProgram(question: Question, clock: Clock): Promise<string | undefined> {
  const { argv, env: given, nothing, ...how } = question;
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const explain = (end: { exitCode: number; complaint: string }) => failed(argv[0] ?? '', end);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of runProgram(
      { ...how, argv, cwd: NOWHERE, env: env as Record<string, string>, explain },
      clock,
    )) {
      sizeBytes += chunk.length;
      if (sizeBytes > MOST_BYTES)
        throw new Failure('FETCH_FAILED', `Cannot get credentials: "${argv[0]}" says too much`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (isFailure(error, 'FETCH_FAILED') && nothing?.test(Buffer.concat(chunks).toString())) return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString();
}

function failed(name: string, { exitCode, complaint }: { exitCode: number; complaint: string }): Failure {
  const said = stripControl(complaint).trim().split('\n').at(-1) ?? '';
  const message = `Cannot get credentials: "${name}" ended with status ${exitCode}${said === '' ? '' : ` (${said})`}`;
  return new Failure('FETCH_FAILED', message, { hint: 'Run it by hand to see more' });
}
