// What is shown of texts that somebody else chose, and that may have any length. Knows nothing of what they say.

/** The text, or its beginning when it is longer than that. */
export function shorten(text: string, mostChars: number): string {
  return text.length > mostChars ? `${text.slice(0, mostChars)}…` : text;
}
