// What is known of the terminal that shows our output, and text that is safe to send there. Draws nothing itself.

/** The part of `process.stdout` that is looked at. */
export interface OutputStream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  getColorDepth?(env: Record<string, string | undefined>): number;
}

/** Bits per colour; 1 means none. */
export type ColourDepth = 1 | 4 | 8 | 24;

export interface Screen {
  isTty: boolean;
  /** It can move the cursor, so that what was written can be written over. */
  canDraw: boolean;
  colourDepth: ColourDepth;
  /** Read anew at each call, as people resize windows. Undefined where nobody knows. */
  size(): { columns: number; rows: number } | undefined;
}

export interface Terminal {
  stdout: Screen;
  stderr: Screen;
}

export function createTerminal(given: {
  stdout: OutputStream;
  stderr: OutputStream;
  env: Record<string, string | undefined>;
}): Terminal {
  return { stdout: screenOf(given.stdout, given.env), stderr: screenOf(given.stderr, given.env) };
}

/** Terminals that say nothing of themselves are treated like those that say they can do nothing. */
const DUMB: ReadonlySet<string | undefined> = new Set([undefined, '', 'dumb', 'unknown']);

function screenOf(stream: OutputStream, env: Record<string, string | undefined>): Screen {
  const isTty = stream.isTTY === true;
  return {
    isTty,
    canDraw: isTty && !DUMB.has(env.TERM),
    colourDepth: forcedDepth(env) ?? (isTty ? ((stream.getColorDepth?.(env) ?? 1) as ColourDepth) : 1),
    size: () => (stream.columns && stream.rows ? { columns: stream.columns, rows: stream.rows } : undefined),
  };
}

/** https://no-color.org and https://force-color.org: any text that is not empty counts; a level of 0 to 3 may be given. */
function forcedDepth({ NO_COLOR, FORCE_COLOR }: Record<string, string | undefined>): ColourDepth | undefined {
  if (NO_COLOR) return 1;
  if (!FORCE_COLOR) return undefined;
  const levels: Record<string, ColourDepth> = { '0': 1, false: 1, '2': 8, '3': 24 };
  return levels[FORCE_COLOR] ?? 4;
}

/** Whether text may have more than ASCII, by the variables that say so on every system with a locale. */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG }: Readonly<Record<string, string | undefined>>): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

// Control characters but tab and line feed, and those that reverse the direction of text, by which a file name can
// pretend to be another.
const CONTROLS = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Sequences of ECMA-48: strings up to their end in the same line (titles, links, the clipboard), controls with
 * parameters, and the short ones. Not by `stripVTControlCharacters` of Node, which looks for the end of each string
 * through the whole text: half a megabyte of beginnings took it an hour.
 */
const SEQUENCES = new RegExp(
  [
    String.raw`(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)`,
    String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b[ -/]*[0-~]`,
  ].join('|'),
  'g',
);

/** Foreign text without anything that could move the cursor, change colours or write to the clipboard. */
export function stripControl(text: string): string {
  // Nearly all text is this, and nothing of it goes.
  if (!/[^\t\n -~]/.test(text)) return text;
  const plain = text.replace(SEQUENCES, '').split('\n').map(visiblePart).join('\n');
  return plain.replace(CONTROLS, '');
}

/** A progress bar returns to the start of its line again and again: only what stays visible at the end is kept. */
function visiblePart(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}
