// What a terminal sends for the keys that mean something here (ECMA-48 sequences, in the forms of xterm and of the
// application mode).

export type Key =
  | ('up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'page-up' | 'page-down')
  | ('enter' | 'escape' | 'interrupt' | 'stop')
  | ('a' | 'f' | 'j' | 'k' | 'q' | 'y' | '?')
  /** Any other, which may be the answer to a question. */
  | 'other';

const ESC = '\x1b';

const KEYS = new Map<string, Key>(
  Object.entries({
    ...{ '\x1b[A': 'up', '\x1b[B': 'down', '\x1b[C': 'right', '\x1b[D': 'left' },
    ...{ '\x1bOA': 'up', '\x1bOB': 'down', '\x1bOC': 'right', '\x1bOD': 'left' },
    ...{ '\x1b[H': 'home', '\x1bOH': 'home', '\x1b[1~': 'home', '\x1b[7~': 'home' },
    ...{ '\x1b[F': 'end', '\x1bOF': 'end', '\x1b[4~': 'end', '\x1b[8~': 'end' },
    ...{ '\x1b[5~': 'page-up', '\x1b[6~': 'page-down', '\x1b': 'escape' },
    ...{ '\r': 'enter', '\n': 'enter', '\x03': 'interrupt', '\x1a': 'stop', ' ': 'page-down', b: 'page-up' },
    ...{ g: 'home', G: 'end', a: 'a', f: 'f', j: 'j', k: 'k', q: 'q', y: 'y', '?': '?' },
  } satisfies Record<string, Key>),
);

/** A control sequence as a whole, or one character. A letter right behind an escape was typed fast, or with Alt. */
const PIECE = new RegExp([String.raw`${ESC}\[[0-?]*[ -/]*[@-~]`, `${ESC}O[ -~]`, String.raw`[\s\S]`].join('|'), 'gu');

/** The keys in what was read at one time. */
export function parseKeys(text: string): Key[] {
  return (text.match(PIECE) ?? []).map((piece) => KEYS.get(piece) ?? 'other');
}
