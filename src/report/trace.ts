// Every event into a file, for later. Writing is buffered: a trace must not slow down what it watches.
import { MOST_PENDING, type Reporter } from './reporter.ts';

/** A file open for writing. */
export interface TraceFile {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Large enough to be one efficient write, small enough that a killed run loses little. */
const BUFFER_CHARACTERS = 64 * 1024;
const LONGEST_HELD_MS = 1_000;

export function createTraceReporter(file: TraceFile): Reporter {
  let held: string[] = [];
  let heldCharacters = 0;
  let flushedAt = 0;
  let written: Promise<void> = Promise.resolve();
  let pendingBytes = 0;

  function flush(): void {
    const bytes = Buffer.from(held.join(''));
    held = [];
    heldCharacters = 0;
    pendingBytes += bytes.length;
    written = written.then(() => file.write(bytes)).finally(() => (pendingBytes -= bytes.length));
    // Whoever closes the trace learns of the failure; until then it must not end the process.
    written.catch(() => {});
  }

  return {
    report(event) {
      const line = `${JSON.stringify(event)}\n`;
      held.push(line);
      heldCharacters += line.length;
      if (heldCharacters < BUFFER_CHARACTERS && event.at - flushedAt < LONGEST_HELD_MS) return;
      flushedAt = event.at;
      flush();
    },
    isLagging: () => pendingBytes > MOST_PENDING,
    async close() {
      flush();
      try {
        await written;
      } finally {
        await file.close();
      }
    },
  };
}
