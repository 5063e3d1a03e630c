// The controllable command: a recipe runs a child that connects back to the test, and the test decides when it prints,
// how it ends and which signals it swallows. So parallelism, locks and cancellation are tested by order, not by sleeping.
//
//   recipe ── sh ── control-child ──── unix socket ────► the test
//                       hello, done, signal ►  ◄ print, ignore, exit
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { Bell } from './bell.ts';
import type { Project } from './project.ts';

/** From the test to the child; each is answered with `done`. */
export type Order =
  | { do: 'print'; stream: 'stdout' | 'stderr'; text: string }
  | { do: 'ignore'; signal: NodeJS.Signals }
  | { do: 'exit'; code: number };

/** From the child to the test. */
export type Report = { hello: string; pid: number } | { done: Order['do'] } | { signal: NodeJS.Signals };

const CHILD = path.join(import.meta.dirname, 'control-child.ts');

/** One command that runs now and waits for orders. */
export class Command {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended, by itself or not. */
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  /** Reports that nobody has waited for yet: a signal may be quicker than the test. */
  readonly #reports: Report[] = [];
  readonly #bell = new Bell();
  #isGone = false;

  constructor(name: string, pid: number, socket: Socket) {
    this.name = name;
    this.pid = pid;
    this.#socket = socket;
    this.gone = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isGone = true;
        this.#bell.ring();
        resolve();
      });
    });
  }

  /** Prints a line, and answers when it is printed. */
  async print(text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    await this.#order({ do: 'print', stream, text: `${text}\n` });
  }

  /** From now on a signal is noted and has no effect. */
  async ignore(signal: NodeJS.Signals): Promise<void> {
    await this.#order({ do: 'ignore', signal });
  }

  /** Waits until a signal arrives that the command ignores. */
  async received(signal: NodeJS.Signals): Promise<void> {
    await this.#next((report) => 'signal' in report && report.signal === signal);
  }

  async exit(code = 0): Promise<void> {
    this.#socket.write(`${JSON.stringify({ do: 'exit', code } satisfies Order)}\n`);
    await this.gone;
  }

  hear(report: Report): void {
    this.#reports.push(report);
    this.#bell.ring();
  }

  async #order(order: Order): Promise<void> {
    this.#socket.write(`${JSON.stringify(order)}\n`);
    await this.#next((report) => 'done' in report && report.done === order.do);
  }

  async #next(fits: (report: Report) => boolean): Promise<void> {
    const missing = () => `Command "${this.name}" ${this.#isGone ? 'ended before it answered' : 'does not answer'}`;
    const take = () => {
      const index = this.#reports.findIndex(fits);
      if (index >= 0) return this.#reports.splice(index, 1);
      if (this.#isGone) throw new Error(missing());
      return undefined;
    };
    await this.#bell.until(take, missing);
  }
}

export interface Control {
  /** Shell text that runs a command with this name. */
  script(name: string): string;
  /** Waits for a command with this name to start, and takes it. */
  next(name: string): Promise<Command>;
}

/** Opens the other end for the commands of a project; closed after the test, which ends what is still connected. */
export async function openControl({ rootDir }: Project): Promise<Control> {
  const socketFile = path.join(rootDir, 'control');
  const arrived: Command[] = [];
  const sockets = new Set<Socket>();
  const bell = new Bell();
  const server = createServer((socket) => {
    sockets.add(socket);
    let command: Command | undefined;
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => {
      const report = JSON.parse(line) as Report;
      if (!('hello' in report)) return command?.hear(report);
      command = new Command(report.hello, report.pid, socket);
      arrived.push(command);
      bell.ring();
    });
  });
  await new Promise<void>((resolve) => server.listen(socketFile, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const untaken = (): string[] => arrived.map((command) => command.name);
  const take = (name: string): Command | undefined => {
    const index = arrived.findIndex((command) => command.name === name);
    return index < 0 ? undefined : arrived.splice(index, 1)[0];
  };

  return {
    script: (name) => `'${process.execPath}' '${CHILD}' '${socketFile}' '${name}'`,
    next: (name) =>
      bell.until(
        () => take(name),
        () => `Command "${name}" did not start; waiting: ${untaken().join(', ') || 'none'}`,
      ),
  };
}
