// The output of a command that writes straight into the log file: both streams in exactly the order of the writes, at
// no cost to us. Who wants to watch follows the end of the file.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { guardSync } from './errno.ts';
import { createLineBatch, lastLines, TAIL_BYTES } from './lines.ts';

/** Faster than a person reads, slow enough to cost nothing. fs.watch misses changes on network and overlay mounts. */
export const LOOK_MS = 50;
const READ_BYTES = 64 * 1024;

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

/** Hands on what is appended to the log. Disposing reads the rest. */
export function followLog(log: Log, clock: Clock, deliver: (text: string) => void): Disposable {
  const lines = createLineBatch(deliver);
  let position = log.startBytes;
  function look(): void {
    for (let bytes = log.read(position, READ_BYTES); bytes.length > 0; bytes = log.read(position, READ_BYTES)) {
      position += bytes.length;
      lines.push(bytes);
    }
    lines.flush();
  }
  const timer = clock.every(LOOK_MS, look);
  return {
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]();
      look();
      lines.end();
    },
  };
}

/** The last lines that were appended. */
export function readTail(log: Log): string[] {
  const endBytes = log.sizeBytes();
  const start = Math.max(log.startBytes, endBytes - TAIL_BYTES);
  return endBytes > start ? lastLines(log.read(start, endBytes - start)) : [];
}
