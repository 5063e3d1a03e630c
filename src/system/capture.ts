// The output of a command on pipes of its own: what scripts want to read, kept within a bound, and all of it in the log.
import { writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Clock } from './clock.ts';
import { guardSync } from './errno.ts';
import { createLineBatch, lastLines, TAIL_BYTES } from './lines.ts';
import { LOOK_MS } from './tail.ts';

/** A process that left the group may hold the pipes for ever: what it still has to say is waited for no longer. */
const DRAIN_MS = 250;

export interface Captured {
  stdout: string;
  stderr: string;
  /** One of them was longer than the bound; its beginning is kept. */
  truncated: boolean;
  tail: string[];
}

export interface CaptureOptions {
  /** For each stream. */
  maxBytes: number;
  /** Open for appending. */
  logFd: number;
  logFile: string;
  clock: Clock;
  onLines: ((stream: 'stdout' | 'stderr', text: string) => void) | undefined;
  /** True while whoever is told cannot keep up: the command waits for them, as in any pipe. */
  isLagging?: (() => boolean) | undefined;
}

/** Reads both streams until `finish` is called, which waits for the rest. */
export function captureOutput(streams: { stdout: Readable; stderr: Readable }, options: CaptureOptions) {
  const { clock, logFile, logFd, maxBytes, onLines, isLagging = () => false } = options;
  const recent = createRecent();
  let logError: unknown;
  let isEnding = false;
  const writeLog = (chunk: Buffer) => {
    // An error must not be thrown into the stream, where nobody could catch it. The command goes on to its end.
    try {
      guardSync('write', logFile, () => writeFileSync(logFd, chunk));
    } catch (error) {
      logError ??= error;
    }
  };
  const readers = (['stdout', 'stderr'] as const).map((name) => {
    const kept = createBeginning(maxBytes);
    const lines = onLines && createLineBatch((text) => onLines(name, text));
    streams[name].on('data', (chunk: Buffer) => {
      writeLog(chunk);
      recent.push(chunk);
      kept.push(chunk);
      lines?.push(chunk);
      if (lines && !isEnding && isLagging()) streams[name].pause();
    });
    const closed = new Promise<void>((resolve) => streams[name].once('close', resolve));
    return { kept, lines, closed };
  });
  const timer = clock.every(LOOK_MS, () => {
    for (const { lines } of readers) lines?.flush();
    if (!isLagging()) resume();
  });

  function resume(): void {
    for (const stream of Object.values(streams)) if (stream.isPaused()) stream.resume();
  }

  async function finish(): Promise<Captured> {
    // What is left fits into a pipe; from now on nobody waits for those who watch.
    isEnding = true;
    resume();
    const drained = new AbortController();
    const tooLong = clock.sleep(DRAIN_MS, drained.signal).catch(() => {});
    await Promise.race([Promise.all(readers.map(({ closed }) => closed)), tooLong]);
    drained.abort('drained');
    streams.stdout.destroy();
    streams.stderr.destroy();
    timer[Symbol.dispose]();
    for (const { lines } of readers) lines?.end();
    if (logError !== undefined) throw logError;
    const [stdout, stderr] = readers.map(({ kept }) => kept.text()) as [string, string];
    return { stdout, stderr, truncated: readers.some(({ kept }) => kept.truncated()), tail: recent.lines() };
  }

  return { finish };
}

function createBeginning(maxBytes: number) {
  const chunks: Buffer[] = [];
  let roomBytes = maxBytes;
  let truncated = false;
  return {
    push(chunk: Buffer): void {
      truncated ||= chunk.length > roomBytes;
      if (roomBytes === 0) return;
      chunks.push(chunk.subarray(0, roomBytes));
      roomBytes -= Math.min(roomBytes, chunk.length);
    },
    truncated: () => truncated,
    text: () => Buffer.concat(chunks).toString(),
  };
}

/** The last bytes of both streams together, for messages about a failure. */
function createRecent() {
  let chunks: Buffer[] = [];
  let bytes = 0;
  const joined = () => Buffer.concat(chunks).subarray(-TAIL_BYTES);
  return {
    push(chunk: Buffer): void {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < 4 * TAIL_BYTES) return;
      chunks = [joined()];
      bytes = TAIL_BYTES;
    },
    lines: () => (bytes === 0 ? [] : lastLines(joined())),
  };
}
