// Runs one script of a recipe in a shell, as events and a log see it.
import path from 'node:path';
import { formatDuration, formatSize } from '../model/amount.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Shell } from '../model/manifest.ts';
import { isUserManaged } from '../model/recipe.ts';
import { type CommandResult, runCommand } from '../system/process.ts';
import type { Call, CallPhase } from './call.ts';
import { commandEnvironment } from './environment.ts';
import { loadedOf } from './package.ts';
import { formatCommand } from './quote.ts';
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

/** A command that has ended, and what it was. */
export interface Executed extends CommandResult {
  script: string;
  cwd: string;
}

/** Runs a script to its end; its exit status is the caller's to judge. */
export async function runScript(script: string, call: Call, options: ScriptOptions = {}): Promise<Executed> {
  const argv = await shellArgv(options.shell ?? (await shellFor(call.pkg, call.run)), script, call);
  return execute({ argv, script }, call, options);
}

/** Runs a command line as it is, without a shell. */
export async function execute(
  { argv, script }: CommandLine,
  call: Call,
  options: Omit<ScriptOptions, 'shell'> = {},
): Promise<Executed> {
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
  if (result.omittedBytes > 0) emit({ type: 'log.message', level: 'warn', text: tooMuch(call, result) });
  return { ...result, script, cwd };
}

function tooMuch({ pkg, logFile }: Call, { omittedBytes }: CommandResult): string {
  const lost = formatSize(omittedBytes);
  return `A command of ${pkg.label} printed more than a log holds: ${lost} are missing in the middle of "${logFile}"`;
}

/** Phases whose work is kept when they fail. */
const KEPT: ReadonlySet<CallPhase> = new Set<CallPhase>(['fetch', 'stage', 'build', 'install']);

/**
 * Throws COMMAND_TIMEOUT or COMMAND_FAILED when a command did not end well: with what ran and where, the last lines of
 * output, and how to look into it.
 *
 * @param name what people call it
 */
export function demandSuccess(result: Executed, name: string, { pkg, phase, logFile }: Call): void {
  if (result.exitCode === 0 && !result.timedOut) return;
  const { script, cwd, exitCode, signalName, stdout, stderr } = result;
  const isKept = KEPT.has(phase) && pkg.prepared && !isUserManaged(loadedOf(pkg).recipe);
  const facts: Record<string, string | number | string[]> = {
    ...{ script, cwd, exit_code: exitCode, stdout, stderr, tail: tailOf(result), log: logFile },
    ...(signalName === undefined ? {} : { signal: signalName }),
    ...(isKept ? { reproduce: formatCommand(['galley', 'shell', '--in', pkg.label]) } : {}),
  };
  const [first = '', ...more] = name.trim().split('\n');
  const rest = more.length > 0 ? ' …' : '';
  throw new Failure(
    result.timedOut ? 'COMMAND_TIMEOUT' : 'COMMAND_FAILED',
    `Cannot ${phase} ${pkg.label}: "${first.slice(0, 80)}${rest}" ${endOf(result)}`,
    { package: pkg.label, facts },
  );
}

function endOf({ timedOut, durationMs, signalName, exitCode }: Executed): string {
  if (timedOut) return `ran longer than ${formatDuration(durationMs)}, its time limit`;
  return signalName ? `was ended by ${signalName}` : `exited with status ${exitCode}`;
}

/** Of a stream that said its last word long before the other, as compilers do below a talkative make. */
const STDERR_LINES = 8;

function tailOf({ tail, stderr }: Executed): string[] {
  const complaint = stderr.trimEnd().split('\n').slice(-STDERR_LINES);
  const last = complaint.at(-1);
  if (last === undefined || last === '' || tail.includes(last)) return tail;
  return [...complaint, '…', ...tail.slice(complaint.length + 1)];
}

/** What `ctx.run` answers. */
export function answerOf({ exitCode, stdout, stderr }: CommandResult): Json {
  return { exit_code: exitCode, stdout, stderr };
}
