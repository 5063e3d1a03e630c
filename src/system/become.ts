// Handing the terminal, and our own fate, to another program: we only wait, pass on what is said to us, and end as it
// ends. Nothing of its output is seen.
import { exitCodeOf } from './signals.ts';
import { explain } from './spawn.ts';

/** What people and supervisors send to a program they started. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

export interface Successor {
  argv: string[];
  cwd: string;
  /** The whole environment. */
  env: Record<string, string>;
}

/**
 * Runs a program in our place.
 *
 * @returns its exit status, 128 + n when signal n ended it
 * @throws Failure COMMAND_NOT_FOUND
 */
export async function becomeCommand({ argv, cwd, env }: Successor): Promise<number> {
  const { execa } = await import('execa');
  const [file = '', ...args] = argv;
  const child = execa(file, args, { cwd, env, extendEnv: false, stdio: 'inherit', reject: false, cleanup: false });
  const pass = (signal: NodeJS.Signals) => {
    // The terminal sends Ctrl-C and Ctrl-\ to its whole foreground group, so the program has them already.
    const fromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
    if (!fromTerminal) child.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, pass);
  try {
    const { exitCode, signal, cause } = await child;
    if (signal !== undefined) return exitCodeOf(signal);
    if (exitCode === undefined) throw explain({ argv, cwd, env }, cause as NodeJS.ErrnoException);
    return exitCode;
  } finally {
    for (const signal of PASSED_ON) process.off(signal, pass);
  }
}
