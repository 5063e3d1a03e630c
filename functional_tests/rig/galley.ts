// Runs the built command line as a person or a script would, in a clean environment, and hands back all that can be seen
// from outside: status, streams and events.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { Bell } from './bell.ts';
import { type EventOf, Events } from './events.ts';
import type { Project } from './project.ts';

export const PROGRAM = path.resolve(import.meta.dirname, '../../dist/galley.js');

let program = PROGRAM;

/** From now on all runs of this test file are of another build. */
export function useProgram(file: string): void {
  program = file;
}

export interface Finished {
  /** Exit status; of a run that a signal ended, as a shell says it. */
  status: number;
  stdout: string;
  /** In a run that is asked for words; events take its place otherwise. */
  stderr: string;
  events: Events;
}

export interface RunOptions {
  /** Added to the clean environment. */
  env?: Readonly<Record<string, string>>;
  /** Relative to the project. */
  cwd?: string;
  /** What the run tells on stderr; by default the events, which are parsed. */
  told?: 'events' | 'words';
}

/** Runs galley in a project to its end. */
export async function galley(
  project: Project,
  args: string | readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return await start(project, args, options).finished;
}

/** Runs galley where it has to succeed: if it does not, the test says why. */
export async function succeed(
  project: Project,
  args: string | readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const run = await galley(project, args, options);
  expect(run.status, `${args}: ${run.events.messages()}${run.stderr}`).toBe(0);
  return run;
}

/** A run that is going on, to be watched and signalled. */
export class Running {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  readonly #child: ChildProcess;
  readonly #events = new Events();
  readonly #stderr: string[] = [];
  readonly #bell = new Bell();

  constructor(child: ChildProcess, told: 'events' | 'words') {
    this.#child = child;
    this.pid = child.pid as number;
    const stdout: string[] = [];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    if (told === 'words') child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#stderr.push(text));
    else if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => this.#hear(line));
    this.finished = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const status = signal === null ? (code as number) : 128 + SIGNALS[signal as keyof typeof SIGNALS];
        resolve({ status, stdout: stdout.join(''), stderr: this.#stderr.join(''), events: this.#events });
        this.#bell.ring();
      });
    });
  }

  /** Waits for an event of a type, the first that fits; one that has happened already counts. */
  async event<Type extends Event['type']>(
    type: Type,
    fits: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const find = () => this.#events.of(type).find(fits) ?? (this.#hasEnded() ? 'ended' : undefined);
    const missing = () => `No ${type} came, but ${this.#events.types().join(', ')}`;
    const found = await this.#bell.until(find, missing);
    if (found === 'ended') throw new Error(missing());
    return found;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** A killed run may leave half a line, and a warning of Node is no event. */
  #hear(line: string): void {
    try {
      this.#events.all.push(JSON.parse(line) as Event);
    } catch {
      this.#stderr.push(`${line}\n`);
    }
    this.#bell.ring();
  }
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 } as const;

/** Starts galley in a project; at the end of the test it runs no more. */
export function start(
  project: Project,
  args: string | readonly string[],
  { env, cwd = '.', told = 'events' }: RunOptions = {},
): Running {
  const words = typeof args === 'string' ? args.split(' ') : args;
  const reporter = told === 'events' ? ['--reporter', 'json'] : [];
  const child = spawn(process.execPath, [program, ...reporter, ...words], {
    cwd: project.at(cwd),
    env: { ...cleanEnvironment(project), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return new Running(child, told);
}

/** Shell text for a command of a recipe that calls galley itself. */
export function nestedGalley(args: string): string {
  return `'${process.execPath}' '${PROGRAM}' ${args}`;
}

/** Nothing of the person who runs the tests: no CI, which switches --frozen on, no settings, no proxies. */
export function cleanEnvironment({ rootDir, cacheDir, homeDir }: Project): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: homeDir,
    // Apart from the home, which tests compare.
    XDG_STATE_HOME: `${rootDir}/state`,
    LANG: 'C.UTF-8',
    GALLEY_CACHE_ROOT: cacheDir,
  };
}
