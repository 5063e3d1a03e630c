// A line of a frame as pieces of text with their meaning, and as the string that is drawn: never wider than it may be.
// Widths are those of the bare text, so colours come last.
import type { Paint } from '../paint.ts';
import { type Look, widthFor } from './look.ts';
import { cut, widthOf } from './width.ts';

export interface Span {
  text: string;
  tone?: keyof Paint;
}

export function span(text: string, tone?: keyof Paint): Span {
  return tone === undefined ? { text } : { text, tone };
}

export function drawLine(spans: readonly Span[], look: Look): string {
  const { paint, signs } = look;
  const columns = widthFor(look);
  const isTooWide = widthOf(spans.map(({ text }) => text).join('')) > columns;
  let left = columns;
  let line = '';
  for (const { text, tone } of spans) {
    // What comes after this one would have to be cut, too: the mark stands where the first of them is.
    const shown = isTooWide && widthOf(text) >= left ? cut(`${text} `, left, signs.more) : text;
    left -= widthOf(shown);
    line += tone === undefined || shown.trim() === '' ? shown : paint[tone](shown);
    if (left <= 0) break;
  }
  return line.trimEnd();
}
