// A stream that goes through a program of this machine, such as a decompressor: bytes in, bytes out. Knows nothing of
// what they mean; for the commands of recipes there is `process`.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { holdTarget } from './group.ts';
import { stripControl } from './terminal.ts';

/** A step of a `pipeline`. The signal is aborted when another of its steps fails. */
export type Filter = (source: AsyncIterable<Uint8Array>, options: { signal: AbortSignal }) => AsyncIterable<Uint8Array>;

/** So much of what a program says about its failure is kept. */
const KEPT_CHARACTERS = 4_000;

/** The program of that name in our own PATH, or undefined. */
export function findProgram(name: string): string | undefined {
  const dirs = (process.env.PATH ?? '').split(path.delimiter).filter((dir) => path.isAbsolute(dir));
  return dirs.map((dir) => path.join(dir, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    // Directories have that permission too.
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * What comes out of a program while the source goes in. It sees no environment but what it is given.
 *
 * Throws an `Error` with the program's own words when it fails. It is killed when nobody wants the rest.
 */
export function filterThrough(argv: readonly [string, ...string[]], env: Record<string, string> = {}): Filter {
  return async function* (source, { signal }) {
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      // What it calls itself in its messages.
      argv0: path.basename(program),
      env: { LC_ALL: 'C', ...env },
      stdio: 'pipe',
      detached: true,
    });
    const words = collectWords(child.stderr);
    const problem = new Promise<string | undefined>((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('close', (status, signalName) => {
        if (status === 0) resolve(undefined);
        else resolve(words() || `${path.basename(program)} ended with ${signalName ?? `status ${status}`}`);
      });
    });
    using _held = child.pid === undefined ? undefined : holdTarget(-child.pid);
    const kill = () => void child.kill('SIGKILL');
    signal.addEventListener('abort', kill);
    try {
      const fed = feed(source, child.stdin);
      yield* child.stdout;
      const said = await problem;
      if (said !== undefined) throw new Error(said);
      await fed;
    } finally {
      signal.removeEventListener('abort', kill);
      kill();
    }
  };
}

/**
 * A program may end before it has read all: it has what it needs, or its exit status says why. The rest goes nowhere
 * then; whoever sends it may send it to others as well.
 */
async function feed(source: AsyncIterable<Uint8Array>, stdin: Writable): Promise<void> {
  stdin.on('error', () => {});
  try {
    for await (const piece of source) await new Promise((taken) => stdin.write(piece, taken));
    stdin.end();
  } catch {
    // The step before us failed, and says so itself.
    stdin.destroy();
  }
}

/** The first line a program has said, once it has ended. */
function collectWords(stderr: Readable): () => string {
  let text = '';
  stderr.setEncoding('utf8').on('data', (piece: string) => {
    text = (text + piece).slice(0, KEPT_CHARACTERS);
  });
  return () => stripControl(text.trim().split('\n')[0] ?? '');
}
