// Keeps a log within a bound, as a command that prints without end would fill the disk with it. Its beginning stays and
// its newest part, with a line between them that says what is missing; the command notices nothing.
import { ftruncateSync, writeSync } from 'node:fs';
import { formatSize } from '../model/amount.ts';
import type { Clock } from './clock.ts';
import { LOOK_MS, type Log } from './tail.ts';

/** More than the longest builds print, and not much for a disk. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface LogBound extends Disposable {
  /** How much the log has lost so far. */
  omittedBytes(): number;
}

/** Looks at the size again and again until disposed. The file must be open for appending. */
export function boundLog(log: Log, clock: Clock, mostBytes = MOST_BYTES): LogBound {
  const keptBytes = Math.floor(mostBytes / 2);
  let omittedBytes = 0;
  let noteBytes = 0;

  function look(): void {
    const sizeBytes = log.sizeBytes();
    if (sizeBytes <= mostBytes) return;
    omittedBytes += sizeBytes - keptBytes - noteBytes;
    // Whoever writes goes on at the new end.
    ftruncateSync(log.fd, keptBytes);
    noteBytes = writeSync(log.fd, `\n… ${formatSize(omittedBytes)} of output that was too much for this log\n`);
  }

  const timer = clock.every(LOOK_MS, look);
  return {
    omittedBytes() {
      look();
      return omittedBytes;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
