// The last that a package printed, within a bound, for its row and for whoever opens its log. Taking in a text costs the
// same however much there was before.

/** A few screens of long lines; the whole log is in a file. */
const MOST_CHARACTERS = 64 * 1024;

/** Of a longer one a row shows the end; it is looked at in every frame. */
const LONGEST_LINE = 2_000;

export interface Tail {
  /** Each holds whole lines. */
  texts: string[];
  characters: number;
}

export function createTail(): Tail {
  return { texts: [], characters: 0 };
}

export function addText(tail: Tail, text: string): void {
  const kept = text.length > MOST_CHARACTERS ? text.slice(-MOST_CHARACTERS) : text;
  tail.texts.push(kept);
  tail.characters += kept.length + 1;
  let gone = 0;
  while (tail.characters > MOST_CHARACTERS && gone < tail.texts.length - 1)
    tail.characters -= (tail.texts[gone++] as string).length + 1;
  // Taking texts from the front one by one would copy the rest each time.
  if (gone > 0) tail.texts.splice(0, gone);
}

export function clearTail(tail: Tail): void {
  tail.texts = [];
  tail.characters = 0;
}

/** All lines that are kept, the oldest first. */
export function linesOf(tail: Tail): string[] {
  return tail.texts.length === 0 ? [] : tail.texts.join('\n').split('\n');
}

/** The last line that says something. */
export function lastLine(tail: Tail): string | undefined {
  const text = tail.texts.at(-1)?.trimEnd();
  if (text === undefined || text === '') return undefined;
  const start = text.lastIndexOf('\n') + 1;
  return text.slice(Math.max(start, text.length - LONGEST_LINE));
}
