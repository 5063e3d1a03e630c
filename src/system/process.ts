// Running one command of a recipe: its output goes to the log, its whole process group ends with it, and its exit
// status is an answer, not an error. Knows nothing of shells, phases and events.
import { Failure } from '../model/failure.ts';
import { type Captured, captureOutput } from './capture.ts';
import type { Clock } from './clock.ts';
import { endTarget, holdTarget, isGoneWithin } from './group.ts';
import { boundLog } from './log-bound.ts';
import { type Child, type Exit, spawn } from './spawn.ts';
import { followLog, type Log, openLog, readTail } from './tail.ts';

/** A process substitution (`> >(tee …)`) outlives its shell for a moment; what stays longer is ended. */
const LEFTOVER_MS = 200;
/** Longer than any timer can run. */
const NEVER_MS = Number.POSITIVE_INFINITY;

export interface Command {
  argv: readonly string[];
  cwd: string;
  /** The whole environment; PATH in it is searched for the program. */
  env: Record<string, string>;
  /** Text for standard input; without it, /dev/null. */
  stdin?: string;
  /** Talks to the person: gets the three descriptors of the terminal, and nothing of it is logged or kept. */
  terminal?: boolean;
  timeoutMs?: number;
  /** Ends the command and everything it started. */
  signal: AbortSignal;
  /** Output is appended here, and what is too much left out. Commands that run at the same time and share a log share their `tail`. */
  logFile: string;
  /**
   * Keeps up to `maxBytes` of the beginning of each stream; order is kept within each. Without it both streams are one
   * descriptor of the log file: exact order, and no output in the answer.
   */
  capture?: { maxBytes: number };
  /** More than this the log does not hold. Default: 256 MiB. */
  mostLogBytes?: number;
  /** Told what must not outlive us (a target as for kill(2)) while it runs. */
  hold?(target: number): Disposable;
  /** Many whole lines at a time, without the last line break; at the end a last line that has none. */
  onLines?(stream: 'stdout' | 'stderr' | 'both', text: string): void;
  /** True while whoever hears of the lines cannot keep up. */
  isLagging?(): boolean;
}

export interface CommandResult extends Exit, Captured {
  /** Ended by us because of `timeoutMs`. */
  timedOut: boolean;
  /** Of the output, as far as the log has it no more. */
  omittedBytes: number;
  durationMs: number;
}

/**
 * Runs a command until it and its process group are gone.
 *
 * @throws Failure COMMAND_NOT_FOUND, INTERRUPTED (or the failure that is the reason of the signal), IO_ERROR; never
 * because of the exit status
 */
export async function runCommand(command: Command, clock: Clock): Promise<CommandResult> {
  const { argv, cwd, env, stdin, terminal, capture, signal } = command;
  if (signal.aborted) throw interrupted(command);
  const startMs = clock.monotonicMs();
  using log = openLog(command.logFile);
  const output = terminal ? 'terminal' : capture ? 'pipe' : log.fd;
  const child = await spawn({ argv, cwd, env, stdin, output });
  using _held = holdTarget(child.target);
  const ended = await attend(child, { command, log, clock }).catch(async (error: unknown) => {
    // Nobody looks after it any more.
    if (child.process.exitCode === null && child.process.signalCode === null) await endTarget(child.target, clock, 0);
    throw error;
  });
  if (signal.aborted) throw interrupted(command);
  return { ...ended, durationMs: clock.monotonicMs() - startMs };
}

/** Hears a command out, until it is gone. */
async function attend(
  child: Child,
  { command, log, clock }: { command: Command; log: Log; clock: Clock },
): Promise<Omit<CommandResult, 'durationMs'>> {
  using _noted = command.hold?.(child.target);
  using bound = boundLog(log, clock, command.mostLogBytes);
  const listener = listen(command, child, log, clock);
  let heard: Captured | undefined;
  try {
    const end = await untilGone(child, command, clock);
    heard = await listener.finish();
    return { ...end, ...heard, omittedBytes: bound.omittedBytes() };
  } finally {
    if (heard === undefined) await listener.finish();
  }
}

function listen(command: Command, child: Child, log: Log, clock: Clock): { finish(): Promise<Captured> } {
  const { capture, logFile, onLines, terminal } = command;
  const isLagging = () => command.isLagging?.() ?? false;
  const { stdout, stderr } = child.process;
  if (capture && stdout && stderr) {
    const { maxBytes } = capture;
    return captureOutput({ stdout, stderr }, { maxBytes, logFd: log.fd, logFile, clock, onLines, isLagging });
  }
  const nothing = { stdout: '', stderr: '', truncated: false };
  if (terminal) return { finish: async () => ({ ...nothing, tail: [] }) };
  const following = onLines && followLog(log, { clock, isLagging, deliver: (text) => onLines('both', text) });
  return {
    async finish() {
      following?.[Symbol.dispose]();
      return { ...nothing, tail: readTail(log) };
    },
  };
}

async function untilGone(child: Child, command: Command, clock: Clock): Promise<Exit & { timedOut: boolean }> {
  const { exited, target } = child;
  const { signal, timeoutMs = NEVER_MS } = command;
  const over = new AbortController();
  const stopped = clock.sleep(timeoutMs, AbortSignal.any([signal, over.signal])).then(
    () => 'timeout' as const,
    () => 'abort' as const,
  );
  const first = await Promise.race([exited, stopped]);
  over.abort('over');
  const mustEnd = first === 'timeout' || first === 'abort';
  // Once a process is collected its id may be another's; the id of a group is not given away while it has members.
  const isGone = !mustEnd && (target > 0 || (await isGoneWithin(target, LEFTOVER_MS, clock)));
  if (!isGone) await endTarget(target, clock);
  return { ...(await exited), timedOut: first === 'timeout' };
}

function interrupted({ argv, signal }: Command): Failure {
  if (signal.reason instanceof Failure) return signal.reason;
  return new Failure('INTERRUPTED', `Cannot finish "${argv[0]}": the run was cancelled`, { cause: signal.reason });
}
