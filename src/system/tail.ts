// The output of a command that writes straight into the log file: both streams in exactly the order of the writes, at
// no cost to us. Who wants to watch follows the end of the file.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { formatSize } from '../model/amount.ts';
import type { Clock } from './clock.ts';
import { guardSync } from './errno.ts';
import { createLineBatch, lastLines, TAIL_BYTES } from './lines.ts';

/** Faster than a person reads, slow enough to cost nothing. fs.watch misses changes on network and overlay mounts. */
export const LOOK_MS = 50;
const READ_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

export interface Log extends Disposable {
  /** Open for appending; fit to be given to a child. */
  fd: number;
  /** How long the file was when it was opened: what follows is new. */
  startBytes: number;
  sizeBytes(): number;
  read(from: number, maxBytes: number): Buffer;
}

export function openLog(file: string): Log {
  const fd = guardSync('open log', file, () => openSync(file, 'a+'));
  const sizeBytes = () => fstatSync(fd).size;
  return {
    fd,
    startBytes: sizeBytes(),
    sizeBytes,
    read(from, maxBytes) {
      const bytes = Buffer.allocUnsafe(maxBytes);
      return bytes.subarray(0, readSync(fd, bytes, 0, maxBytes, from));
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** What is read at one look: a command that prints faster than we read must not keep us from everything else. */
const MOST_BYTES = 1024 * 1024;
/** Who is further behind than this sees a gap, and goes on near the end. */
const MOST_BEHIND_BYTES = 16 * MOST_BYTES;

export interface FollowOptions {
  clock: Clock;
  deliver(text: string): void;
  /** True while whoever is told cannot keep up. The file holds what they have not heard yet. */
  isLagging?: (() => boolean) | undefined;
}

/** Hands on what is appended to the log. Disposing reads the rest. */
export function followLog(log: Log, { clock, deliver, isLagging = () => false }: FollowOptions): Disposable {
  const lines = createLineBatch(deliver);
  let position = log.startBytes;

  /** Skips what is too much. A line that is cut by it is missing, too. */
  function catchUp(): void {
    const sizeBytes = log.sizeBytes();
    // What was there is cut off: the log had become too long.
    if (sizeBytes < position) {
      lines.end();
      position = sizeBytes;
    }
    const target = sizeBytes - MOST_BYTES;
    if (target - position <= MOST_BEHIND_BYTES) return;
    lines.end();
    const start = log.read(target, READ_BYTES);
    const next = target + start.indexOf(LINE_FEED) + 1;
    deliver(`… ${formatSize(next - position)} of output that only the log has`);
    position = next;
  }

  function look(most: number): void {
    catchUp();
    for (const until = position + most; position < until; ) {
      const bytes = log.read(position, READ_BYTES);
      if (bytes.length === 0) break;
      position += bytes.length;
      lines.push(bytes);
    }
    lines.flush();
  }

  const timer = clock.every(LOOK_MS, () => {
    if (!isLagging()) look(MOST_BYTES);
  });
  return {
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]();
      look(MOST_BEHIND_BYTES + MOST_BYTES);
      lines.end();
    },
  };
}

/** The last lines that were appended. */
export function readTail(log: Log): string[] {
  const endBytes = log.sizeBytes();
  const isCut = endBytes < log.startBytes;
  const start = Math.max(isCut ? 0 : log.startBytes, endBytes - TAIL_BYTES);
  return endBytes > start ? lastLines(log.read(start, endBytes - start)) : [];
}
