// Reads path patterns: what stands between `/`, in sets of characters, and each way to choose among `{a,b}`. What shells
// know beyond that is refused rather than taken literally: who wrote it meant something, and would get nothing.

/** Characters that may stand at one place of a name: ranges of code points, or all others. */
export interface CharSet {
  ranges: readonly (readonly [from: number, to: number])[];
  isOthers: boolean;
}

/** What one name must look like. `*` is any number of characters. */
export type NamePattern = readonly (CharSet | '*')[];

/** One name after the other. `**` is any number of directories; it is never the last, nor beside another. */
export type PathPattern = readonly (NamePattern | '**')[];

/** A text is no pattern: the message ends the sentence "expected …". */
export class GlobError extends Error {
  readonly hint: string;

  constructor(expected: string, hint: string) {
    super(expected);
    this.hint = hint;
  }
}

const MOST_CHARACTERS = 1000;
/** Of all ways to choose among alternatives together: ten groups of two are a thousand patterns. */
const MOST_WRITTEN_OUT = 10_000;

/** `[abc]`, `[!a-z]`, `[]x]`. What is in it stands for itself. */
const SET = String.raw`\[([!^]?)(\][^\]/]*|[^\]/]+)\]`;
const SETS = new RegExp(SET, 'g');
const PIECES = new RegExp(`${SET}|[{},]|[^{},[]+`, 'g');
const STEPS = new RegExp(String.raw`${SET}|\*+|.`, 'gsu');

const REFUSED: readonly [RegExp, hint: string][] = [
  [/\\/, 'Write "/" between directories, and [*] for a "*" itself'],
  [/[?*+@!]\(/, 'Write alternatives as {a,b}, and [(] for a "(" itself'],
  [/\[/, 'Write "]" at its end, or [[] for a "[" itself'],
];

/**
 * One pattern for each way to choose among the alternatives.
 *
 * @throws GlobError
 */
export function readGlob(text: string): PathPattern[] {
  if (text.length > MOST_CHARACTERS) {
    throw new GlobError(`a path pattern of at most ${MOST_CHARACTERS} characters`, 'Write several shorter patterns');
  }
  refuseUnknown(text);
  return new Alternatives(text).read().map(readPath);
}

function refuseUnknown(text: string): void {
  const plain = text.includes('\\') ? text : text.replaceAll(SETS, '_');
  for (const [refused, hint] of REFUSED) {
    const found = refused.exec(plain)?.[0];
    if (found !== undefined) throw new GlobError(`a path pattern without "${found}"`, hint);
  }
}

/** `a{b,c{d,e}}` → `ab`, `acd`, `ace`. */
class Alternatives {
  readonly #pieces: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#pieces = text.match(PIECES) ?? [];
  }

  read(isInside = false): string[] {
    let ways = [''];
    for (;;) {
      const piece = this.#pieces[this.#next];
      if (piece === undefined || (isInside && (piece === ',' || piece === '}'))) return ways;
      this.#next += 1;
      ways = join(ways, piece === '{' ? this.#readGroup() : [piece]);
    }
  }

  #readGroup(): string[] {
    const begin = this.#next - 1;
    const ways = this.read(true);
    if (this.#pieces[this.#next] === '}') {
      const group = this.#pieces.slice(begin, this.#next + 1).join('');
      const hint = 'Write alternatives with commas, as in {1,2,3}, and [{] for a "{" itself';
      throw new GlobError(`a path pattern without "${group}"`, hint);
    }
    while (this.#pieces[this.#next] === ',') {
      this.#next += 1;
      ways.push(...this.read(true));
    }
    if (this.#pieces[this.#next] === undefined)
      throw new GlobError('a path pattern with a "}" for every "{"', 'Write [{] for a "{" itself');
    this.#next += 1;
    return ways;
  }
}

function join(ways: readonly string[], ends: readonly string[]): string[] {
  const written = lengthOf(ways) * ends.length + lengthOf(ends) * ways.length;
  if (written > MOST_WRITTEN_OUT) {
    const expected = `a path pattern of at most ${MOST_WRITTEN_OUT} characters when its alternatives are written out`;
    throw new GlobError(expected, 'Write several patterns with fewer alternatives');
  }
  return ways.flatMap((way) => ends.map((end) => way + end));
}

/** An empty alternative is one, too. */
function lengthOf(ways: readonly string[]): number {
  return ways.reduce((sum, { length }) => sum + length + 1, 0);
}

function readPath(text: string): PathPattern {
  // `+{a,(b)}` has a group only when it is written out.
  refuseUnknown(text);
  // `./src/` is what people write for `src`.
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  if (text.startsWith('/') || names.length === 0 || names.includes('..')) {
    throw new GlobError(
      'a path pattern of what is in the directory',
      'Write it relative to the directory, without ".."',
    );
  }
  const deep = names.filter((name, index) => name !== '**' || names[index - 1] !== '**');
  // `src/**` is not `src` itself: one name at least.
  if (deep.at(-1) === '**') deep.push('*');
  return deep.map((name) => (name === '**' ? name : readName(name)));
}

function readName(text: string): NamePattern {
  return [...text.matchAll(STEPS)].map(([step, not, members]) => {
    if (members !== undefined) return { ranges: readRanges(members), isOthers: not !== '' };
    if (step.startsWith('*')) return '*';
    return step === '?' ? { ranges: [], isOthers: true } : { ranges: [rangeOf(step, step)], isOthers: false };
  });
}

function readRanges(members: string): CharSet['ranges'] {
  if (members.includes('[:')) {
    throw new GlobError('a path pattern without "[:"', 'Name the characters, as in [A-Za-z0-9]');
  }
  return (members.match(/.-.|./gsu) ?? []).map((range) => {
    const [from = '', , to = from] = range;
    const [first, last] = rangeOf(from, to);
    if (last < first) throw new GlobError(`a path pattern without "${range}"`, `Write ${to}-${from}`);
    return [first, last];
  });
}

function rangeOf(from: string, to: string): [number, number] {
  return [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
}
