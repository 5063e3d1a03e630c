// Programs that we use ourselves, such as git: what they print is a stream, and their failure is told in the words of
// whoever uses them. Knows nothing of which program it is.
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from './clock.ts';
import { endTarget, holdTarget, isGoneWithin } from './group.ts';
import { type Child, type Exit, spawn } from './spawn.ts';

/** Enough for every message; a program that never stops complaining must not fill our memory. */
const MOST_COMPLAINT = 16 * 1024;
/** What a program leaves behind when it ends is given a moment, as it may still write. */
const LEFTOVER_MS = 200;

export interface Program {
  argv: readonly string[];
  cwd: string;
  /** The whole environment; PATH in it is searched for the program. */
  env: Record<string, string>;
  stdin?: string;
  /** Ends the program and everything it started. */
  signal: AbortSignal;
  /** Hears standard error as it comes. */
  onComplaint?(text: string): void;
  /** Says what a status other than 0 means. */
  explain(exit: Exit & { complaint: string }): Error;
}

/**
 * Runs a program and hands on what it prints. Who stops reading ends it.
 *
 * @throws what `explain` answers, the reason of the signal, Failure COMMAND_NOT_FOUND or IO_ERROR
 */
export async function* runProgram(program: Program, clock: Clock): AsyncGenerator<Buffer> {
  const { argv, cwd, env, stdin, signal, explain } = program;
  signal.throwIfAborted();
  const child = await spawn({ argv, cwd, env, stdin, output: 'pipe' });
  using _held = holdTarget(child.target);
  const complaint = listen(child, program);
  const stop = () => void endTarget(child.target, clock);
  signal.addEventListener('abort', stop, { once: true });
  let exit: Exit | undefined;
  try {
    if (child.process.stdout) yield* child.process.stdout;
    exit = await child.exited;
    await complaint.heard(clock);
  } catch (error) {
    // A pipe that broke because we ended the program is no news.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    const isGone = exit !== undefined && (await isGoneWithin(child.target, LEFTOVER_MS, clock));
    if (!isGone) await endTarget(child.target, clock);
    child.process.stdout?.destroy();
    child.process.stderr?.destroy();
  }
  signal.throwIfAborted();
  if (exit && exit.exitCode !== 0) throw explain({ ...exit, complaint: complaint.text() });
}

interface Complaint {
  text(): string;
  /** Waits for what was said before the end and is still on its way. */
  heard(clock: Clock): Promise<void>;
}

function listen({ process: { stderr } }: Child, { onComplaint }: Program): Complaint {
  const decoder = new StringDecoder();
  let text = '';
  stderr?.on('data', (chunk: Buffer) => {
    const more = decoder.write(chunk);
    text = (text + more).slice(-MOST_COMPLAINT);
    onComplaint?.(more);
  });
  stderr?.on('error', () => {});
  const closed = new Promise<void>((resolve) => stderr?.once('close', resolve));
  return {
    text: () => text,
    async heard(clock) {
      const over = new AbortController();
      await Promise.race([closed, clock.sleep(LEFTOVER_MS, over.signal).catch(() => {})]);
      over.abort('over');
    },
  };
}
