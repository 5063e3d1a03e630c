// An editor as far as its language server can tell: TypeScript's own tsserver, which VS Code and others run, asked about
// files of a project.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const TSSERVER = path.resolve(import.meta.dirname, '../../node_modules/typescript/lib/tsserver.js');

export interface Place {
  file: string;
  /** From 1. */
  line: number;
  offset: number;
}

export interface Editor {
  open(file: string): void;
  /** What stands in the box that comes up over a word: its type, and what is said of it. */
  hover(place: Place): Promise<{ displayString: string; documentation: string }>;
  /** What is offered there. */
  complete(place: Place): Promise<string[]>;
}

export function openEditor(): Editor {
  const child = spawn(process.execPath, [TSSERVER, '--disableAutomaticTypingAcquisition'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const waiting = new Map<number, (body: unknown) => void>();
  // Headers and blank lines are between the messages, each of which is a line.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const { type, request_seq: of, body } = JSON.parse(line) as { type: string; request_seq: number; body: unknown };
    if (type === 'response') waiting.get(of)?.(body);
  });
  let last = 0;

  function send(command: string, args: object): number {
    child.stdin.write(`${JSON.stringify({ seq: ++last, type: 'request', command, arguments: args })}\n`);
    return last;
  }

  const ask = <T>(command: string, args: object): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(send(command, args), resolve);
    return promise as Promise<T>;
  };

  return {
    open: (file) => void send('open', { file }),
    hover: (place) => ask('quickinfo', place),
    async complete(place) {
      const { entries } = await ask<{ entries: { name: string }[] }>('completionInfo', place);
      return entries.map(({ name }) => name);
    },
  };
}
