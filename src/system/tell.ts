// Words for a person before anything else is loaded. To make Node's own stream of stderr takes two milliseconds.
import { writeSync } from 'node:fs';

export function tell(text: string): void {
  try {
    if (text !== '') writeSync(2, text);
  } catch {
    // Full, or nobody reads: the stream knows how to go on.
    process.stderr.write(text);
  }
}
