// Runs what was placed, here and now: the one proof that it arrived as a program. Knows nothing of where it came from.
import path from 'node:path';
import type { Emit } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import type { OutputResult } from '../model/output.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import { type CommandResult, runCommand } from '../system/process.ts';

/** Long enough for a program that says its version, however cold the disk is. */
const LIMIT_MS = 30_000;
/** What is kept of each stream for the answer; the log has all. */
const MOST_BYTES = 64 * 1024;

export interface TrialOptions {
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** Its output is kept there, one log for each product. */
  logDir: string;
  files: Files;
  clock: Clock;
  emit: Emit;
  signal: AbortSignal;
}

export interface Trial {
  product: string;
  exitStatus: number;
  /** Both streams, the errors last. */
  output: string;
}

/**
 * Undefined for data, which nobody runs.
 *
 * @throws Failure COMMAND_FAILED, COMMAND_TIMEOUT, COMMAND_NOT_FOUND
 */
export async function tryOutput(output: OutputResult, options: TrialOptions): Promise<Trial | undefined> {
  const { product, outputPath } = output;
  const { args, cwd, env, logDir, files, clock, emit, signal } = options;
  if (((await files.stat(outputPath)).mode & 0o111) === 0) return undefined;
  const logFile = path.join(logDir, `${product}.log`);
  await files.ensureDir(logDir);
  await files.removeTree(logFile);
  const argv = [outputPath, ...args];
  const command = { argv, cwd, env, signal, logFile, timeoutMs: LIMIT_MS, capture: { maxBytes: MOST_BYTES } };
  const result = await runCommand(command, clock);
  const { exitCode, stdout, stderr } = result;
  emit({ type: 'output.tried', product, file: outputPath, exitCode, durationMs: Math.round(result.durationMs) });
  if (exitCode !== 0) throw failed(argv, result, logFile);
  return { product, exitStatus: exitCode, output: `${stdout}${stderr}` };
}

function failed(argv: readonly string[], { exitCode, timedOut, tail }: CommandResult, log: string): Failure {
  const facts = { status: exitCode, tail, log };
  const what = `"${argv.join(' ')}"`;
  if (timedOut) return new Failure('COMMAND_TIMEOUT', `${what} did not end within ${LIMIT_MS / 1000} s`, { facts });
  return new Failure('COMMAND_FAILED', `${what} ended with status ${exitCode}`, {
    hint: 'The arguments after "--" are what an output is tried with; without them it is --version',
    facts,
  });
}
