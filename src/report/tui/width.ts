// How many columns of a terminal a text takes, and texts that take exactly so many. Letters of East Asia and most
// pictures take two, marks that sit on other letters none.

const NARROW = /^[ -~]*$/;
// Unicode Standard Annex #11 has no property for this in regular expressions; scripts and blocks come close enough. The
// halfwidth forms have their name from it.
const WIDE =
  /^(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const NOTHING = /^[\p{Mark}\p{Format}\p{Control}]+$/u;
/** Asks for the picture where a character is both, a letter and a picture. */
const AS_PICTURE = '\ufe0f';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Of a text without control characters. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

function widthOfGrapheme(grapheme: string): number {
  if (NOTHING.test(grapheme)) return 0;
  return WIDE.test(grapheme) || grapheme.includes(AS_PICTURE) ? 2 : 1;
}

/** As much of the beginning as fits, with `mark` in place of the rest. */
export function cut(text: string, columns: number, mark: string): string {
  // No character takes more than it has code units, but marks and pictures: a long line need not be measured to its end.
  if (NARROW.test(text))
    return text.length <= columns
      ? text
      : `${text.slice(0, Math.max(0, columns - mark.length))}${mark}`.slice(0, columns);
  if (text.length <= 4 * columns && widthOf(text) <= columns) return text;
  let [kept, width] = ['', 0];
  for (const { segment } of graphemes.segment(text)) {
    const next = widthOfGrapheme(segment);
    if (width + next > columns - widthOf(mark)) break;
    kept += segment;
    width += next;
  }
  return columns < widthOf(mark) ? '' : kept + mark;
}

/** Exactly so many columns, the text to the left. */
export function fit(text: string, columns: number, mark: string): string {
  const shown = cut(text, columns, mark);
  return shown + ' '.repeat(columns - widthOf(shown));
}
