// Somebody else's server, run for one test: it takes a free port, says which, and ends with the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Starts a program, and answers the port in the first line that fits `listening`. */
export async function startForeignServer(
  argv: readonly [string, ...string[]],
  { listening, env = {} }: { listening: RegExp; env?: Readonly<Record<string, string>> },
): Promise<number> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => ended(child));
  const told: string[] = [];
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${argv.join(' ')} ended: ${told.join('\n')}`)));
    const hear = (line: string) => {
      told.push(line);
      const port = listening.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    // Read to the end also afterwards: a program whose output nobody takes stops.
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', hear);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}
