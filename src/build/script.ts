// Runs one script of a recipe in a shell, as events and a log see it.
import path from 'node:path';
import { formatDuration } from '../model/amount.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Shell } from '../model/manifest.ts';
import { type CommandResult, runCommand } from '../system/process.ts';
import type { Call } from './call.ts';
import { commandEnvironment } from './environment.ts';
import { shellArgv, shellFor } from './shell.ts';

export interface ScriptOptions {
  cwd?: string;
  env?: Record<string, string>;
  shell?: Shell;
  stdin?: string;
  timeoutMs?: number;
  /** Keep both streams, each apart; otherwise both go to the log in their exact order. */
  capture?: boolean;
  /** Output is not shown, only logged. */
  quiet?: boolean;
  /** Gets the terminal. */
  interactive?: boolean;
}

/** Of each stream; the log has it all. A recipe has 64 MB for everything, and the text is in there more than once. */
const CAPTURE_BYTES = 4 * 1024 * 1024;

/** A command line, and the words in which events and failures show it. */
export interface CommandLine {
  argv: readonly string[];
  script: string;
}

/** Runs a script to its end; its exit status is the caller's to judge. */
export async function runScript(script: string, call: Call, options: ScriptOptions = {}): Promise<CommandResult> {
  const argv = await shellArgv(options.shell ?? (await shellFor(call.pkg, call.run)), script, call);
  return execute({ argv, script }, call, options);
}

/** Runs a command line as it is, without a shell. */
export async function execute(
  { argv, script }: CommandLine,
  call: Call,
  options: Omit<ScriptOptions, 'shell'> = {},
): Promise<CommandResult> {
  const { pkg, run, phase } = call;
  const { clock, emit } = run.world;
  const id = run.nextCommand();
  const of = phase === 'resolve' || phase === 'test' ? { package: pkg.label, id } : { package: pkg.label, phase, id };
  const cwd = path.resolve(call.cwd, options.cwd ?? '.');
  emit({ type: 'command.started', ...of, script, cwd });
  const result = await runCommand(
    {
      argv,
      cwd,
      env: commandEnvironment(call, options.env),
      signal: call.signal,
      hold: (target) => call.holdCommand(target),
      logFile: call.logFile,
      isLagging: run.world.isLagging,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(options.capture ? { capture: { maxBytes: CAPTURE_BYTES } } : {}),
      ...(options.interactive ? { terminal: true } : {}),
      ...(options.quiet ? {} : { onLines: (stream, text) => emit({ type: 'output.line', ...of, stream, text }) }),
    },
    clock,
  );
  emit({ type: 'command.finished', ...of, exitCode: result.exitCode, durationMs: Math.round(result.durationMs) });
  return result;
}

/** Throws COMMAND_TIMEOUT or COMMAND_FAILED, with the last lines of output, when a script did not end well. */
export function demandSuccess(result: CommandResult, script: string, { pkg, phase, logFile }: Call): void {
  if (result.exitCode === 0 && !result.timedOut) return;
  const facts: Record<string, string | number | string[]> = {
    exit_code: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    tail: result.tail,
    log: logFile,
  };
  const [first = ''] = script.trim().split('\n');
  const end = result.timedOut
    ? `ran longer than ${formatDuration(result.durationMs)}, its time limit`
    : result.signalName
      ? `was ended by ${result.signalName}`
      : `exited with status ${result.exitCode}`;
  throw new Failure(
    result.timedOut ? 'COMMAND_TIMEOUT' : 'COMMAND_FAILED',
    `Cannot ${phase} ${pkg.label}: "${first.slice(0, 80)}" ${end}`,
    {
      package: pkg.label,
      facts,
    },
  );
}

/** What `ctx.run` answers. */
export function answerOf({ exitCode, stdout, stderr }: CommandResult): Json {
  return { exit_code: exitCode, stdout, stderr };
}
