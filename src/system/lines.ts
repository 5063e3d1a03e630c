// Cuts a flow of bytes into text of whole lines, many at a time. Knows nothing of where the bytes come from.

/** More than this is handed on without waiting: a line without end must not fill the memory. */
const MOST_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

export interface LineBatch {
  push(chunk: Buffer): void;
  /** Hands on the whole lines there are. */
  flush(): void;
  /** Hands on everything, a last line without line break too. */
  end(): void;
}

/** `deliver` gets each batch without the last line break. */
export function createLineBatch(deliver: (text: string) => void): LineBatch {
  let held: Buffer[] = [];
  let heldBytes = 0;

  function deliverUpTo(cut: (bytes: Buffer) => number): void {
    const bytes = Buffer.concat(held);
    const end = cut(bytes);
    const rest = bytes.subarray(end);
    held = rest.length > 0 ? [rest] : [];
    heldBytes = rest.length;
    if (end > 0) deliver(bytes.toString('utf8', 0, bytes[end - 1] === LINE_FEED ? end - 1 : end));
  }

  const flush = () => deliverUpTo((bytes) => bytes.lastIndexOf(LINE_FEED) + 1);
  const end = () => deliverUpTo((bytes) => bytes.length);
  return {
    push(chunk) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes >= MOST_BYTES) flush();
      if (heldBytes >= MOST_BYTES) end();
    },
    flush,
    end,
  };
}

/** Enough for a compiler's complaint with its context. */
const TAIL_LINES = 20;
/** Holds the tail unless its lines are very long. */
export const TAIL_BYTES = 32 * 1024;

/** The last lines of a text whose beginning may be missing. */
export function lastLines(bytes: Buffer): string[] {
  return bytes.toString().replace(/\n$/, '').split('\n').slice(-TAIL_LINES);
}
