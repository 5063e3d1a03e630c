// Asks a program that a person has configured, such as a helper for credentials, and answers what it prints. Neither its
// answer nor what it is told is shown to anybody.
import { Failure } from '../model/failure.ts';
import type { Clock } from '../system/clock.ts';
import { runProgram } from '../system/program.ts';
import { stripControl } from '../system/terminal.ts';

export interface Question {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin?: string;
  signal: AbortSignal;
}

/** Credentials are short; beyond this it is something else. */
const MOST_BYTES = 1024 * 1024;

/** @throws Failure FETCH_FAILED with what the program complains of, COMMAND_NOT_FOUND */
export async function askProgram({ argv, env, ...how }: Question, clock: Clock): Promise<string> {
  const name = argv[0] ?? '';
  const explain = ({ exitCode, complaint }: { exitCode: number; complaint: string }) => {
    const said = stripControl(complaint).trim().split('\n').at(-1) ?? '';
    const message = `Cannot get credentials: "${name}" ended with status ${exitCode}${said === '' ? '' : ` (${said})`}`;
    return new Failure('FETCH_FAILED', message, { hint: 'Run it by hand to see more' });
  };
  const given = Object.entries(env).filter(([, value]) => value !== undefined);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of runProgram(
    { ...how, argv, env: Object.fromEntries(given) as Record<string, string>, explain },
    clock,
  )) {
    sizeBytes += chunk.length;
    if (sizeBytes > MOST_BYTES) throw new Failure('FETCH_FAILED', `Cannot get credentials: "${name}" says too much`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
