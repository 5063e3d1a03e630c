// Starting one process of a recipe, in a process group of its own. Knows nothing of what becomes of its output, and says
// in words why a program could not be started.
//
// Node's own spawn and not execa: of that every feature would be off, and a hundred commands would take 60 ms longer.
import { type ChildProcess, spawn as startProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { formatSize } from '../model/amount.ts';
import { Failure } from '../model/failure.ts';
import { exitCodeOf } from './signals.ts';

export interface SpawnOptions {
  argv: readonly string[];
  cwd: string;
  /** The whole environment; nothing of our own is added. */
  env: Record<string, string>;
  /** Standard input, or /dev/null. */
  stdin: string | undefined;
  /** Where the output goes: a descriptor for both, pipes, or (all three) the terminal. */
  output: number | 'pipe' | 'terminal';
}

export interface Exit {
  /** 128 + n when signal n ended it. */
  exitCode: number;
  signalName?: string;
}

export interface Child {
  process: ChildProcess;
  /** What to signal: the group, or on the terminal the process alone. */
  target: number;
  exited: Promise<Exit>;
}

/** @throws Failure COMMAND_NOT_FOUND, IO_ERROR or INVALID_ARGUMENT */
export async function spawn(options: SpawnOptions): Promise<Child> {
  refuseNul(options);
  const { child, pid } = await start(options).catch((error) => {
    throw explain(options, error);
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? { exitCode: code ?? 0 } : { exitCode: exitCodeOf(signal), signalName: signal }),
    );
  });
  // Programs may end without reading all of their input (EPIPE); that is their decision.
  child.stdin?.on('error', () => {}).end(options.stdin);
  return { process: child, target: options.output === 'terminal' ? pid : -pid, exited };
}

/** Some refusals of the system are thrown, and some are told by an event. */
async function start({ argv, cwd, env, stdin, output }: SpawnOptions): Promise<{ child: ChildProcess; pid: number }> {
  const [file = '', ...args] = argv;
  const onTerminal = output === 'terminal';
  const out = onTerminal ? 'inherit' : output;
  const child = startProcess(file, args, {
    cwd,
    env,
    stdio: [onTerminal ? 'inherit' : stdin === undefined ? 'ignore' : 'pipe', out, out],
    // Its own session: a signal reaches everything it starts, and Ctrl-C reaches only us. A program that talks to the
    // person must stay in the session of the terminal.
    detached: !onTerminal,
  });
  if (child.pid !== undefined) return { child, pid: child.pid };
  const [error] = await once(child, 'error');
  throw error;
}

type Handed = Pick<SpawnOptions, 'argv' | 'env'>;

/** The system ends its strings there: a part of the argument would be lost. */
function refuseNul(options: Handed): void {
  const found = handed(options).find(({ text }) => text.includes('\0'));
  if (found === undefined) return;
  throw new Failure('INVALID_ARGUMENT', `Cannot run "${options.argv[0]}": ${found.what} holds a NUL character`);
}

/** All that a program gets from whoever starts it. */
function handed({ argv, env }: Handed): { what: string; text: string }[] {
  return [
    ...argv.map((text, index) => ({ what: `argument ${index}`, text })),
    ...Object.entries(env).map(([name, value]) => ({ what: `variable "${name}"`, text: `${name}=${value}` })),
  ];
}

/** There is a limit for each of them, and one for all together. */
function tooMuch(options: Handed, cause: Error): Failure {
  const sizes = handed(options).map(({ what, text }) => ({ what, sizeBytes: Buffer.byteLength(text) }));
  const { what, sizeBytes } = sizes.reduce((most, one) => (one.sizeBytes > most.sizeBytes ? one : most));
  const message = `Cannot run "${options.argv[0]}": it is given more than the system takes, most of it in ${what}, which has ${formatSize(sizeBytes)}`;
  const hint = 'Hand a long text over in a file or on standard input';
  return new Failure('INVALID_ARGUMENT', message, { cause, hint, facts: { errno: 'E2BIG' } });
}

const NOT_FOUND: Record<string, string> = {
  ENOENT: 'there is no such program, or the interpreter its first line names is missing',
  ENOTDIR: 'there is no such program',
  EACCES: 'it is not an executable file',
  ENOEXEC: 'it is not a program for this machine',
};

/** Why a program could not be started, as something a person can act on. */
export function explain(options: Handed & { cwd: string }, cause: NodeJS.ErrnoException): Failure {
  const { argv, cwd } = options;
  const what = `Cannot run "${argv[0]}"`;
  // The system answers ENOENT for the program and for the directory alike.
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return new Failure('IO_ERROR', `${what}: working directory "${cwd}" does not exist`, { cause });
  }
  const { code = 'unknown' } = cause;
  if (code === 'E2BIG') return tooMuch(options, cause);
  const reason = NOT_FOUND[code];
  if (reason === undefined) return new Failure('IO_ERROR', `${what}: ${code}`, { cause, facts: { errno: code } });
  const hint = 'Install it, or take it from a package that offers it as a product';
  return new Failure('COMMAND_NOT_FOUND', `${what}: ${reason}`, { cause, hint });
}
